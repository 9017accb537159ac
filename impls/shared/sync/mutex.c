/* SPDX-License-Identifier: Apache-2.0
 *
 * mutex.c: one compare-and-swap to lock and one to unlock while nobody waits.
 *
 * state: LOCKED, and WAITERS while the queue is not empty (written under
 * m->lock).  A woken waiter has to compete with newcomers, which keeps the
 * mutex busy instead of idle for a wake-up's length; one that has waited for
 * more than 1 ms is handed the mutex instead, LOCKED staying set, so nobody
 * starves (Go's starvation mode; sync/mutex.go).
 */
#include "shared/sync/sync.h"

#define STARVING_NS 1000000

/* The holder may be about to unlock on another CPU: looking for a while costs
 * less than to park and be woken.  Not while others wait: they come first. */
static bool spin(struct sl_mutex *m)
{
	for (int i = 0; i < 4 && sl__can_spin(); i++) {
		uint32_t s = sl__load(&m->state);

		if (!(s & SL__LOCKED) && sl__cas(&m->state, s, s | SL__LOCKED))
			return true;
		if (s & SL__WAITERS)
			return false;
		sl__pause(30);
	}
	return false;
}

void sl__mutex_lock(struct sl_mutex *m)
{
	struct sl__waiter w = { .g = sl_self() };
	uint32_t s;

	sl__only_g("sl_mutex_lock");
	if (spin(m))
		return;
	for (;;) {
		sl__lock(&m->lock);
		for (;;) {
			s = sl__load(&m->state);
			if (!(s & SL__LOCKED)) {
				if (sl__cas(&m->state, s, s | SL__LOCKED)) {
					sl__unlock(&m->lock);
					return;
				}
			} else if (s & SL__WAITERS || sl__cas(&m->state, s, s | SL__WAITERS)) {
				break;
			}
		}
		if (w.since) {
			sl__waitq_push_front(&m->q, &w);
		} else {
			w.since = sl_now();
			sl__waitq_push(&m->q, &w);
		}
		sl__leave(sl__park_unlock(&m->lock, "mutex"));
		if (w.ok)
			return;
	}
}

/* Unlocks it for others while somebody waits; the waiter is then to be readied. */
static struct sl__waiter *release(struct sl_mutex *m)
{
	struct sl__waiter *w;
	uint32_t s;

	sl__lock(&m->lock);
	if (!(sl__load(&m->state) & SL__LOCKED))
		sl__fatal("unlock of an unlocked mutex");
	w = sl__waitq_pop(&m->q);
	if (!w)
		sl__throw("a mutex says that it has waiters, and has none");
	/* LOCKED is ours and WAITERS changes under m->lock only, so nobody else
	 * writes state now: a plain store. */
	s = m->q.head ? SL__WAITERS : 0;
	w->ok = sl_now() - w->since > STARVING_NS;
	sl__store(&m->state, w->ok ? s | SL__LOCKED : s);
	/* Somebody else may have the mutex by now; but nobody frees it while w waits. */
	sl__unlock(&m->lock);
	return w;
}

void sl__mutex_unlock(struct sl_mutex *m)
{
	sl__only_g("sl_mutex_unlock");
	sl_ready(release(m)->g);
}

struct sl__waiter *sl__mutex_release(struct sl_mutex *m)
{
	return sl__cas(&m->state, SL__LOCKED, 0) ? NULL : release(m);
}

bool sl_mutex_trylock(struct sl_mutex *m)
{
	uint32_t s = sl__load(&m->state);

	sl__only_g("sl_mutex_trylock");
	return !(s & SL__LOCKED) && sl__cas(&m->state, s, s | SL__LOCKED);
}
