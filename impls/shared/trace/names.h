/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h: numbers for what records name: the functions that Gs are started with, and the
 * reasons for which they wait, which are literals.  The text is looked up when it is
 * written, not when it is recorded.
 */
#ifndef SL_TRACE_NAMES_H
#define SL_TRACE_NAMES_H

#include "shared/internal.h"

/* From 1 on; 0: there are too many.  Any thread; the first time that one is named takes a
 * lock. */
uint32_t sl__trace_reason(const char *reason);
uint32_t sl__trace_function(void (*fn)(void *));

/* The next name from *at on that has not been looked at, 0 at first: its number, and its
 * text in buf or elsewhere.  0: there is none, yet. */
uint32_t sl__trace_next_name(uint32_t *at, char *buf, size_t size, const char **text);

void sl__trace_names_clear(void);       /* when nobody records */

#endif
