/* SPDX-License-Identifier: Apache-2.0
 *
 * calibrate: on each of P kernel threads the same dependent arithmetic and the same
 * walk through memory, without a call to the scheduler.  Nothing but the machine and
 * its other users can change its time, on each of the PUs that the workloads have: so
 * its spread over a run is a part of the machine's noise.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { STEPS, KIB };

static const struct wl_param params[] = {
	{ "steps", 500000, 1, 1000000000, "dependent multiply-add steps of each thread in an iteration" },
	{ "kib", 4096, 1, 1048576, "memory that each thread then reads, KiB" },
	{ 0 },
};

struct part {
	pthread_t thread;
	const struct wl *w;
	uint64_t *number;
	uint64_t seed, expected, done, result;
};

struct state {
	int threads;
	struct part part[];
};

static int64_t numbers(const struct wl *w)
{
	return w->param[KIB] * 1024 / (int64_t)sizeof(uint64_t);
}

static int64_t ops(const struct wl *w)
{
	return w->procs * w->param[STEPS];
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int i = 0; i < st->threads; i++)
		free(st->part[i].number);
	free(st);
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + (size_t)w->procs * sizeof *st->part);

	if (!st)
		return -ENOMEM;
	w->state = st;
	for (; st->threads < w->procs; st->threads++) {
		struct part *p = &st->part[st->threads];
		uint64_t x = w->seed + (uint64_t)st->threads;

		*p = (struct part){ .w = w, .seed = x, .number = malloc((size_t)numbers(w) * sizeof *p->number) };
		if (!p->number) {
			teardown(w);
			return -ENOMEM;
		}
		p->expected = lcg_jump(x, (uint64_t)w->param[STEPS]);
		for (int64_t i = 0; i < numbers(w); i++) {
			x = lcg_next(x);
			p->number[i] = x;
			p->expected += x;
		}
	}
	return 0;
}

static void *work(void *arg)
{
	struct part *p = arg;

	p->result = lcg_walk(p->seed, p->w->param[STEPS]);
	for (int64_t i = 0; i < numbers(p->w); i++)
		p->result += p->number[i];
	p->done = (uint64_t)p->w->param[STEPS];
	return NULL;
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int started = 1;

	while (started < st->threads &&
	       pthread_create(&st->part[started].thread, NULL, work, &st->part[started]) == 0)
		started++;
	work(&st->part[0]);
	for (int i = 0; i < started; i++) {
		struct part *p = &st->part[i];

		if (i > 0)
			pthread_join(p->thread, NULL);
		w->executed += p->done;
		w->checksum += p->result;
		p->done = p->result = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;
	uint64_t expected = 0;

	for (int i = 0; i < st->threads; i++)
		expected += st->part[i].expected;
	return check_work(w, (uint64_t)(iterations * ops(w)), (uint64_t)iterations * expected, why, size);
}

const struct workload wl_calibrate = {
	.name = "calibrate",
	.kind = WL_CONTROL | WL_CPU_BOUND,
	.summary = "P threads each do fixed arithmetic and read a fixed stretch of memory, without the scheduler",
	.question = "How steady is this machine, on all the PUs in use, its memory included?",
	.metric = "step",
	.params = params,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
