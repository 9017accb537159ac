/* SPDX-License-Identifier: Apache-2.0
 *
 * burst: two Gs with a fifth of a millisecond of work each, started when every
 * processor has gone to sleep; and the same two pieces one after the other.
 * It is the counter-weight to workloads that a scheduler does best at by never
 * waking a second processor: two that work at once need half the time, less
 * what it took to wake one.
 *
 * An iteration's time is mostly the wait for all to go to sleep, so it says
 * nothing.  The counters say it: medians of the two wall times, and of their
 * ratio within an iteration.
 *
 * How many steps make up the work is measured at set-up, for a processor's
 * speed is not to decide how much a wake-up may cost.  So the result of the
 * work is compared with the known one here, and the checksum counts how often
 * it was right.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { PIECE_US, IDLE_US };

static const struct wl_param params[] = {
	{ "piece_us", 200, 1, 1000000, "work of each of the two, in microseconds of one processor" },
	{ "idle_us", 5000, 0, 1000000, "wait before each part, in microseconds, for processors to go to sleep" },
	{ 0 },
};

#define PIECES 2

struct piece {
	struct state *st;
	uint64_t from, to;              /* of the generator, steps apart */
	uint64_t done, right;
};

struct state {
	struct sl_wg wg;
	int64_t steps;
	struct piece piece[PIECES];
	struct hist serial, burst, permille;
};

static int64_t ops(const struct wl *w)
{
	(void)w;
	return 1;
}

/* The steps that take ns, by the fastest of a few tries: others are slower for
 * reasons that are not the processor's.  Leaves in *x where that ended, so that
 * the work is not for nothing, and no compiler drops it. */
static int64_t steps_in(int64_t ns, uint64_t *x)
{
	const int64_t tried = 1 << 17;
	int64_t best = INT64_MAX;

	for (int i = 0; i < 8; i++) {
		int64_t start = sl_now(), took;

		*x = lcg_walk(*x, tried);
		took = sl_now() - start;
		if (took < best)
			best = took;
	}
	return (int64_t)((double)tried * (double)ns / (double)best) + 1;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);
	uint64_t x = w->seed;

	if (!st)
		return -ENOMEM;
	st->steps = steps_in(w->param[PIECE_US] * 1000, &x);
	for (int i = 0; i < PIECES; i++)
		st->piece[i] = (struct piece){ st, x + i, lcg_jump(x + i, st->steps), 0, 0 };
	w->state = st;
	return 0;
}

static void do_piece(struct piece *p)
{
	p->right += lcg_walk(p->from, p->st->steps) == p->to;
	p->done++;
}

static void do_piece_and_tell(void *arg)
{
	struct piece *p = arg;

	do_piece(p);
	sl_wg_done(&p->st->wg);
}

static int64_t serial(struct state *st)
{
	int64_t start = sl_now();

	for (int i = 0; i < PIECES; i++)
		do_piece(&st->piece[i]);
	return sl_now() - start;
}

static int64_t burst(struct state *st)
{
	int64_t start = sl_now();

	sl_wg_add(&st->wg, PIECES);
	for (int i = 0; i < PIECES; i++)
		sl_go(do_piece_and_tell, &st->piece[i]);
	sl_wg_wait(&st->wg);
	return sl_now() - start;
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t idle = w->param[IDLE_US] * 1000, serial_ns, burst_ns;

	/* Both start alike: from sleep, with caches and clock as it left them. */
	sl_sleep(idle);
	serial_ns = serial(st);
	sl_sleep(idle);
	burst_ns = burst(st);
	if (w->timed) {
		hist_add(&st->serial, serial_ns);
		hist_add(&st->burst, burst_ns);
		hist_add(&st->permille, burst_ns * 1000 / serial_ns);
	}
	w->executed = w->checksum = 0;
	for (int i = 0; i < PIECES; i++) {
		w->executed += st->piece[i].done;
		w->checksum += st->piece[i].right * (i + 1);
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, (uint64_t)iterations * 2 * PIECES,
	                  (uint64_t)iterations * 2 * (PIECES * (PIECES + 1) / 2), why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 3)
		return 0;
	out[0] = (struct sl_counter){ "serial_ns", hist_quantile(&st->serial, 500) };
	out[1] = (struct sl_counter){ "burst_ns", hist_quantile(&st->burst, 500) };
	out[2] = (struct sl_counter){ "burst_permille", hist_quantile(&st->permille, 500) };
	return 3;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_burst = {
	.name = "burst",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "from sleep, two Gs with piece_us of work each; and the same work by one G",
	.question = "Does waking a second processor pay for so little work? See burst_permille: of the serial time",
	.metric = "burst, serial run and the waits before them",
	.params = params,
	.needs = WL_TIMERS,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
