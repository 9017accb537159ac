/* SPDX-License-Identifier: Apache-2.0
 *
 * free.c: free Gs and free stacks.
 *
 * Each P has lists of its own, used without any lock.  Gs are born on one P and
 * end on another, so the surplus has to go round: it does in batches, of which a
 * P keeps the one it works on and a full spare, so that a P whose Gs come and go
 * at the edge of a batch does not give and take one each time.  Batches move
 * whole, linked by their first item (Bonwick's magazines, USENIX 2001).
 */
#include "ws.h"

#define BATCH 32

/* item itself stays on this P, for the caller may still be standing on it. */
static inline void put(struct freelist *l, struct link **global, void *item)
{
	struct link *k = item;

	if (sl__unlikely(l->n == BATCH)) {
		if (l->spare) {
			lock_sched();
			l->spare->batch = *global;
			*global = l->spare;
			unlock_sched();
		}
		l->spare = l->head;
		l->head = NULL;
		l->n = 0;
	}
	k->next = l->head;
	l->head = k;
	l->n++;
}

/* The list is empty: takes the spare, or a batch that somebody gave away. */
static bool refill(struct freelist *l, struct link **global)
{
	if (l->spare) {
		l->head = l->spare;
		l->spare = NULL;
	} else {
		lock_sched();
		l->head = *global;
		if (l->head)
			*global = l->head->batch;
		unlock_sched();
	}
	l->n = l->head ? BATCH : 0;
	return l->head != NULL;
}

static inline void *get(struct freelist *l)
{
	struct link *k = l->head;

	l->head = k->next;
	l->n--;
	return k;
}

struct sl_g *g_alloc(struct p *p)
{
	if (sl__unlikely(!p->gs.head) && !refill(&p->gs, &sched.gs)) {
		struct sl_g *g = sl__records_more(BATCH);

		if (!g)
			sl__fatal("out of memory for Gs; %lld live", (long long)sl_gcount());
		for (int i = 0; i < BATCH; i++)
			put(&p->gs, &sched.gs, &g[i]);
	}
	return get(&p->gs);
}

void g_free(struct p *p, struct sl_g *g)
{
	put(&p->gs, &sched.gs, g);
}

struct sl__stack *stack_alloc(struct p *p)
{
	if (sl__unlikely(!p->stacks.head) && !refill(&p->stacks, &sched.stacks)) {
		struct sl__stack *s = sl__stacks_more(BATCH), *next;

		if (!s)
			sl__fatal("out of memory for stacks; %lld Gs live", (long long)sl_gcount());
		for (; s; s = next) {
			next = s->next;
			put(&p->stacks, &sched.stacks, s);
		}
	}
	return get(&p->stacks);
}

void stack_free(struct p *p, struct sl__stack *s)
{
	put(&p->stacks, &sched.stacks, s);
}
