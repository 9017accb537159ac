/* SPDX-License-Identifier: Apache-2.0
 *
 * alphabet: one G writes the lower case letters a few times, another the upper
 * case ones, and the initial G waits for both.  In which order the letters
 * come is the scheduler's choice; that all of them come before the end is not.
 *
 * The number of Gs is known, so there is one Add, up front, and each Done
 * stands where its Add can be seen.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { ROUNDS, SERIAL };

static const struct wl_param params[] = {
	{ "rounds", 3, 1, 100000, "alphabets that each of the two Gs writes" },
	{ "serial", 0, 0, 1, "1: the initial G writes both" },
	{ 0 },
};

struct writer {
	struct state *st;
	char first;
	char *page;             /* what it wrote, when nobody reads it */
	int64_t letters;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	struct writer lower, upper;
};

static int64_t ops(const struct wl *w)
{
	return 2 * 26 * w->param[ROUNDS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);
	size_t page = 26 * w->param[ROUNDS];

	if (!st)
		return -ENOMEM;
	st->w = w;
	st->lower = (struct writer){ .st = st, .first = 'a', .page = malloc(page) };
	st->upper = (struct writer){ .st = st, .first = 'A', .page = malloc(page) };
	if (!st->lower.page || !st->upper.page) {
		free(st->lower.page);
		free(st->upper.page);
		free(st);
		return -ENOMEM;
	}
	w->state = st;
	return 0;
}

static void write_letters(struct writer *wr)
{
	const struct wl *w = wr->st->w;
	char *page = wr->page;
	int64_t n = 0;

	for (int64_t round = 0; round < w->param[ROUNDS]; round++) {
		for (char c = wr->first; c < wr->first + 26; c++) {
			if (w->out)
				fprintf(w->out, "%c ", c);
			page[n++] = c;
		}
	}
	wr->letters = n;
}

static void lower(void *arg)
{
	struct state *st = arg;

	write_letters(&st->lower);
	sl_wg_done(&st->wg);
}

static void upper(void *arg)
{
	struct state *st = arg;

	write_letters(&st->upper);
	sl_wg_done(&st->wg);
}

/* Each letter counts as often as its place: in another order they come to another
 * sum. */
static void tally(struct wl *w, struct writer *wr)
{
	uint64_t sum = 0;

	for (int64_t i = 0; i < wr->letters; i++)
		sum += (uint64_t)(i + 1) * (unsigned char)wr->page[i];
	w->executed += wr->letters;
	w->checksum += sum;
	wr->letters = 0;
}

static void write_together(struct wl *w)
{
	struct state *st = w->state;

	if (w->out)
		fputs("Starting two Gs\n", w->out);
	sl_wg_add(&st->wg, 2);
	sl_go(lower, st);
	sl_go(upper, st);
	if (w->out)
		fputs("Waiting for both\n", w->out);
	sl_wg_wait(&st->wg);
	if (w->out)
		fputs("\nBoth have ended\n", w->out);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	if (w->param[SERIAL]) {
		write_letters(&st->lower);
		write_letters(&st->upper);
	} else {
		write_together(w);
	}
	tally(w, &st->lower);
	tally(w, &st->upper);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = 26 * w->param[ROUNDS], sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += (i + 1) * ('a' + 'A' + 2 * (i % 26));
	return check_work(w, 2 * n * iterations, sum * iterations, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->lower.page);
	free(st->upper.page);
	free(st);
}

const struct workload wl_alphabet = {
	.name = "alphabet",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND | WL_ORCHESTRATION,
	.summary = "two Gs write the alphabet, one in lower case, one in upper case; a third waits",
	.question = "In which order do Gs run, and what does a WaitGroup promise?",
	.metric = "letter",
	.params = params,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
