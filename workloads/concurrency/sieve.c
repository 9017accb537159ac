/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve: the concurrent prime sieve.  A source sends the numbers from 2 on
 * into a chain of filters, a G each, joined by unbuffered channels; the first
 * number to reach the end of the chain is the next prime, and gets a filter of
 * its own that drops its multiples.
 *
 * The usual program never ends.  This one knows its last number, the n-th
 * prime, beforehand: the source stops there and closes its channel, and each
 * filter that finds its input closed closes its output and ends.  So every
 * iteration passes exactly the same messages, and they can be counted.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { N, SERIAL };

static const struct wl_param params[] = {
	{ "n", 2000, 1, 100000, "primes to find" },
	{ "serial", 0, 0, 1, "1: the initial G asks the filters, one after the other" },
	{ 0 },
};

struct filter {
	struct sl_wg *wg;
	struct sl_chan *in, *out;
	int64_t prime;
	uint64_t received;
};

struct state {
	struct sl_wg wg;
	struct sl_chan *head;
	int64_t last;                   /* the n-th prime */
	uint64_t primes;                /* the sum of the first n */
	uint64_t messages;              /* numbers received by filters and the end */
	struct filter filter[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : w->param[N] + 2;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

/* The known answer, by the sieve of Eratosthenes: of each number the smallest
 * prime factor, which is the filter that drops it. */
static int know(struct state *st, int64_t n)
{
	int64_t top = 16, found = 0;
	int32_t *rank;          /* of the smallest prime factor, from 1; 0: not yet known */

	/* The n-th prime is below n (ln n + ln ln n) for n >= 6; 32 bits of n: */
	for (int64_t k = n, log2 = 0; k; k >>= 1)
		top = n * ++log2 + 16;
	rank = calloc(top + 1, sizeof *rank);
	if (!rank)
		return -ENOMEM;
	for (int64_t v = 2; found < n; v++) {
		if (rank[v]) {
			st->messages += rank[v];
			continue;
		}
		/* A prime passes all filters so far and reaches the end. */
		st->messages += ++found;
		st->primes += v;
		st->last = v;
		for (int64_t m = v * v; m <= top; m += v)
			if (!rank[m])
				rank[m] = (int32_t)found;
	}
	free(rank);
	return 0;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[N] * sizeof *st->filter);
	int rc;

	if (!st)
		return -ENOMEM;
	rc = know(st, w->param[N]);
	if (rc) {
		free(st);
		return rc;
	}
	w->state = st;
	return 0;
}

static void source(void *arg)
{
	struct state *st = arg;

	for (int64_t v = 2; v <= st->last; v++)
		sl_chan_send(st->head, &v);
	sl_chan_close(st->head);
	sl_wg_done(&st->wg);
}

static void filter(void *arg)
{
	struct filter *f = arg;
	int64_t v;

	while (sl_chan_recv(f->in, &v)) {
		f->received++;
		if (v % f->prime != 0)
			sl_chan_send(f->out, &v);
	}
	sl_chan_close(f->out);
	sl_wg_done(f->wg);
}

/* The same filters and numbers, without Gs or channels. */
static void sieve_serially(struct wl *w)
{
	struct state *st = w->state;
	int64_t found = 0;

	for (int64_t v = 2; v <= st->last; v++) {
		struct filter *f = st->filter, *end = f + found;

		for (; f < end; f++) {
			f->received++;
			if (v % f->prime == 0)
				break;
		}
		if (f < end)
			continue;
		w->executed++;
		w->checksum += v;
		st->filter[found++] = (struct filter){ .prime = v };
	}
	for (int64_t i = 0; i < found; i++)
		w->executed += st->filter[i].received;
}

static void sieve(struct wl *w)
{
	struct state *st = w->state;
	struct sl_chan *end = st->head = must_chan(sizeof(int64_t), 0);
	int64_t found = 0, prime;

	sl_wg_add(&st->wg, 1);
	sl_go(source, st);
	while (sl_chan_recv(end, &prime)) {
		struct filter *f = &st->filter[found++];

		w->executed++;
		w->checksum += prime;
		*f = (struct filter){ &st->wg, end, must_chan(sizeof(int64_t), 0), prime, 0 };
		end = f->out;
		sl_wg_add(&st->wg, 1);
		sl_go(filter, f);
		if (found == w->param[N])
			break;
	}
	/* Nothing comes any more but the close; a number would be one too many. */
	while (sl_chan_recv(end, &prime))
		w->executed++;
	sl_wg_wait(&st->wg);
	sl_chan_free(st->head);
	for (int64_t i = 0; i < found; i++) {
		w->executed += st->filter[i].received;
		sl_chan_free(st->filter[i].out);
	}
}

static void run(struct wl *w)
{
	if (w->param[SERIAL])
		sieve_serially(w);
	else
		sieve(w);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, iterations * st->messages, iterations * st->primes, why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_sieve = {
	.name = "sieve",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND | WL_ORCHESTRATION,
	.summary = "find the first n primes with a chain of filters, a G each, over unbuffered channels",
	.question = "What does a long chain of Gs cost that hand data on?",
	.metric = "prime",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
