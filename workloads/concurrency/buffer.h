/* SPDX-License-Identifier: Apache-2.0
 *
 * buffer.h: producers and consumers share a bounded buffer, of a mutex and two
 * condition variables: mpmc by hand.  Each element put in or taken out is one
 * signal, and the end a broadcast.
 *
 * Included by the workloads that differ in the primitives alone, which they
 * define: LOCK and COND, their types, ready when zeroed; TAKE and GIVE, on a
 * pointer to a lock; WAIT(cond, lock), SIGNAL and BROADCAST, on pointers, too;
 * and HOLDS, the elements that the buffer holds by default.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "opaque.h"
#include "workload.h"

enum { PRODUCERS, CONSUMERS, BUFFER, EACH };

static const struct wl_param params[] = {
	{ "producers", 4, 1, 10000, "Gs that put in" },
	{ "consumers", 4, 1, 10000, "Gs that take out" },
	{ "buffer", HOLDS, 1, 1000000, "elements that the buffer holds" },
	{ "each", 2500, 1, 10000000, "elements of each producer in an iteration" },
	{ 0 },
};

struct worker {
	struct wl *w;
	int64_t first;                  /* a producer's first element */
	uint64_t taken, sum;            /* a consumer's account */
};

struct state {
	struct sl_wg producing, consuming;
	LOCK mu;
	COND not_empty, not_full;
	int64_t head, count;            /* under mu, as are all to the buffer */
	bool ended;
	int64_t *buffer;
	struct worker *consumer;        /* these follow the producers */
	struct worker producer[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[PRODUCERS] + w->param[CONSUMERS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[PRODUCERS] * w->param[EACH];
}

static int setup(struct wl *w)
{
	int64_t workers = w->param[PRODUCERS] + w->param[CONSUMERS];
	struct state *st = calloc(1, sizeof *st + workers * sizeof *st->producer);

	if (!st)
		return -ENOMEM;
	st->buffer = calloc(w->param[BUFFER], sizeof *st->buffer);
	if (!st->buffer) {
		free(st);
		return -ENOMEM;
	}
	st->consumer = st->producer + w->param[PRODUCERS];
	for (int64_t i = 0; i < workers; i++) {
		st->producer[i].w = w;
		st->producer[i].first = i * w->param[EACH];
	}
	w->state = st;
	return 0;
}

static void put(struct wl *w, int64_t v)
{
	struct state *st = w->state;
	int64_t at;

	TAKE(&st->mu);
	opaque();
	while (st->count == w->param[BUFFER])
		WAIT(&st->not_full, &st->mu);
	at = st->head + st->count++;
	if (at >= w->param[BUFFER])
		at -= w->param[BUFFER];
	st->buffer[at] = v;
	GIVE(&st->mu);
	SIGNAL(&st->not_empty);
}

static bool take(struct wl *w, int64_t *v)
{
	struct state *st = w->state;
	bool found;

	TAKE(&st->mu);
	opaque();
	while (st->count == 0 && !st->ended)
		WAIT(&st->not_empty, &st->mu);
	found = st->count > 0;
	if (found) {
		*v = st->buffer[st->head];
		st->count--;
		if (++st->head == w->param[BUFFER])
			st->head = 0;
	}
	GIVE(&st->mu);
	SIGNAL(&st->not_full);
	return found;
}

static void produce(void *arg)
{
	struct worker *p = arg;
	struct state *st = p->w->state;

	for (int64_t i = 0; i < p->w->param[EACH]; i++)
		put(p->w, p->first + i);
	sl_wg_done(&st->producing);
}

static void consume(void *arg)
{
	struct worker *c = arg;
	struct state *st = c->w->state;
	uint64_t taken = 0, sum = 0;
	int64_t v = 0;

	while (take(c->w, &v)) {
		taken++;
		sum += v;
	}
	c->taken = taken;
	c->sum = sum;
	sl_wg_done(&st->consuming);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->ended = false;
	sl_wg_add(&st->producing, (int)w->param[PRODUCERS]);
	sl_wg_add(&st->consuming, (int)w->param[CONSUMERS]);
	for (int64_t i = 0; i < w->param[CONSUMERS]; i++)
		sl_go(consume, &st->consumer[i]);
	for (int64_t i = 0; i < w->param[PRODUCERS]; i++)
		sl_go(produce, &st->producer[i]);
	sl_wg_wait(&st->producing);
	TAKE(&st->mu);
	st->ended = true;
	GIVE(&st->mu);
	BROADCAST(&st->not_empty);
	sl_wg_wait(&st->consuming);
	for (int64_t i = 0; i < w->param[CONSUMERS]; i++) {
		w->executed += st->consumer[i].taken;
		w->checksum += st->consumer[i].sum;
		st->consumer[i].taken = st->consumer[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * n, iterations * (n * (n - 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->buffer);
	free(st);
}
