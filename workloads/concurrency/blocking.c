/* SPDX-License-Identifier: Apache-2.0
 *
 * blocking: Gs that make system calls which block, as calls on a disk, a
 * terminal or somebody's library do, and which no scheduler can turn into a
 * wait of its own.  What such a call stops is the model's: its thread, which is
 * the G (1:1); its M, whose P goes on with another (M:N); or all (N:1).
 *
 * The call is a sleep of the kernel's, so on one that stops nothing else gs of
 * them take as long as one.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "workload.h"

enum { GS, EACH, CALL_US };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 10000, "Gs that make calls" },
	{ "each", 4, 1, 1000000, "calls of each in an iteration" },
	{ "call_us", 1000, 1, 1000000, "time for which a call blocks, in microseconds" },
	{ 0 },
};

struct caller {
	struct wl *w;
	uint64_t calls, long_enough;
};

struct state {
	struct sl_wg wg;
	struct caller caller[];
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
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->caller);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->caller[i].w = w;
	w->state = st;
	return 0;
}

/* Until then, whatever signals come: a scheduler may send some. */
static void block_until(int64_t deadline_ns)
{
	struct timespec t = { deadline_ns / 1000000000, deadline_ns % 1000000000 };

	sl_entersyscall();
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	sl_exitsyscall();
}

static void call(void *arg)
{
	struct caller *c = arg;
	struct state *st = c->w->state;

	for (int64_t i = 0; i < c->w->param[EACH]; i++) {
		int64_t deadline = sl_now() + c->w->param[CALL_US] * 1000;

		block_until(deadline);
		c->calls++;
		c->long_enough += sl_now() >= deadline;
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(call, &st->caller[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->caller[i].calls;
		w->checksum += st->caller[i].long_enough;
		st->caller[i].calls = st->caller[i].long_enough = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = (uint64_t)iterations * ops(w);

	return check_work(w, n, n, why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_blocking = {
	.name = "blocking",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "Gs make system calls that block for a millisecond, and say so to the scheduler",
	.question = "Whom does a blocking call stop: its G, its M, or all?",
	.metric = "blocking call",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
