/* SPDX-License-Identifier: Apache-2.0
 *
 * wakeup: a G readies another, that waits at a channel, and computes on without
 * ever letting go.  How long until the other runs?  Where another processor is idle
 * that should be what it takes to wake it, however the scheduler decides whether
 * that pays; where there is none, as long as the first computes, which is until the
 * other has run, but at most for busy_us.  The counters say: p50_ns, p99_ns, max_ns.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { ROUNDS, BUSY_US, IDLE_US };

static const struct wl_param params[] = {
	{ "rounds", 100, 1, 100000000, "times in an iteration that the other G is readied" },
	{ "busy_us", 1000, 0, 1000000, "for which the first computes at most afterwards, in microseconds" },
	{ "idle_us", 200, 0, 1000000, "that both sleep before, in microseconds, for processors to go to sleep" },
	{ 0 },
};

struct state {
	struct sl_wg wg;
	struct sl_chan *ready;
	_Atomic int64_t ran;            /* rounds that the other G has run in */
	int64_t readied_at;             /* handed over by the channel */
	uint64_t sum;
	struct hist delay;
};

static int64_t gs(const struct wl *w)
{
	(void)w;
	return 2;
}

static int64_t ops(const struct wl *w)
{
	return w->param[ROUNDS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	/* Room for one: to send must not mean to wait. */
	st->ready = must_chan(sizeof(int64_t), 1);
	w->state = st;
	return 0;
}

static void be_readied(void *arg)
{
	struct wl *w = arg;
	struct state *st = w->state;

	for (int64_t i = 1; i <= w->param[ROUNDS]; i++) {
		int64_t v;

		sl_chan_recv(st->ready, &v);
		if (w->timed)
			hist_add(&st->delay, sl_now() - st->readied_at);
		st->sum += v;
		atomic_store_explicit(&st->ran, i, memory_order_release);
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t busy = w->param[BUSY_US] * 1000, idle = w->param[IDLE_US] * 1000;

	st->sum = 0;
	atomic_store(&st->ran, 0);
	sl_wg_add(&st->wg, 1);
	sl_go(be_readied, w);
	for (int64_t i = 1; i <= w->param[ROUNDS]; i++) {
		int64_t until;

		if (idle)
			sl_sleep(idle);
		st->readied_at = sl_now();
		until = st->readied_at + busy;
		sl_chan_send(st->ready, &i);
		while (atomic_load_explicit(&st->ran, memory_order_acquire) < i && sl_now() < until)
			;
		while (atomic_load_explicit(&st->ran, memory_order_acquire) < i)
			sl_yield();
		w->executed++;
	}
	sl_wg_wait(&st->wg);
	w->checksum += st->sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[ROUNDS];

	return check_work(w, iterations * n, iterations * (n * (n + 1) / 2), why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	return hist_counters(&st->delay, out, max);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	sl_chan_free(st->ready);
	free(st);
}

const struct workload wl_wakeup = {
	.name = "wakeup",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "a G readies another and computes on for busy_us, or until that has run",
	.question = "How soon does what is ready run beside what does not let go? See p50_ns, p99_ns, max_ns",
	.metric = "round, and the idle_us before it",
	.params = params,
	.needs = WL_CHANNELS | WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
