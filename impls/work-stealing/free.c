/* SPDX-License-Identifier: Apache-2.0
 *
 * free.c: free Gs and free stacks.
 *
 * Each P has lists of its own, used without any lock.  Gs are born on one P and
 * end on another, so the surplus has to go round: it does in batches, of which a
 * P keeps the one it works on and a full spare, so that a P whose Gs come and go
 * at the edge of a batch does not give and take one each time.  Batches move
 * whole, linked by their first item (Bonwick's magazines, USENIX 2001).
 *
 * Stacks that were given away, and that nobody has wanted for a second or two, are
 * cold: sysmon gives their memory back.  It takes those of idle Ps too, of which a
 * batch may be short: n then says how many there are at most.
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

static struct link *take(struct link **list)
{
	struct link *batch = *list;

	if (batch)
		*list = batch->batch;
	return batch;
}

/* The list is empty: takes the spare, or a batch that somebody gave away.  old: more of
 * these, or NULL. */
static bool refill(struct freelist *l, struct link **global, struct link **old)
{
	if (l->spare) {
		l->head = l->spare;
		l->spare = NULL;
	} else {
		lock_sched();
		l->head = take(global);
		if (!l->head && old)
			l->head = take(old);
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

bool more_gs(struct p *p)
{
	struct sl_g *g = sl__records_more(BATCH);

	for (int i = 0; g && i < BATCH; i++)
		put(&p->gs, &sched.gs, &g[i]);
	return g != NULL;
}

bool more_stacks(struct p *p)
{
	struct sl__stack *first = sl__stacks_more(BATCH), *next;

	for (struct sl__stack *s = first; s; s = next) {
		next = s->next;
		put(&p->stacks, &sched.stacks, s);
	}
	return first != NULL;
}

struct sl_g *g_alloc(struct p *p)
{
	if (sl__unlikely(!p->gs.head) && !refill(&p->gs, &sched.gs, NULL) && !more_gs(p))
		sl__fatal("out of memory for Gs; %lld live", (long long)sl_gcount());
	return get(&p->gs);
}

void g_free(struct p *p, struct sl_g *g)
{
	put(&p->gs, &sched.gs, g);
}

struct sl__stack *stack_alloc(struct p *p)
{
	if (sl__unlikely(!p->stacks.head) &&
	    !refill(&p->stacks, &sched.stacks, &sched.old_stacks) && !more_stacks(p))
		sl__fatal("out of memory for stacks; %lld Gs live", (long long)sl_gcount());
	return get(&p->stacks);
}

void stack_free(struct p *p, struct sl__stack *s)
{
	put(&p->stacks, &sched.stacks, s);
}

/* ---- Cold stacks: sysmon's --------------------------------------------- */

#define TRIM_NS 100000          /* at a look: it has others to see to */

/* The stacks of Ps that nobody has.  Under sched.lock, as they are. */
static void give_away(struct p *p)
{
	struct link *batches[] = { p->stacks.head, p->stacks.spare };

	for (int i = 0; i < 2; i++) {
		if (batches[i]) {
			batches[i]->batch = sched.stacks;
			sched.stacks = batches[i];
		}
	}
	p->stacks = (struct freelist){ 0 };
}

static void collect(void)
{
	for (struct p *p = sched.pidle; p; p = p->idle_next)
		give_away(p);
	for (int i = sched.procs; i < sched.nallp; i++)
		if (sched.allp[i].retired)
			give_away(&sched.allp[i]);
}

/* One step; true: there are more to do. */
static bool trim_some(void)
{
	if (!sched.cold && sched.cold_batches)
		sched.cold = (struct sl__stack *)take(&sched.cold_batches);
	if (!sched.cold)
		return sl__stacks_trim();
	sched.cold = sl__stacks_cool(sched.cold);
	return true;
}

void trim_stacks(int64_t now)
{
	if (!sched.trimming && now >= sched.trim_at) {
		lock_sched();
		collect();
		sched.cold_batches = sched.old_stacks;
		sched.old_stacks = sched.stacks;
		sched.stacks = NULL;
		unlock_sched();
		sched.trim_at = now + SL__TRIM_NS;
	}
	while ((sched.trimming = trim_some()) && sl_now() < now + TRIM_NS)
		;
}

int64_t trim_next(void)
{
	bool any;

	lock_sched();
	collect();
	any = sched.stacks || sched.old_stacks;
	unlock_sched();
	return sched.trimming ? 0 : any ? sched.trim_at : SL_NEVER;
}
