/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.h: address space below a stack that must not be touched.
 */
#ifndef SL_GUARD_H
#define SL_GUARD_H

#include "shared/internal.h"

/* How guards are made from now on: between runs only. */
void sl__guards_init(void);

/* Makes size bytes from at on, whole pages, such a guard.  If that many cannot be had,
 * they stay what they are, and it is said once.  One thread at a time. */
void sl__guard(char *at, size_t size);

#endif
