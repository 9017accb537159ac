/* SPDX-License-Identifier: Apache-2.0
 *
 * wg.c: the WaitGroup.  Count and number of waiters share one word, so that
 * the operation that brings the count to zero learns in the same step whether
 * anybody waits: no fence, and the lock only when somebody does.
 */
#include "shared/sync/sync.h"

/* Wakes the first n waiters: those that the zero was seen with.  One that came
 * later, for a count raised again since, keeps waiting. */
static void wake(struct sl_wg *wg, int32_t n)
{
	struct sl__waiter *first;
	int32_t left = n;

	sl__lock(&wg->lock);
	first = sl__waitq_take(&wg->q, &left);
	sl__add(&wg->state, (uint64_t)(int64_t)(left - n));
	sl__unlock(&wg->lock);
	sl__ready_all(first);
}

void sl__wg_zero(struct sl_wg *wg, uint64_t state)
{
	int32_t count = (int32_t)(state >> 32);

	sl__only_g("sl_wg_add");
	if (count < 0)
		sl__fatal("negative WaitGroup counter");
	wake(wg, (int32_t)state);
}

struct sl__hop sl__wg_wait(struct sl_wg *wg, struct sl__waiter *w)
{
	const struct sl__hop none = { NULL, NULL };
	uint64_t s = sl__load(&wg->state);

	sl__only_g("sl_wg_wait");
	if (s >> 32 == 0)
		return none;
	sl__lock(&wg->lock);
	/* Counted as a waiter only while the count is above zero: who brings it
	 * to zero afterwards sees the waiter and comes for the lock. */
	do {
		s = sl__load(&wg->state);
		if (s >> 32 == 0) {
			sl__unlock(&wg->lock);
			return none;
		}
	} while (!sl__cas(&wg->state, s, s + 1));
	w->g = sl_self();
	sl__waitq_push(&wg->q, w);
	return sl__park_unlock(&wg->lock, "WaitGroup wait");
}

void sl_wg_go(struct sl_wg *wg, void (*fn)(void *), void *arg)
{
	sl_wg_add(wg, 1);
	sl__go(fn, arg, wg);
}
