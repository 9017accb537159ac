/* SPDX-License-Identifier: Apache-2.0
 *
 * lock.h: a lock that blocks the thread (a mutex parks the G).  0 free, 1 held,
 * 2 held and perhaps waited for (Drepper, "Futexes are tricky", 2011).
 */
#ifndef SL_LOCK_H
#define SL_LOCK_H

#include <stdbool.h>
#include <stdint.h>

void sl__lock_slow(uint32_t *);
void sl__unlock_slow(uint32_t *);

static inline void sl__lock_thread(uint32_t *l)
{
	uint32_t free = 0;

	/* Acquire: what the last holder did is seen. */
	if (!__atomic_compare_exchange_n(l, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		sl__lock_slow(l);
}

static inline void sl__unlock_thread(uint32_t *l)
{
	if (__atomic_exchange_n(l, 0, __ATOMIC_RELEASE) == 2)
		sl__unlock_slow(l);
}

#endif
