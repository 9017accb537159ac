/* SPDX-License-Identifier: Apache-2.0
 *
 * timer.c by itself, beside a list that is searched: sleeps and time-outs that come in
 * order and out of it, time-outs that are taken out again, ones that wake nobody.
 */
#include <stdlib.h>

#include "conform/conform.h"
#include "shared/wait/timer.h"

/* Of back ends that leave timers to the kernel there are none. */
#pragma weak sl__timers_add
#pragma weak sl__timers_add_timeout
#pragma weak sl__timers_remove
#pragma weak sl__timers_due
#pragma weak sl__timers_fini

enum { MOST = 3000 };

struct entry {
	struct sl__timeout t;
	int64_t when;
	uint64_t seq;
	bool timeout, in, wakes;
};

static struct entry entry[MOST];
static int expired;

static sl_g *g_of(struct entry *e)
{
	return (sl_g *)e;
}

static sl_g *expire(struct sl__timeout *t)
{
	struct entry *e = sl__container(t, struct entry, t);

	check(e->in);
	expired++;
	if (e->wakes)
		return g_of(e);
	e->in = false;
	return NULL;
}

static struct entry *first_in(void)
{
	struct entry *first = NULL;

	for (struct entry *e = entry; e < entry + MOST; e++)
		if (e->in && (!first || e->when < first->when ||
		              (e->when == first->when && e->seq < first->seq)))
			first = e;
	return first;
}

static void add(struct sl__timers *ts, struct entry *e, int64_t when, uint64_t seq)
{
	*e = (struct entry){ .when = when, .seq = seq, .in = true };
	e->timeout = random_below(4) == 0;
	e->wakes = !e->timeout || random_below(4);
	e->t.expire = expire;
	if (e->timeout)
		sl__timers_add_timeout(ts, when, &e->t);
	else
		sl__timers_add(ts, when, g_of(e));
}

/* All that are due, in their order. */
static void take_due(struct sl__timers *ts, int64_t now)
{
	sl_g *g;

	while ((g = sl__timers_due(ts, now))) {
		struct entry *e = (struct entry *)g, *first;

		/* Those that wake nobody have gone by the way. */
		check(e->in && e->when <= now);
		check((first = first_in()) == e);
		e->in = false;
	}
	check(!first_in() || first_in()->when > now);
	check(sl__timers_next(ts) == (first_in() ? first_in()->when : 0));
}

/* spread: how far the lengths of the sleeps differ.  1: they come in order. */
static void play(uint32_t spread, int adds)
{
	struct sl__timers ts = { 0 };
	int64_t now = 1000000;
	uint64_t seq = 0;

	memset(entry, 0, sizeof entry);
	for (int i = 0; i < adds; i++) {
		struct entry *e = &entry[random_below(MOST)];

		if (!e->in) {
			add(&ts, e, now + 5000 + random_below(spread), seq++);
		} else if (e->timeout) {
			e->in = false;
			sl__timers_remove(&ts, &e->t);
			sl__timers_remove(&ts, &e->t);
		}
		now += random_below(3);
		if (random_below(200) == 0)
			take_due(&ts, now);
	}
	take_due(&ts, INT64_MAX);
	check(!sl__timers_first(&ts));
	sl__timers_fini(&ts);
}

TEST(timers_come_due_in_order)
{
	static const uint32_t spread[] = { 1, 10, 1000, 5000, 1000000 };

	if (!sl__timers_add)
		conform_skip("the back end leaves timers to the kernel");
	expired = 0;
	for (size_t i = 0; i < sizeof spread / sizeof *spread; i++)
		play(spread[i], conform_n(3000, 200000));
	check(expired > 0);
}

/* One long sleep must not make a heap of all that come after it: what is in the run
 * costs no sifting. */
TEST(timers_in_order_stay_in_the_run)
{
	struct sl__timers ts = { 0 };

	if (!sl__timers_add)
		conform_skip("the back end leaves timers to the kernel");
	sl__timers_add(&ts, 1000000, g_of(&entry[0]));
	for (int i = 1; i < MOST; i++)
		sl__timers_add(&ts, i, g_of(&entry[i]));
	check(ts.n == 1 && ts.tail - ts.head == MOST - 1);
	for (int i = 1; i < MOST; i++)
		check(sl__timers_due(&ts, 1000000) == g_of(&entry[i]));
	check(sl__timers_due(&ts, 1000000) == g_of(&entry[0]));
	sl__timers_fini(&ts);
}
