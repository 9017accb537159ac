/* SPDX-License-Identifier: Apache-2.0
 *
 * records.h: what Gs are made of, zeroed at first.  None is given back before the
 * pool's end, so that reports can look at every one there has been.
 */
#ifndef SL_RECORDS_H
#define SL_RECORDS_H

#include "shared/internal.h"

/* Sets the size of every record from now on: between runs only. */
void sl__records_init(size_t record_size);

/* An array of n of them, at the start of a cache line.  Any thread; NULL: out of
 * memory. */
void *sl__records_more(int n);

/* Calls fn for every record handed out so far. */
void sl__records_each(void (*fn)(void *record, void *arg), void *arg);

/* Unmaps them all. */
void sl__records_fini(void);

#endif
