/* SPDX-License-Identifier: Apache-2.0
 *
 * hashes: two Gs, A and B, each write many lines of a counter and its SHA-1:
 * more work than a time slice, so on one P a preemptive scheduler takes turns,
 * a different number of times in every run.  The turns are counted as a reader
 * of the output would: lines whose prefix differs from that of the line before.
 *
 * A WaitGroup orders the end and nothing else: whatever came first, the end comes
 * after all.  early counts the iterations in which it did not.
 *
 * The lines go to a log in memory, each to the next free slot, so that their
 * order is the order of writing.  With an output to write to, one mutex covers
 * slot and output, and the log is what was printed.  One that parks the G: whoever
 * loses its P under a lock of the C library, where most of the time goes, would
 * keep the other out for ever.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "sha1.h"
#include "workload.h"

enum { LINES, SERIAL };

static const struct wl_param params[] = {
	{ "lines", 99999, 1, 99999, "lines that each of the two Gs writes" },
	{ "serial", 0, 0, 1, "1: the initial G writes those of A, then those of B" },
	{ 0 },
};

#define LINE (3 + 7 + 2 * SHA1_SIZE + 1)        /* "A: 00001: 356a...\n" */

struct writer {
	struct state *st;
	char name;
	int64_t lines;
	uint64_t checksum;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	struct sl_mutex printing;
	struct writer a, b;
	char (*log)[LINE];
	atomic_llong next;      /* the free slot of the log */
	int64_t turns, early;   /* over all iterations */
	uint64_t expected;      /* the checksum of one G's lines */
};

static int64_t ops(const struct wl *w)
{
	return 2 * w->param[LINES];
}

static uint64_t fold(const unsigned char digest[SHA1_SIZE])
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	return v;
}

/* The number's digits, so many or more; where they end. */
static char *put_number(char *to, int64_t n, int digits)
{
	char text[24];
	int len = 0;

	for (; n > 0 || len < digits; n /= 10)
		text[len++] = (char)('0' + n % 10);
	while (len > 0)
		*to++ = text[--len];
	return to;
}

static void hash_number(int64_t n, unsigned char digest[SHA1_SIZE])
{
	char text[24];

	sha1(text, (size_t)(put_number(text, n, 1) - text), digest);
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	st->log = malloc(2 * w->param[LINES] * sizeof *st->log);
	if (!st->log) {
		free(st);
		return -ENOMEM;
	}
	st->w = w;
	st->a = (struct writer){ .st = st, .name = 'A' };
	st->b = (struct writer){ .st = st, .name = 'B' };
	for (int64_t n = 1; n <= w->param[LINES]; n++) {
		unsigned char digest[SHA1_SIZE];

		hash_number(n, digest);
		st->expected += fold(digest);
	}
	w->state = st;
	return 0;
}

/* By hand, as in the Go twin: what a language's library takes to print a number is
 * not the question. */
static void format_line(char line[LINE], char name, int64_t n, const unsigned char digest[SHA1_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	char *p = line;

	*p++ = name;
	*p++ = ':';
	*p++ = ' ';
	p = put_number(p, n, 5);
	*p++ = ':';
	*p++ = ' ';
	for (int i = 0; i < SHA1_SIZE; i++) {
		*p++ = hex[digest[i] >> 4];
		*p++ = hex[digest[i] & 15];
	}
	*p = '\n';
}

static void write_lines(struct writer *wr)
{
	struct state *st = wr->st;
	FILE *out = st->w->out;
	int64_t last = 2 * st->w->param[LINES] - 1;

	for (int64_t n = 1; n <= st->w->param[LINES]; n++) {
		unsigned char digest[SHA1_SIZE];
		int64_t slot;
		char *line;

		hash_number(n, digest);
		if (out)
			sl_mutex_lock(&st->printing);
		/* No further than its end, though a G of an earlier iteration be late. */
		slot = atomic_fetch_add(&st->next, 1);
		line = st->log[slot < last ? slot : last];
		format_line(line, wr->name, n, digest);
		if (out) {
			fwrite(line, 1, LINE, out);
			sl_mutex_unlock(&st->printing);
		}
		wr->lines++;
		wr->checksum += fold(digest);
	}
}

static void write_and_tell(void *arg)
{
	struct writer *wr = arg;

	write_lines(wr);
	sl_wg_done(&wr->st->wg);
}

static int64_t count_turns(const struct state *st, int64_t lines)
{
	int64_t turns = 0;

	for (int64_t i = 1; i < lines; i++)
		turns += st->log[i][0] != st->log[i - 1][0];
	return turns;
}

static void write_together(struct wl *w)
{
	struct state *st = w->state;

	if (w->out)
		fputs("Starting two Gs\n", w->out);
	sl_wg_add(&st->wg, 2);
	sl_go(write_and_tell, &st->a);
	sl_go(write_and_tell, &st->b);
	if (w->out)
		fputs("Waiting for both\n", w->out);
	sl_wg_wait(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t turns;

	atomic_store(&st->next, 0);
	if (w->param[SERIAL]) {
		write_lines(&st->a);
		write_lines(&st->b);
	} else {
		write_together(w);
	}
	st->early += atomic_load(&st->next) < 2 * w->param[LINES];
	turns = count_turns(st, 2 * w->param[LINES]);
	if (w->out)
		fprintf(w->out, "Both have ended; turns between A and B: %lld\n",
		        (long long)turns);
	st->turns += turns;
	w->executed = st->a.lines + st->b.lines;
	w->checksum = st->a.checksum + st->b.checksum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	if (st->early) {
		snprintf(why, size, "the Wait ended before the Gs it was for, in %lld iterations",
		         (long long)st->early);
		return false;
	}
	return check_work(w, 2 * (uint64_t)iterations * w->param[LINES],
	                  2 * (uint64_t)iterations * st->expected, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 2)
		return 0;
	out[0] = (struct sl_counter){ "ab_turns", st->turns };
	out[1] = (struct sl_counter){ "early", st->early };
	return 2;
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->log);
	free(st);
}

const struct workload wl_hashes = {
	.name = "hashes",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND,
	.summary = "two Gs, A and B, each write lines of a counter and its SHA-1",
	.question = "How often does the scheduler take turns between two Gs that never wait?",
	.metric = "line",
	.params = params,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
