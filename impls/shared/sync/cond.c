/* SPDX-License-Identifier: Apache-2.0
 *
 * cond.c: the condition variable.  A waiter queues and releases the mutex in the
 * commit of its park: by the time that anybody can know that it waits, it can be
 * readied, so no signal falls between the two.  A signal goes to the G that has
 * waited longest at that moment, and a broadcast to all that wait then; who waits
 * afterwards, even the same G again, is behind it.
 *
 * waiters: the queue's length, written under c->lock, so that a signal for nobody
 * costs one load.  A G that saw the state that it signals about under the mutex
 * sees the waiters too that came before.
 */
#include "shared/sync/sync.h"
#include "shared/wait/timer.h"

struct wait {
	struct sl__waiter w;
	struct sl_cond *c;
	struct sl_mutex *m;
	struct sl__timeout timeout;
	bool expired;
};

/* Under the timers' lock, so c->lock comes after that one: it is taken nowhere
 * where a timer is started. */
static sl_g *expire(struct sl__timeout *t)
{
	struct wait *wait = sl__container(t, struct wait, timeout);
	struct sl_cond *c = wait->c;
	sl_g *g = NULL;

	sl__lock(&c->lock);
	if (wait->w.queued) {
		sl__waitq_remove(&c->q, &wait->w);
		sl__store(&c->waiters, c->waiters - 1);
		wait->expired = true;
		g = wait->w.g;
	} else if (!wait->w.g) {
		wait->expired = true;           /* it is about to queue */
	}
	sl__unlock(&c->lock);
	return g;
}

static bool commit(sl_g *g, void *arg)
{
	struct wait *wait = arg;
	struct sl_cond *c = wait->c;
	struct sl_mutex *m = wait->m;

	sl__lock(&c->lock);
	if (wait->expired) {
		sl__unlock(&c->lock);
		return false;
	}
	wait->w.g = g;
	wait->w.queued = true;
	sl__waitq_push(&c->q, &wait->w);
	sl__store(&c->waiters, c->waiters + 1);
	sl__unlock(&c->lock);
	/* wait may be gone from here on. */
	sl_mutex_unlock(m);
	return true;
}

/* For a wait whose deadline passes before it begins: others have the mutex meanwhile all
 * the same, for who loops over the wait waits for what they do. */
static void give_way(struct sl_mutex *m)
{
	sl_mutex_unlock(m);
	sl_yield();
	sl_mutex_lock(m);
}

static bool wait_until(struct sl_cond *c, struct sl_mutex *m, int64_t deadline)
{
	struct wait wait = { .c = c, .m = m, .timeout.expire = expire };

	sl__park_until(commit, &wait, "condition", deadline, &wait.timeout);
	/* If it never queued, the mutex was not released either. */
	if (wait.w.g)
		sl_mutex_lock(m);
	else
		give_way(m);
	return !wait.expired;
}

void sl_cond_wait(struct sl_cond *c, struct sl_mutex *m)
{
	sl__only_g("sl_cond_wait");
	wait_until(c, m, SL_NEVER);
}

bool sl_cond_wait_until(struct sl_cond *c, struct sl_mutex *m, int64_t deadline_ns)
{
	sl__only_g("sl_cond_wait_until");
	if (deadline_ns > sl_now())
		return wait_until(c, m, sl__until(deadline_ns));
	give_way(m);
	return false;
}

void sl_cond_signal(struct sl_cond *c)
{
	struct sl__waiter *w;

	sl__only_g("sl_cond_signal");
	if (sl__load(&c->waiters) == 0)
		return;
	sl__lock(&c->lock);
	w = sl__waitq_pop(&c->q);
	if (w) {
		w->queued = false;
		sl__store(&c->waiters, c->waiters - 1);
	}
	sl__unlock(&c->lock);
	if (w)
		sl_ready(w->g);
}

void sl_cond_broadcast(struct sl_cond *c)
{
	struct sl__waiter *first;

	sl__only_g("sl_cond_broadcast");
	if (sl__load(&c->waiters) == 0)
		return;
	sl__lock(&c->lock);
	first = sl__waitq_take_all(&c->q);
	for (struct sl__waiter *w = first; w; w = w->next)
		w->queued = false;
	sl__store(&c->waiters, 0);
	sl__unlock(&c->lock);
	sl__ready_all(first);
}
