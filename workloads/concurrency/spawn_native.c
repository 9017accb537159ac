/* SPDX-License-Identifier: Apache-2.0
 *
 * spawn-native: spawn, by the C library's own calls: a pthread_create for each
 * thread, and a pthread_join for each when all are started.  Beside spawn it says what
 * a G of the 1:1 back end costs more than a thread.
 *
 * The C library keeps the stacks of ended threads, up to 40 MB, and unmaps the rest.  A
 * thread that is to be joined has its stack until then, where the G, which is detached,
 * lets go of it at its end.  So these have stacks of half a G's size: a thousand of 64
 * KiB took half as much time again, all of it in mmap and munmap.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "workload.h"

enum { N, STACK_KIB };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 10000000, "threads started in an iteration" },
	{ "stack_kib", 32, 16, 65536, "KiB of each thread's stack" },
	{ 0 },
};

struct thread {
	pthread_t id;
	uint64_t runs;
};

struct state {
	pthread_attr_t attr;
	struct thread thread[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[N] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[N] * sizeof *st->thread);
	int err;

	if (!st)
		return -ENOMEM;
	pthread_attr_init(&st->attr);
	err = pthread_attr_setstacksize(&st->attr, (size_t)w->param[STACK_KIB] << 10);
	if (err) {
		free(st);
		return -err;
	}
	w->state = st;
	return 0;
}

static void *thread(void *arg)
{
	struct thread *t = arg;

	t->runs++;
	return NULL;
}

static void must(int err, const char *what)
{
	if (err) {
		fprintf(stderr, "fatal error: spawn-native: cannot %s a thread: %s\n", what, strerror(err));
		_Exit(2);
	}
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[N];

	for (int64_t i = 0; i < n; i++)
		must(pthread_create(&st->thread[i].id, &st->attr, thread, &st->thread[i]), "start");
	for (int64_t i = 0; i < n; i++)
		must(pthread_join(st->thread[i].id, NULL), "join");
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->thread[i].runs;
		w->checksum += st->thread[i].runs * (i + 1);
		st->thread[i].runs = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[N];

	return check_work(w, iterations * n, iterations * (n * (n + 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	pthread_attr_destroy(&st->attr);
	free(st);
}

const struct workload wl_spawn_native = {
	.name = "spawn-native",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "spawn, by the C library's own threads: what one uses without this suite",
	.question = "Is the 1:1 back end handicapped by how it starts threads?",
	.metric = "thread started and joined",
	.params = params,
	.needs = WL_THREADS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
