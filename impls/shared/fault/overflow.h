/* SPDX-License-Identifier: Apache-2.0
 *
 * overflow.h: what is said when a G's stack overflows.
 */
#ifndef SL_OVERFLOW_H
#define SL_OVERFLOW_H

#include "shared/internal.h"

/* From begin to end faults on a G's guard page are fatal errors; others are
 * passed on to whoever had the signal before.  The handler runs on the
 * alternate signal stack of a thread that has one: altstack.h. */
void sl__overflow_begin(void);
void sl__overflow_end(void);

/* Of the back end, called in the handler: has the calling thread, its stack
 * pointer at sp, hit the guard of a G's stack by touching addr?  If so, which. */
struct sl__overflow {
	int64_t id;
	void (*fn)(void *);     /* what it was started with */
	size_t size;            /* of its stack */
};
bool sl__overflown(uintptr_t addr, uintptr_t sp, struct sl__overflow *);

#endif
