/* SPDX-License-Identifier: Apache-2.0
 *
 * documents: look for a word in many documents, each of which must be read
 * first.  The read is simulated, by sleeping as long as it would take; what
 * comes after it, the search of 4 KiB of text, is real.
 *
 * The serial program sleeps 1,000 times in a row.  A few Gs that take the next
 * document from a channel sleep at the same time, on however few processors.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { DOCS, GS, READ_US };

static const struct wl_param params[] = {
	{ "docs", 1000, 1, 100000, "documents to search in an iteration" },
	{ "gs", 8, 1, 100000, "Gs that take documents; 1: the serial program, no other G" },
	{ "read_us", 1000, 0, 1000000, "simulated time that reading one takes, in microseconds" },
	{ 0 },
};

#define SIZE 4096
#define PLACES 8        /* where the word may stand in a document */

/* The only word with a p: it cannot come about by chance. */
static const char word[] = "processor";

struct reader {
	struct wl *w;
	uint64_t documents, checksum;
};

struct state {
	struct sl_wg wg;
	struct sl_chan *todo;
	uint64_t expected;
	char (*text)[SIZE];
	struct reader reader[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[DOCS];
}

/* Letters from a to o and spaces, then the word, as often as chance wants it. */
static int64_t write_document(char text[SIZE], uint64_t *rng)
{
	int64_t times;

	for (int i = 0; i < SIZE; i++) {
		*rng = lcg_next(*rng);
		text[i] = " abcdefghijklmno"[*rng >> 60];
	}
	*rng = lcg_next(*rng);
	times = *rng >> 61;   /* 0 to 7, below PLACES */
	for (int64_t i = 0; i < times; i++)
		memcpy(text + i * (SIZE / PLACES), word, sizeof word - 1);
	return times;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->reader);
	uint64_t rng = w->seed;

	if (!st)
		return -ENOMEM;
	st->text = malloc(w->param[DOCS] * sizeof *st->text);
	if (!st->text) {
		free(st);
		return -ENOMEM;
	}
	for (int64_t i = 0; i < w->param[DOCS]; i++)
		st->expected += (i + 1) * write_document(st->text[i], &rng);
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->reader[i].w = w;
	w->state = st;
	return 0;
}

static int64_t occurrences(const char *text)
{
	const char *p = text, *end = text + SIZE;
	int64_t n = 0;

	while ((p = memmem(p, end - p, word, sizeof word - 1))) {
		p += sizeof word - 1;
		n++;
	}
	return n;
}

static void search(struct reader *r, int64_t document)
{
	struct state *st = r->w->state;

	int64_t due = sl_now() + r->w->param[READ_US] * 1000;

	sl_sleep(r->w->param[READ_US] * 1000);
	/* Who is woken too early has not read it. */
	if (sl_now() < due)
		return;
	r->documents++;
	r->checksum += (document + 1) * occurrences(st->text[document]);
}

static void reader(void *arg)
{
	struct reader *r = arg;
	struct state *st = r->w->state;
	int64_t document;

	while (sl_chan_recv(st->todo, &document))
		search(r, document);
	sl_wg_done(&st->wg);
}

static void search_together(struct wl *w)
{
	struct state *st = w->state;

	st->todo = must_chan(sizeof(int64_t), w->param[DOCS]);
	for (int64_t i = 0; i < w->param[DOCS]; i++)
		sl_chan_send(st->todo, &i);
	sl_chan_close(st->todo);
	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(reader, &st->reader[i]);
	sl_wg_wait(&st->wg);
	sl_chan_free(st->todo);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	if (w->param[GS] > 1)
		search_together(w);
	else
		for (int64_t i = 0; i < w->param[DOCS]; i++)
			search(&st->reader[0], i);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->reader[i].documents;
		w->checksum += st->reader[i].checksum;
		st->reader[i].documents = st->reader[i].checksum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * w->param[DOCS],
	                  iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->text);
	free(st);
}

const struct workload wl_documents = {
	.name = "documents",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "search documents for a word; reading one is simulated by a sleep of read_us",
	.question = "What does concurrency buy for work that waits, even on one processor?",
	.metric = "document",
	.params = params,
	.needs = WL_CHANNELS | WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
