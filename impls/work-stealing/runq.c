/* SPDX-License-Identifier: Apache-2.0
 *
 * runq.c: the queues of runnable Gs.
 *
 * A P's queue is an ordinary ring; what is special is its lock, which favours
 * the owner.  The owner announces itself with a plain store and looks for a
 * thief with a plain load; a thief takes the thief lock, makes everybody pass a
 * fence (asym.h), and then looks for the owner:
 *
 *     owner                               thief
 *     owner_in = 1                        lock thief
 *     asym_light                          asym_heavy
 *     thief held? then leave, and         owner_in? then give up
 *         take the thief lock             take half of the queue
 *     work on the queue                   unlock thief
 *     owner_in = 0 (release)
 *
 * At least one of the two sees the other, so they are never both at work.  The
 * owner waits at most for the length of a steal; the thief does not wait at
 * all, but tries elsewhere: an owner inside is one that is finding work.
 * Against Go's ring, whose owner needs a compare-and-swap to take a G, this
 * makes a put and a get cost 1 ns each instead of 7, and neither ring nor
 * runnext need be atomic: fields that others peek at are read and written
 * whole, no more.
 *
 * To stop the Ps, stop_world sets sched.stopping and takes their thief locks
 * for good: the next thing that each owner does here ends up in runq_slow_enter.
 */
#include "ws.h"

enum entry runq_slow_enter(struct runq *q)
{
	/* Release: what was done inside before is seen by the thief. */
	__atomic_store_n(&q->owner_in, 0, __ATOMIC_RELEASE);
	/* A thief is done within a microsecond, unless the kernel took its CPU
	 * away, or gave it ours. */
	for (int i = 0;; i++) {
		uint32_t free = 0;

		if (__atomic_load_n(&sched.stopping, __ATOMIC_ACQUIRE))
			return STOPPED;
		if (__atomic_compare_exchange_n(&q->thief, &free, 1, false,
		                                __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return LOCKED;
		if (i > 100)
			sched_yield();
	}
}

/* The ring is full: half of it goes to the global queue. */
void runq_spill(struct runq *q)
{
	uint32_t head = q->head;

	lock_sched();
	for (uint32_t i = 0; i < RUNQ / 2; i++)
		globq_put(q->ring[head++ % RUNQ]);
	unlock_sched();
	poke(&q->head, head);
}

struct sl_g *runq_steal(struct p *p, struct p *from, bool next)
{
	struct runq *q = &from->q;
	struct sl_g *g = NULL, *batch[RUNQ / 2];
	uint32_t n = 0, free = 0;

	/* Acquire: what earlier holders did is seen. */
	if (!__atomic_compare_exchange_n(&q->thief, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return NULL;
	asym_heavy();
	/* Acquire: pairs with runq_leave. */
	if (__atomic_load_n(&q->owner_in, __ATOMIC_ACQUIRE) == 0) {
		n = q->tail - q->head;
		n -= n / 2;
		for (uint32_t i = 0; i < n; i++)
			batch[i] = q->ring[(q->head + i) % RUNQ];
		poke(&q->head, q->head + n);
		if (n == 0 && next && (g = q->runnext))
			poke(&q->runnext, NULL);
	}
	__atomic_store_n(&q->thief, 0, __ATOMIC_RELEASE);
	if (n || g)
		trace_steal(p, from, n ? batch[0] : g, n ? n : 1);
	/* The oldest runs now; the others are at most half a ring. */
	for (uint32_t i = 1; i < n; i++)
		runq_put(p, batch[i], false);
	return n ? batch[0] : g;
}

void runq_drain(struct p *from)
{
	struct runq *q = &from->q;
	uint32_t free = 0;

	/* sched.lock first: who has it may enter its own queue (globq_get), and waits for
	 * a thief there. */
	lock_sched();
	/* As a thief. */
	if (!__atomic_compare_exchange_n(&q->thief, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		unlock_sched();
		return;
	}
	asym_heavy();
	if (__atomic_load_n(&q->owner_in, __ATOMIC_ACQUIRE) == 0) {
		for (uint32_t i = q->head; i != q->tail; i++)
			globq_put(q->ring[i % RUNQ]);
		if (q->runnext)
			globq_put(q->runnext);
		poke(&q->head, q->tail);
		poke(&q->runnext, NULL);
	}
	__atomic_store_n(&q->thief, 0, __ATOMIC_RELEASE);
	unlock_sched();
}

void globq_put(struct sl_g *g)
{
	g->next = NULL;
	if (sched.ghead)
		sched.gtail->next = g;
	else
		sched.ghead = g;
	sched.gtail = g;
	poke(&sched.nglobal, sched.nglobal + 1);
}

struct sl_g *globq_get(struct p *p)
{
	int32_t n = sched.nglobal / sched.procs + 1;
	/* To more than half the queue would spill again, and each G come into the
	 * cache twice more. */
	int32_t room = RUNQ / 2 - (int32_t)runq_length(p);
	struct sl_g *first = sched.ghead;

	if (!first)
		return NULL;
	if (n > room)
		n = room < 1 ? 1 : room;
	for (int32_t i = 0; i < n && sched.ghead; i++) {
		struct sl_g *g = sched.ghead;

		sched.ghead = g->next;
		poke(&sched.nglobal, sched.nglobal - 1);
		if (i > 0)
			runq_put(p, g, false);
	}
	return first;
}
