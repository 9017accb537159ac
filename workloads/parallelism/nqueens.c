/* SPDX-License-Identifier: Apache-2.0
 *
 * nqueens: in how many ways can n queens stand on a board of n by n so that
 * none attacks another?  One queen a row; each place in the next row that is
 * not attacked yet is a task, with a board of its own.  The search does real
 * work between forks, so with serial=1, the same search as a plain recursive
 * program on one board, it says what parallelism costs before it pays: the
 * ratio of the two at one processor is the overhead, at more it is the speed-up.
 *
 * The program is Cilk's example.
 */
#include "check.h"
#include "workload.h"

enum { N, SERIAL };

static const struct wl_param params[] = {
	{ "n", 8, 1, 14, "queens, and rows of the board" },
	{ "serial", 0, 0, 1, "1: the serial program, which forks nothing" },
	{ 0 },
};

#define MAX 14

/* By a search of another kind, with sets of attacked columns as bits.  The ways
 * are sequence A000170 of the On-Line Encyclopedia of Integer Sequences. */
static const struct { int64_t ways, places; } known[MAX + 1] = {
	[1] = { 1, 1 }, [2] = { 0, 2 }, [3] = { 0, 5 }, [4] = { 2, 16 }, [5] = { 10, 53 },
	[6] = { 4, 152 }, [7] = { 40, 551 }, [8] = { 92, 2056 }, [9] = { 352, 8393 },
	[10] = { 724, 35538 }, [11] = { 2680, 166925 }, [12] = { 14200, 856188 },
	[13] = { 73712, 4674889 }, [14] = { 365596, 27358552 },
};

struct board {
	int n, rows;            /* the first rows hold a queen each */
	uint64_t ways;
	uint64_t places;        /* queens put down on this board and those after it */
	signed char column[MAX];
};

static int64_t ops(const struct wl *w)
{
	return known[w->param[N]].places;
}

/* Each place is a task. */
static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : ops(w) + 1;
}

static bool attacked(const struct board *b, int column)
{
	for (int row = 0; row < b->rows; row++) {
		int aside = column - b->column[row], below = b->rows - row;

		if (aside == 0 || aside == below || aside == -below)
			return true;
	}
	return false;
}

static void search_serially(struct board *b)
{
	if (b->rows == b->n) {
		b->ways++;
		return;
	}
	for (int column = 0; column < b->n; column++) {
		if (attacked(b, column))
			continue;
		b->places++;
		b->column[b->rows++] = (signed char)column;
		search_serially(b);
		b->rows--;
	}
}

static void search(void *arg)
{
	struct board *b = arg, next[MAX];
	struct sl_task task[MAX];
	int tasks = 0;

	b->ways = b->rows == b->n;
	b->places = 0;
	if (b->rows == b->n)
		return;
	for (int column = 0; column < b->n; column++) {
		if (attacked(b, column))
			continue;
		next[tasks] = *b;
		next[tasks].column[next[tasks].rows++] = (signed char)column;
		sl_fork(&task[tasks], search, &next[tasks]);
		tasks++;
	}
	b->places = tasks;
	while (tasks-- > 0) {
		sl_join(&task[tasks]);
		b->ways += next[tasks].ways;
		b->places += next[tasks].places;
	}
}

static void run(struct wl *w)
{
	struct board b = { .n = (int)w->param[N] };

	if (w->param[SERIAL])
		search_serially(&b);
	else
		search(&b);
	w->executed += b.places;
	w->checksum += b.ways;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, (uint64_t)iterations * ops(w),
	                  (uint64_t)iterations * known[w->param[N]].ways, why, size);
}

const struct workload wl_nqueens = {
	.name = "nqueens",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "count the ways to place n queens on a board, forking a task for each place in a row",
	.question = "What does fork-join cost a search whose tasks do a little work of their own?",
	.metric = "queen placed",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
