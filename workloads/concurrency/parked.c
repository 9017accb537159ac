/* SPDX-License-Identifier: Apache-2.0
 *
 * parked: start many Gs that wait at one gate, open it, and count them out.
 * The figure is bytes_per_task: what the process has grown by while all of them
 * wait, its page tables included, divided by their number.  It also divides
 * what a scheduler takes once: with n=100000 that no longer shows.  What the
 * kernel keeps for itself of a thread, its kernel stack above all, no process
 * can see: on 1:1 some 20 KiB a task come on top.  reserved_bytes_per_task is the
 * same of its address space, most of which nobody ever uses.
 *
 * Memory is read during the warm-up, so that reading it is not timed.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { N };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 10000000, "Gs parked at the same time" },
	{ 0 },
};

struct task {
	struct state *st;
	uint64_t woken;
};

struct state {
	struct sl_wg arrivals, ends;
	struct sl_chan *gate;
	int64_t bytes, reserved;        /* of the process while all were parked */
	int64_t parked;                 /* Gs that were there then */
	struct task task[];
};

/* Of the process before its first G: later attempts find memory that earlier
 * ones left in caches. */
static int64_t bytes_before, reserved_before;

static int64_t gs(const struct wl *w)
{
	return w->param[N] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

/* A line "NAME:  123 kB", in bytes; -1: there is none. */
static int64_t field_bytes(const char *path, const char *format)
{
	FILE *f = fopen(path, "re");
	char line[256];
	long long kib;
	int64_t bytes = -1;

	if (!f)
		return -1;
	while (bytes < 0 && fgets(line, sizeof line, f))
		if (sscanf(line, format, &kib) == 1)
			bytes = kib * 1024;
	fclose(f);
	return bytes;
}

/* Resident pages and page tables.  Not VmRSS, which on many kernels is short of
 * what each processor has not yet added to it. */
static int64_t process_bytes(void)
{
	int64_t pages = field_bytes("/proc/self/smaps_rollup", "Rss: %lld kB");
	int64_t tables = field_bytes("/proc/self/status", "VmPTE: %lld kB");

	return pages < 0 || tables < 0 ? -1 : pages + tables;
}

static int64_t process_reserved(void)
{
	return field_bytes("/proc/self/status", "VmSize: %lld kB");
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[N] * sizeof *st->task);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[N]; i++)
		st->task[i].st = st;
	if (!bytes_before) {
		bytes_before = process_bytes();
		reserved_before = process_reserved();
	}
	if (bytes_before < 0 || reserved_before < 0) {
		free(st);
		return -ENOSYS;
	}
	w->state = st;
	return 0;
}

static void task(void *arg)
{
	struct task *t = arg;

	sl_wg_done(&t->st->arrivals);
	if (!sl_chan_recv(t->st->gate, NULL))
		t->woken++;
	sl_wg_done(&t->st->ends);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[N];

	st->gate = must_chan(0, 0);
	sl_wg_add(&st->arrivals, (int)n);
	sl_wg_add(&st->ends, (int)n);
	for (int64_t i = 0; i < n; i++)
		sl_go(task, &st->task[i]);
	sl_wg_wait(&st->arrivals);
	if (!w->timed) {
		st->bytes = process_bytes();
		st->reserved = process_reserved();
		st->parked = sl_gcount() - 1;
	}
	sl_chan_close(st->gate);
	sl_wg_wait(&st->ends);
	sl_chan_free(st->gate);
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->task[i].woken;
		w->checksum += st->task[i].woken * (i + 1);
		st->task[i].woken = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;
	uint64_t n = w->param[N];

	if (st->bytes < 0 || st->reserved < 0) {
		snprintf(why, size, "the process's memory could not be read from /proc/self");
		return false;
	}
	if (st->parked < w->param[N]) {
		snprintf(why, size, "%lld Gs were there when memory was read, not %lld", (long long)st->parked,
		         (long long)w->param[N]);
		return false;
	}
	return check_work(w, iterations * n, iterations * (n * (n + 1) / 2), why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 2 || !w->timed)
		return 0;
	out[0] = (struct sl_counter){ "bytes_per_task", (st->bytes - bytes_before) / w->param[N] };
	out[1] = (struct sl_counter){ "reserved_bytes_per_task", (st->reserved - reserved_before) / w->param[N] };
	return 2;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_parked = {
	.name = "parked",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "n Gs wait at a gate, all at once; the memory of each is the counter bytes_per_task",
	.question = "How much memory does a G take that waits, and what does it cost to wake them all?",
	.metric = "G started, parked and woken",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
