/* SPDX-License-Identifier: Apache-2.0
 *
 * lock.c: the contended paths.  Critical sections are
 * some ten instructions long, so a waiter first looks a few times: its holder
 * is most likely running on another CPU.
 */
#include "shared/internal.h"
#include "shared/lock.h"

#define LOOKS 40        /* about a microsecond */

void sl__lock_slow(uint32_t *l)
{
	for (int i = 0; i < LOOKS; i++) {
		uint32_t free = 0;

		if (__atomic_load_n(l, __ATOMIC_RELAXED) == 0 &&
		    __atomic_compare_exchange_n(l, &free, 1, false,
		                                __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		sl__pause(1);
	}
	/* Taken as 2: whether others still wait is not known. */
	while (__atomic_exchange_n(l, 2, __ATOMIC_ACQUIRE) != 0)
		sl__futex_wait((_Atomic uint32_t *)l, 2, 0);
}

void sl__unlock_slow(uint32_t *l)
{
	sl__futex_wake((_Atomic uint32_t *)l, 1);
}
