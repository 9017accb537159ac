/* SPDX-License-Identifier: Apache-2.0
 *
 * contended.h: a few Gs want one lock all the time.  Whoever has it yields while it
 * does, so that the others come and find it taken, at one P as at many; with yield=0
 * and steps it works instead, for so long that now and then it is preempted with the
 * lock, where the scheduler preempts.
 *
 * The turns of an iteration are a fixed number, not a fixed number for each G: who
 * gets how many is the question beside the time.  A G reads the number of its turn
 * before it yields and writes the next one after: if two were ever inside, one turn
 * would be taken twice.
 *
 * Included by the workloads that differ in the lock alone, which they define: LOCK, its
 * type, ready when zeroed; TAKE and GIVE, on a pointer to it.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "opaque.h"
#include "shares.h"
#include "workload.h"

enum { GS, EACH, YIELD, STEPS };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 10000, "Gs that want the lock" },
	{ "each", 20000, 1, 10000000, "turns for each of them, taken by whoever comes" },
	{ "yield", 1, 0, 1, "1: whoever has the lock yields; 0: never" },
	{ "steps", 0, 0, 100000000, "steps of the generator under the lock; 20000 take some 20 us" },
	{ 0 },
};

struct worker {
	struct state *st;
	uint64_t turns, sum;
};

struct state {
	struct wl *w;
	struct sl_wg start, end;
	LOCK mu;
	int64_t next;                   /* turn, under mu, as is what follows */
	struct worker *last;            /* who had it before */
	int64_t handovers;
	uint64_t expected;
	struct shares shares;
	struct worker worker[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[EACH];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->worker);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->worker[i].st = st;
	for (int64_t i = 0; i < ops(w); i++)
		st->expected += lcg_jump(w->seed + i, w->param[STEPS]);
	w->state = st;
	return 0;
}

/* With the lock; whether there was a turn left. */
static bool take_turn(struct worker *me)
{
	struct state *st = me->st;
	const struct wl *w = st->w;
	int64_t turn = st->next;

	if (turn == ops(w))
		return false;
	st->handovers += st->last != me;
	st->last = me;
	me->turns++;
	me->sum += lcg_walk(w->seed + turn, w->param[STEPS]);
	if (w->param[YIELD])
		sl_yield();
	st->next = turn + 1;
	return true;
}

static void work(void *arg)
{
	struct worker *me = arg;
	struct state *st = me->st;
	bool more = true;

	sl_wg_wait(&st->start);
	while (more) {
		TAKE(&st->mu);
		opaque();
		more = take_turn(me);
		GIVE(&st->mu);
	}
	sl_wg_done(&st->end);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->next = 0;
	sl_wg_add(&st->start, 1);
	sl_wg_add(&st->end, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(work, &st->worker[i]);
	sl_wg_done(&st->start);
	sl_wg_wait(&st->end);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		struct worker *x = &st->worker[i];

		w->executed += x->turns;
		w->checksum += x->sum;
		shares_add(&st->shares, x->turns);
		x->turns = x->sum = 0;
	}
	shares_end(&st->shares, w->timed);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 2)
		return 0;
	out[0] = (struct sl_counter){ "jain_permille", shares_permille(&st->shares) };
	out[1] = (struct sl_counter){ "handovers", st->handovers };
	return 2;
}

static void teardown(struct wl *w)
{
	free(w->state);
}
