/* SPDX-License-Identifier: Apache-2.0
 *
 * select.c: one of several sends and receives; after Go's select.go.
 *
 * A select holds the locks of all its channels while it looks for a case that is
 * ready, so that it sees them all as they are at one moment.  They are taken in
 * the order of their addresses.  If no case is ready it queues at each channel,
 * with a record for each case, and parks.  Whoever comes upon one of the records
 * first claims their shared word, sel->served; others that come upon the rest
 * drop them.  When the select runs again it takes out those that are left.
 *
 * THE DEADLINE claims the same word.  Its timer runs from before the commit, when
 * the G cannot be readied yet: until then the word is &early, which the timer alone
 * may claim, and the commit then calls the park off.  The timers' lock comes after
 * the channels', and expire takes none of either.
 */
#include "shared/sync/chan.h"
#include "shared/wait/timer.h"

#define FEW 8                   /* cases that need no memory but the stack */

struct select {
	struct sl_case *cases;
	int n, nchans;
	struct sl_chan **chans;         /* of the cases, each once, by address */
	struct sl__waiter *waiters;     /* one a case */
	int *ready;                     /* the cases that are, as pick finds them */
	struct sl__waiter *served;
	sl_g *g;
	struct sl__timeout timeout;
};

/* Values of served that are no case's record; late: the deadline has passed. */
static struct sl__waiter early, late;

/* ---- The locks --------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)*(struct sl_chan *const *)a, y = (uintptr_t)*(struct sl_chan *const *)b;

	return (x > y) - (x < y);
}

/* Puts them in order, each once, and returns how many they are. */
static int sort(struct sl_chan **chans, int n)
{
	int distinct = 0;

	if (n > FEW)
		qsort(chans, (size_t)n, sizeof *chans, by_address);
	for (int i = 1; i < n && n <= FEW; i++) {
		struct sl_chan *c = chans[i];
		int at;

		for (at = i; at > 0 && (uintptr_t)chans[at - 1] > (uintptr_t)c; at--)
			chans[at] = chans[at - 1];
		chans[at] = c;
	}
	for (int i = 0; i < n; i++)
		if (distinct == 0 || chans[i] != chans[distinct - 1])
			chans[distinct++] = chans[i];
	return distinct;
}

static inline void lock_all(struct select *sel)
{
	struct sl_chan **chans = sel->chans;
	uintptr_t last = 0;
	bool sorted = true;
	int n = 0;

	for (int i = 0; i < sel->n; i++) {
		struct sl_chan *c = sel->cases[i].c;

		if (!c)
			continue;
		sorted &= last < (uintptr_t)c;
		last = (uintptr_t)c;
		chans[n++] = c;
	}
	if (!sorted)
		n = sort(chans, n);
	for (int i = 0; i < n; i++)
		sl__lock(&chans[i]->lock);
	sel->nchans = n;
}

/* Looks at sel no more once it has released the last one. */
static inline void unlock_all(struct select *sel)
{
	struct sl_chan **chans = sel->chans;
	int n = sel->nchans;

	for (int i = 0; i < n; i++)
		sl__unlock(&chans[i]->lock);
}

/* ---- A case that is ready ---------------------------------------------- */

/* Or seems to be: who waits there may be a select that was served elsewhere.
 * Each of the three is as likely as the others: no branches. */
static inline bool ready(const struct sl_case *k)
{
	const struct sl_chan *c = k->c;

	if (!c)
		return false;
	if (k->op == SL_SEND)
		return (c->recvq.head != NULL) | (c->count < c->cap) | c->closed;
	return (c->sendq.head != NULL) | (c->count > 0) | c->closed;
}

/* A random number below n.  The generator (Knuth's MMIX) is the first channel's,
 * whose lock is held: no thread-local state, and nothing shared but the seed. */
static uint32_t draw(struct select *sel, uint32_t n)
{
	static uint64_t seed;
	struct sl_chan *c = sel->chans[0];

	if (!c->random)
		c->random = sl__add(&seed, UINT64_C(0x9e3779b97f4a7c15));
	c->random = c->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((c->random >> 32) * n >> 32);
}

/* passed: the deadline has, which is one more case that is ready: else who selects until
 * then and always finds one would never see it.  -1: that, or none. */
static inline int pick(struct select *sel, bool passed)
{
	uint32_t n = 0, i;

	for (int i = 0; i < sel->n; i++) {
		sel->ready[n] = i;
		n += ready(&sel->cases[i]);
	}
	if (n == 0)
		return -1;
	i = draw(sel, n + passed);
	return i < n ? sel->ready[i] : -1;
}

/* Does one of the cases if it can be done at once, and releases the locks. */
static inline int do_ready(struct select *sel, bool passed)
{
	int i;

	while ((i = pick(sel, passed)) >= 0) {
		struct sl_case *k = &sel->cases[i];
		struct sl__waiter *woken;

		if (k->op == SL_SEND ? sl__chan_send(k->c, k->v, &woken)
		                     : sl__chan_recv(k->c, k->v, &k->ok, &woken)) {
			unlock_all(sel);
			if (woken)
				sl_ready(woken->g);
			break;
		}
	}
	return i;
}

/* ---- Waiting for one --------------------------------------------------- */

static inline struct sl__waitq *queue(const struct sl_case *k)
{
	return k->op == SL_SEND ? &k->c->sendq : &k->c->recvq;
}

static bool commit(sl_g *g, void *arg)
{
	struct select *sel = arg;
	bool parked = sl__load(&sel->served) == NULL || sl__cas(&sel->served, &early, NULL);

	(void)g;
	unlock_all(sel);
	return parked;
}

static sl_g *expire(struct sl__timeout *t)
{
	struct select *sel = sl__container(t, struct select, timeout);

	if (sl__cas(&sel->served, &early, &late))
		return NULL;
	return sl__cas(&sel->served, NULL, &late) ? sel->g : NULL;
}

/* The lock of each channel but the one that served it is taken, even if there is
 * nothing left to take out: who holds it may still be looking at the record. */
static void leave_queues(struct sl__timeout *t)
{
	struct select *sel = sl__container(t, struct select, timeout);
	struct sl__waiter *served = sl__load(&sel->served);

	for (int i = 0; i < sel->n; i++) {
		struct sl_case *k = &sel->cases[i];
		struct sl__waiter *w = &sel->waiters[i];

		if (!k->c || w == served)
			continue;
		sl__lock(&k->c->lock);
		if (w->queued)
			sl__waitq_remove(queue(k), w);
		sl__unlock(&k->c->lock);
	}
}

static int wait(struct select *sel, int64_t when)
{
	struct sl_case *k;
	int i;

	sel->g = sl_self();
	for (i = 0; i < sel->n; i++) {
		struct sl__waiter *w = &sel->waiters[i];

		k = &sel->cases[i];
		if (!k->c)
			continue;
		w->g = sel->g;
		w->v = k->v;
		w->served = &sel->served;
		w->queued = true;
		sl__waitq_push(queue(k), w);
	}
	sel->served = when < SL_NEVER ? &early : NULL;
	sel->timeout = (struct sl__timeout){ .expire = expire, .woken = leave_queues };
	sl__park_until(commit, sel, sel->nchans ? "select" : "select (no cases)", when, &sel->timeout);
	if (sel->served == &late)
		return -1;
	i = (int)(sel->served - sel->waiters);
	k = &sel->cases[i];
	if (k->op == SL_RECV)
		k->ok = sel->waiters[i].ok;
	else if (!sel->waiters[i].ok)
		sl__fatal("send on closed channel");
	return i;
}

#define NOT (-1)                /* when: not to wait at all, which is no deadline */

static int select_with(struct select *sel, int64_t when)
{
	bool passed = when >= 0 && when < SL_NEVER && when <= sl_now();
	int i;

	lock_all(sel);
	i = do_ready(sel, passed);
	if (i >= 0)
		return i;
	if (passed || when == NOT) {
		unlock_all(sel);
		return -1;
	}
	return wait(sel, when);
}

/* when: SL_NEVER for no deadline, or NOT. */
static int select_until(struct sl_case *cases, int n, int64_t when)
{
	struct sl__waiter few_waiters[FEW];
	struct sl_chan *few_chans[FEW];
	int few_ready[FEW], i;
	struct select sel = {
		.cases = cases, .n = n,
		.chans = few_chans, .waiters = few_waiters, .ready = few_ready,
	};
	void *memory = NULL;

	if (n > FEW) {
		memory = malloc((size_t)n * (sizeof *sel.waiters + sizeof *sel.chans + sizeof *sel.ready));
		if (!memory)
			sl__fatal("sl_select: out of memory for %d cases", n);
		sel.waiters = memory;
		sel.chans = (struct sl_chan **)(sel.waiters + n);
		sel.ready = (int *)(sel.chans + n);
	}
	i = select_with(&sel, when);
	if (memory)
		free(memory);
	return i;
}

int sl_select_until(struct sl_case *cases, int n, int64_t deadline_ns)
{
	sl__only_g("sl_select_until");
	return select_until(cases, n, deadline_ns > 0 ? sl__until(deadline_ns) : 0);
}

int sl_select(struct sl_case *cases, int n, bool block)
{
	sl__only_g("sl_select");
	return select_until(cases, n, block ? SL_NEVER : NOT);
}
