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
 * for good: the next thing that each owner does here ends up in slow_enter.
 */
#include "ws.h"

enum entry { FAST, LOCKED, STOPPED };

static enum entry slow_enter(struct runq *q)
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

static inline enum entry enter(struct runq *q)
{
	poke(&q->owner_in, 1);
	asym_light();
	/* Acquire: what the last thief did is seen. */
	if (sl__likely(__atomic_load_n(&q->thief, __ATOMIC_ACQUIRE) == 0))
		return FAST;
	return slow_enter(q);
}

static inline void leave(struct runq *q, enum entry how)
{
	if (sl__likely(how == FAST))
		__atomic_store_n(&q->owner_in, 0, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&q->thief, 0, __ATOMIC_RELEASE);
}

/* The ring is full: half of it, and g, go to the global queue. */
static void spill(struct runq *q, struct sl_g *g)
{
	uint32_t head = q->head;

	sl__lock_thread(&sched.lock);
	for (uint32_t i = 0; i < RUNQ / 2; i++)
		globq_put(q->ring[head++ % RUNQ]);
	globq_put(g);
	sl__unlock_thread(&sched.lock);
	poke(&q->head, head);
}

static inline void append(struct runq *q, struct sl_g *g)
{
	if (sl__unlikely(q->tail - q->head == RUNQ)) {
		spill(q, g);
		return;
	}
	q->ring[q->tail % RUNQ] = g;
	poke(&q->tail, q->tail + 1);
}

void runq_put(struct p *p, struct sl_g *g, bool next)
{
	struct runq *q = &p->q;
	enum entry how = enter(q);

	if (sl__unlikely(how == STOPPED))
		return;
	if (next) {
		struct sl_g *old = q->runnext;

		poke(&q->runnext, g);
		g = old;
	}
	if (g)
		append(q, g);
	leave(q, how);
}

/* A pair that keep readying each other would hold the P for ever through
 * runnext: after so many in a row the queue has its turn. */
#define NEXT_MAX 64

struct sl_g *runq_get(struct p *p)
{
	struct runq *q = &p->q;
	enum entry how = enter(q);
	struct sl_g *g;

	if (sl__unlikely(how == STOPPED))
		return NULL;
	g = q->runnext;
	if (g && (p->next_run++ < NEXT_MAX || q->head == q->tail)) {
		poke(&q->runnext, NULL);
	} else if (q->head != q->tail) {
		p->next_run = 0;
		g = q->ring[q->head % RUNQ];
		poke(&q->head, q->head + 1);
	}
	leave(q, how);
	return g;
}

struct sl_g *runq_steal(struct p *p, struct p *from, bool next)
{
	struct runq *q = &from->q;
	struct sl_g *g = NULL, *loot[RUNQ / 2];
	uint32_t n = 0, free = 0;

	/* Acquire: what earlier holders did is seen. */
	if (!__atomic_compare_exchange_n(&q->thief, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return NULL;
	asym_heavy();
	/* Acquire: pairs with leave. */
	if (__atomic_load_n(&q->owner_in, __ATOMIC_ACQUIRE) == 0) {
		n = q->tail - q->head;
		n -= n / 2;
		for (uint32_t i = 0; i < n; i++)
			loot[i] = q->ring[(q->head + i) % RUNQ];
		poke(&q->head, q->head + n);
		if (n == 0 && next && (g = q->runnext))
			poke(&q->runnext, NULL);
	}
	__atomic_store_n(&q->thief, 0, __ATOMIC_RELEASE);
	/* The oldest runs now; the others are at most half a ring. */
	for (uint32_t i = 1; i < n; i++)
		runq_put(p, loot[i], false);
	return n ? loot[0] : g;
}

bool runq_empty(struct p *p)
{
	return peek(&p->q.head) == peek(&p->q.tail);
}

bool runq_has_next(struct p *p)
{
	return peek(&p->q.runnext) != NULL;
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
	int32_t room = (int32_t)(RUNQ - (p->q.tail - peek(&p->q.head)));
	struct sl_g *first = sched.ghead;

	if (!first)
		return NULL;
	if (n > RUNQ / 2)
		n = RUNQ / 2;
	if (n > room + 1)
		n = room + 1;
	for (int32_t i = 0; i < n && sched.ghead; i++) {
		struct sl_g *g = sched.ghead;

		sched.ghead = g->next;
		poke(&sched.nglobal, sched.nglobal - 1);
		if (i > 0)
			runq_put(p, g, false);
	}
	return first;
}
