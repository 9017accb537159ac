/* SPDX-License-Identifier: Apache-2.0
 *
 * files: Gs write temporary files, block by block, and read them back.  epoll
 * takes no regular file, since these are always ready; so each call is one that
 * may block, and that the scheduler is told of.  Blocks stay in the page cache,
 * so what is measured is short calls, not a disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { GS, BLOCKS };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 10000, "Gs, with a temporary file each" },
	{ "blocks", 64, 1, 100000, "blocks of 4 KiB that each writes and reads in an iteration" },
	{ 0 },
};

#define BLOCK 4096
#define WORDS ((int)(BLOCK / sizeof(uint64_t)))

struct worker {
	struct wl *w;
	int fd;                         /* -1: not yet */
	uint64_t first;                 /* block i has the walk of this + i */
	uint64_t right, sum;            /* blocks that came back as written; of their last words */
};

struct state {
	struct sl_wg wg;
	uint64_t expected;
	struct worker worker[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[BLOCKS];
}

/* A file without a name, in TMPDIR or /tmp, or -errno. */
static __attribute__((noinline)) int temporary_file(void)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd;

	if (snprintf(path, sizeof path, "%s/schedlab-XXXXXX", dir && *dir ? dir : "/tmp") >= (int)sizeof path)
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[GS]; i++)
		if (st->worker[i].fd >= 0)
			close(st->worker[i].fd);
	free(st);
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->worker);
	int rc = 0;

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->worker[i] = (struct worker){ .w = w, .fd = -1,
		                                 .first = w->seed + i * w->param[BLOCKS] };
	for (int64_t i = 0; i < ops(w); i++)
		st->expected += lcg_jump(w->seed + i, WORDS);
	for (int64_t i = 0; i < w->param[GS] && !rc; i++) {
		st->worker[i].fd = temporary_file();
		rc = st->worker[i].fd < 0 ? st->worker[i].fd : 0;
	}
	w->state = st;
	if (rc)
		teardown(w);
	return rc;
}

static void must(ssize_t n, const char *what)
{
	if (n != BLOCK) {
		fprintf(stderr, "fatal error: files: cannot %s a temporary file\n", what);
		_Exit(2);
	}
}

static void work(void *arg)
{
	struct worker *me = arg;
	struct state *st = me->w->state;
	uint64_t block[WORDS];
	ssize_t n;

	for (int64_t i = 0; i < me->w->param[BLOCKS]; i++) {
		uint64_t x = me->first + i;

		for (int k = 0; k < WORDS; k++)
			block[k] = x = lcg_next(x);
		sl_entersyscall();
		n = pwrite(me->fd, block, BLOCK, i * BLOCK);
		sl_exitsyscall();
		must(n, "write to");
	}
	for (int64_t i = 0; i < me->w->param[BLOCKS]; i++) {
		uint64_t x = me->first + i;
		int same = 0;

		sl_entersyscall();
		n = pread(me->fd, block, BLOCK, i * BLOCK);
		sl_exitsyscall();
		must(n, "read from");
		for (int k = 0; k < WORDS; k++)
			same += block[k] == (x = lcg_next(x));
		me->right += same == WORDS;
		me->sum += block[WORDS - 1];
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(work, &st->worker[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->worker[i].right;
		w->checksum += st->worker[i].sum;
		st->worker[i].right = st->worker[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

const struct workload wl_files = {
	.name = "files",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "Gs write temporary files in blocks of 4 KiB, and read them back",
	.question = "What do many short calls cost that might block, and hardly ever do?",
	.metric = "block written and read",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
