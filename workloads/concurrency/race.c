/* SPDX-License-Identifier: Apache-2.0
 *
 * race: a few Gs add to one counter, each by reading it, adding one and writing
 * it back.  Whoever reads before another has written undoes the other's
 * addition: the update is lost.  That takes two Gs at the same time, or a switch
 * between the read and the write: parallelism, or preemption, or a yield put
 * there.  With sync=1 the Gs take turns, and nothing may be lost.
 *
 * The accesses are relaxed atomic ones, which are plain loads and stores to the
 * processor.  A data race proper has no meaning in C, and a compiler may keep
 * such a counter in a register, and lose all of a loop's updates at once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "check.h"
#include "opaque.h"
#include "workload.h"

enum { GS, EACH, YIELD_EVERY, SYNC };

static const struct wl_param params[] = {
	{ "gs", 2, 1, 10000, "Gs that share the counter" },
	{ "each", 100000, 1, 100000000, "additions of each G in an iteration" },
	{ "yield_every", 0, 0, 100000000, "additions from one yield between read and write to the next; 0: none" },
	{ "sync", 0, 0, 1, "1: under a mutex" },
	{ 0 },
};

struct adder {
	struct wl *w;
	uint64_t added;
};

struct state {
	struct sl_wg ended;
	struct sl_mutex mu;
	uint64_t counter;
	uint64_t lost;                  /* in all iterations */
	struct adder adder[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[EACH];
}

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->adder);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->adder[i].w = w;
	w->state = st;
	return 0;
}

static void add(void *arg)
{
	struct adder *a = arg;
	struct state *st = a->w->state;
	int64_t every = a->w->param[YIELD_EVERY], until_yield = every;
	bool sync = a->w->param[SYNC] && !a->w->no_lock;
	uint64_t added;

	for (added = 0; added < (uint64_t)a->w->param[EACH]; added++) {
		uint64_t v;

		if (sync)
			sl_mutex_lock(&st->mu);
		opaque();
		v = __atomic_load_n(&st->counter, __ATOMIC_RELAXED);
		if (every && --until_yield == 0) {
			until_yield = every;
			sl_yield();
		}
		__atomic_store_n(&st->counter, v + 1, __ATOMIC_RELAXED);
		if (sync)
			sl_mutex_unlock(&st->mu);
	}
	a->added = added;
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->counter = 0;
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_wg_go(&st->ended, add, &st->adder[i]);
	sl_wg_wait(&st->ended);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->adder[i].added;
		st->adder[i].added = 0;
	}
	st->lost += (uint64_t)ops(w) - st->counter;
	if (w->param[SYNC])
		w->checksum += st->counter;
}

/* Without turns any counter is right, as long as somebody's last write is in it. */
static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;
	uint64_t all = (uint64_t)iterations * ops(w);

	if (st->lost > all - (uint64_t)iterations) {
		snprintf(why, size, "%" PRIu64 " of %" PRIu64 " updates lost: not even one a time is left",
		         st->lost, all);
		return false;
	}
	return check_work(w, all, w->param[SYNC] ? all : 0, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 1)
		return 0;
	out[0] = (struct sl_counter){ "lost", (int64_t)st->lost };
	return 1;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_race = {
	.name = "race",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "a few Gs read, add one and write back the same counter, without taking turns or with",
	.question = "How many updates are lost where nobody takes turns?",
	.metric = "addition",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
