/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "conform/conform.h"
#include "shared/sync/chan.h"

#define MS INT64_C(1000000)

static struct sl_wg wg;
static struct sl_chan *chan[20];

static void make(int n, size_t cap)
{
	for (int i = 0; i < n; i++)
		chan[i] = sl_chan_make(sizeof(int64_t), cap);
}

static void free_all(int n)
{
	for (int i = 0; i < n; i++)
		sl_chan_free(chan[i]);
}

static struct sl_case send_case(struct sl_chan *c, int64_t *v)
{
	return (struct sl_case){ .c = c, .op = SL_SEND, .v = v };
}

static struct sl_case recv_case(struct sl_chan *c, int64_t *v)
{
	return (struct sl_case){ .c = c, .op = SL_RECV, .v = v };
}

static int queued(struct sl_chan *c)
{
	int n = 0;

	sl__lock(&c->lock);
	for (struct sl__waiter *w = c->recvq.head; w; w = w->next)
		n++;
	for (struct sl__waiter *w = c->sendq.head; w; w = w->next)
		n++;
	sl__unlock(&c->lock);
	return n;
}

static void await_queued(struct sl_chan *c, int n)
{
	while (queued(c) != n)
		sl_sleep(MS / 20);
}

/* ---- Cases that are ready ---------------------------------------------- */

TEST(select_does_what_is_ready)
{
	int64_t in[4] = { 0 }, out = 5;
	struct sl_case k[4];

	make(3, 1);
	k[0] = recv_case(chan[0], &in[0]);
	k[1] = recv_case(NULL, &in[1]);
	k[2] = send_case(chan[1], &out);
	k[3] = recv_case(chan[2], &in[3]);
	check(sl_select(k, 4, true) == 2 && chan[1]->count == 1);
	check(sl_select(k, 4, false) == -1);
	check(sl_select(k, 0, false) == -1);
	check(sl_select(k + 1, 1, false) == -1);
	sl_chan_send(chan[2], &out);
	check(sl_select(k, 4, false) == 3 && k[3].ok && in[3] == 5);
	sl_chan_close(chan[0]);
	in[0] = 7;
	k[0].ok = true;
	check(sl_select(k, 4, true) == 0 && !k[0].ok && in[0] == 0);
	check(in[1] == 0 && chan[1]->count == 1 && chan[2]->count == 0);
	free_all(3);
}

/* n out of total, each with probability p, within six standard deviations. */
static bool about(int n, int total, double p)
{
	double off = n - total * p;

	return off * off < 36 * total * p * (1 - p);
}

TEST(select_is_fair_over_ready_cases)
{
	int chosen[20] = { 0 }, n = 12000;
	int64_t v;
	struct sl_case k[20];

	make(20, 1);
	for (int i = 0; i < 20; i++)
		k[i] = recv_case(chan[i], &v);
	/* Neighbours of those that are not ready get no more than others. */
	for (int i = 0; i < 8; i++)
		if (i == 1 || i == 4 || i == 5 || i == 7)
			sl_chan_close(chan[i]);
	for (int i = 0; i < n; i++)
		chosen[sl_select(k, 8, true)]++;
	for (int i = 0; i < 8; i++)
		check(chan[i]->closed ? about(chosen[i], n, 0.25) : chosen[i] == 0);
	memset(chosen, 0, sizeof chosen);
	for (int i = 0; i < 20; i++)
		if (!chan[i]->closed)
			sl_chan_close(chan[i]);
	for (int i = 0; i < n; i++)
		chosen[sl_select(k, 20, true)]++;
	for (int i = 0; i < 20; i++)
		check(about(chosen[i], n, 0.05));
	free_all(20);
}

/* Of channels that a select is the first to look at. */
TEST(select_is_fair_over_new_channels)
{
	int first = 0, n = 4000;

	for (int i = 0; i < n; i++) {
		int64_t v = 0;
		struct sl_case k[2];

		make(2, 1);
		k[0] = send_case(chan[0], &v);
		k[1] = send_case(chan[1], &v);
		first += sl_select(k, 2, true) == 0;
		free_all(2);
	}
	check(about(first, n, 0.5));
}

/* A token is always in one of two channels: it goes into the one before it is
 * taken out of the other.  A select that does not see both at one moment can
 * miss it. */
static _Atomic bool over;

static void move_token(void *arg)
{
	int64_t v = 1;

	(void)arg;
	for (int at = 0; !over; at = !at) {
		sl_chan_send(chan[!at], &v);
		sl_chan_recv(chan[at], &v);
		if (random_below(64) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

TEST(select_that_is_ready_never_would_block)
{
	int64_t v = 1;
	struct sl_case k[2];

	make(2, 2);
	k[0] = recv_case(chan[0], &v);
	k[1] = recv_case(chan[1], &v);
	sl_chan_send(chan[0], &v);
	sl_wg_add(&wg, 1);
	sl_go(move_token, NULL);
	for (int n = 0; n < conform_n(20000, 1000000); n++) {
		int i = sl_select(k, 2, false);

		check(i >= 0);
		sl_chan_send(chan[i], &v);
		if (n % 16 == 0)
			sl_yield();
	}
	over = true;
	sl_wg_wait(&wg);
	free_all(2);
}

/* ---- Waiting ----------------------------------------------------------- */

static _Atomic int64_t got;
static _Atomic int chosen;

static void select_first_two(void *arg)
{
	int64_t v[2] = { -1, -1 };
	struct sl_case k[2] = { recv_case(chan[0], &v[0]), recv_case(chan[1], &v[1]) };
	int i = sl_select(k, 2, true);

	(void)arg;
	check(v[!i] == -1 && k[i].ok);
	chosen = i;
	got = v[i];
	sl_wg_done(&wg);
}

static int64_t received[3];

static void receive_first(void *arg)
{
	check(sl_chan_recv(chan[0], &received[(intptr_t)arg]));
	sl_wg_done(&wg);
}

static void start(void (*fn)(void *), intptr_t arg, struct sl_chan *c)
{
	int n = queued(c);

	sl_wg_add(&wg, 1);
	sl_go(fn, (void *)arg);
	await_queued(c, n + 1);
}

/* A select in each place of a queue, before, between and behind others, is served
 * elsewhere: the others are not touched (Go's select6). */
TEST(select_leaves_the_queues_of_losing_cases_intact)
{
	for (int place = 0; place < 3; place++) {
		int64_t v = 100;

		make(2, 0);
		for (int i = 0; i < 3; i++) {
			if (i == place)
				start(select_first_two, 0, chan[0]);
			else
				start(receive_first, i, chan[0]);
		}
		sl_chan_send(chan[1], &v);
		await_queued(chan[0], 2);
		check(queued(chan[1]) == 0);
		for (int i = 0; i < 3; i++) {
			v = i;
			if (i != place)
				sl_chan_send(chan[0], &v);
		}
		sl_wg_wait(&wg);
		check(chosen == 1 && got == 100 && queued(chan[0]) == 0);
		for (int i = 0; i < 3; i++)
			check(i == place || received[i] == i);
		free_all(2);
	}
}

TEST(select_losers_beside_each_other)
{
	int64_t v = 0;

	make(2, 0);
	start(receive_first, 0, chan[0]);
	start(select_first_two, 0, chan[0]);
	start(select_first_two, 0, chan[0]);
	start(receive_first, 1, chan[0]);
	for (int n = 3; n >= 2; n--) {
		sl_chan_send(chan[1], &v);
		await_queued(chan[0], n);
	}
	for (; v < 2; v++)
		sl_chan_send(chan[0], &v);
	sl_wg_wait(&wg);
	check(received[0] == 0 && received[1] == 1 && queued(chan[0]) == 0);
	free_all(2);
}

TEST(select_waits_in_line)
{
	make(2, 0);
	start(receive_first, 0, chan[0]);
	start(select_first_two, 0, chan[0]);
	start(receive_first, 2, chan[0]);
	for (int64_t v = 0; v < 3; v++)
		sl_chan_send(chan[0], &v);
	sl_wg_wait(&wg);
	check(received[0] == 0 && chosen == 0 && got == 1 && received[2] == 2);
	check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
	free_all(2);
}

static void select_send(void *arg)
{
	int64_t v[2] = { 8, 9 };
	struct sl_case k[2] = { send_case(chan[0], &v[0]), send_case(chan[1], &v[1]) };

	(void)arg;
	chosen = sl_select(k, 2, true);
	sl_wg_done(&wg);
}

TEST(select_waits_to_send)
{
	int64_t v;

	for (int i = 0; i < 2; i++) {
		make(2, i);
		for (int j = 0; i && j < 2; j++)
			sl_chan_send(chan[j], &v);
		start(select_send, 0, chan[0]);
		check(sl_chan_recv(chan[1], &v));
		sl_wg_wait(&wg);
		check(chosen == 1 && (i || v == 9));
		if (i)
			check(sl_chan_recv(chan[1], &v) && v == 9);
		check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
		free_all(2);
	}
}

static void select_closed(void *arg)
{
	int64_t v[2] = { 7, 7 };
	struct sl_case k[2] = { recv_case(chan[0], &v[0]), recv_case(chan[1], &v[1]) };

	(void)arg;
	k[1].ok = true;
	check(sl_select(k, 2, true) == 1 && !k[1].ok && v[1] == 0 && v[0] == 7);
	sl_wg_done(&wg);
}

TEST(select_close_wakes_it)
{
	make(2, 0);
	for (int i = 0; i < 5; i++)
		start(select_closed, 0, chan[1]);
	sl_chan_close(chan[1]);
	sl_wg_wait(&wg);
	check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
	free_all(2);
}

static void select_both_closed(void *arg)
{
	int64_t v[2] = { 7, 7 };
	struct sl_case k[2] = { recv_case(chan[0], &v[0]), recv_case(chan[1], &v[1]) };
	int i = sl_select(k, 2, true);

	(void)arg;
	/* The other close has come upon a record that was none any more. */
	check(i >= 0 && !k[i].ok && v[i] == 0 && v[!i] == 7);
	sl_wg_done(&wg);
}

TEST(select_closed_on_both_sides)
{
	for (int round = 0; round < 50; round++) {
		make(2, 0);
		start(select_both_closed, 0, chan[1]);
		sl_chan_close(chan[round % 2]);
		sl_chan_close(chan[!(round % 2)]);
		sl_wg_wait(&wg);
		free_all(2);
	}
}

static void select_twice(void *arg)
{
	int64_t v[3] = { -1, -1, -1 };
	struct sl_case k[3] = { recv_case(chan[0], &v[0]), recv_case(chan[1], &v[1]),
	                        recv_case(chan[0], &v[2]) };

	(void)arg;
	chosen = sl_select(k, 3, true);
	check(chosen == 0 || chosen == 2);
	got = v[chosen];
	sl_wg_done(&wg);
}

TEST(select_the_same_channel_twice)
{
	make(2, 0);
	for (int64_t v = 0; v < 50; v++) {
		sl_wg_add(&wg, 1);
		sl_go(select_twice, NULL);
		if (v % 2)
			await_queued(chan[0], 2);
		sl_chan_send(chan[0], &v);
		sl_wg_wait(&wg);
		check(got == v && queued(chan[0]) == 0 && queued(chan[1]) == 0);
	}
	free_all(2);
}

/* ---- Both ends of one channel (Go's TestSelfSelect) ---------------------- */

static _Atomic int sends, receives;

static void self_select(void *arg)
{
	int64_t mine = (intptr_t)arg, v;
	struct sl_case k[3] = { send_case(chan[0], &mine), recv_case(chan[0], &v),
	                        send_case(chan[0], &mine) };

	for (int i = 0; i < 1000; i++) {
		struct sl_case *two = &k[i % 2];

		if (two[sl_select(two, 2, true)].op == SL_SEND) {
			sends++;
		} else {
			receives++;
			check(chan[0]->cap > 0 || v != mine);
		}
		if (random_below(16) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

TEST(select_both_ends_of_one_channel)
{
	for (size_t cap = 0; cap <= 10; cap += 10) {
		sends = receives = 0;
		make(1, cap);
		sl_wg_add(&wg, 2);
		sl_go(self_select, (void *)1);
		sl_go(self_select, (void *)2);
		sl_wg_wait(&wg);
		check(sends - receives == (int)chan[0]->count && sends + receives == 2000);
		check(queued(chan[0]) == 0);
		free_all(1);
	}
}

/* ---- Exactly one, of many ----------------------------------------------- */

#define SIDE 4

static uint8_t *seen;
static int cases, each;

/* In another order each time, so that the order of the locks matters. */
static void shuffle(struct sl_case *k, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int j = (int)random_below((uint32_t)i + 1);
		struct sl_case t = k[i];

		k[i] = k[j];
		k[j] = t;
	}
}

static int select_somehow(struct sl_case *k, int n)
{
	int i;

	shuffle(k, n);
	do {
		switch (random_below(4)) {
		case 0:
			i = sl_select_until(k, n, sl_now() + random_below(30000));
			break;
		case 1:
			i = sl_select(k, n, false);
			if (i < 0)
				sl_yield();
			break;
		default:
			i = sl_select(k, n, true);
		}
	} while (i < 0);
	if (random_below(32) == 0)
		jitter();
	return i;
}

static void send_anywhere(void *arg)
{
	int64_t v, first = (intptr_t)arg * each;
	struct sl_case k[12];

	for (int i = 0; i < cases; i++)
		k[i] = send_case(chan[i], &v);
	for (v = first; v < first + each; v++)
		select_somehow(k, cases);
	sl_wg_done(&wg);
}

static void receive_anywhere(void *arg)
{
	int64_t v[12];
	struct sl_case k[12];

	(void)arg;
	for (int i = 0; i < cases; i++)
		k[i] = recv_case(chan[i], &v[i]);
	for (int n = 0; n < each; n++) {
		int i = select_somehow(k, cases);

		check(k[i].ok);
		__atomic_add_fetch(&seen[*(int64_t *)k[i].v], 1, __ATOMIC_RELAXED);
	}
	sl_wg_done(&wg);
}

static void many_to_many(int n, size_t cap)
{
	cases = n;
	each = conform_n(400, 50000);
	seen = calloc((size_t)(SIDE * each), 1);
	make(n, cap);
	sl_wg_add(&wg, 2 * SIDE);
	for (intptr_t i = 0; i < SIDE; i++) {
		sl_go(send_anywhere, (void *)i);
		sl_go(receive_anywhere, NULL);
	}
	sl_wg_wait(&wg);
	for (int i = 0; i < SIDE * each; i++)
		check(seen[i] == 1);
	for (int i = 0; i < n; i++)
		check(queued(chan[i]) == 0 && chan[i]->count == 0);
	free_all(n);
	free(seen);
}

TEST(select_every_message_exactly_once)
{
	many_to_many(1, 0);
	many_to_many(3, 0);
	many_to_many(3, 2);
	many_to_many(12, 0);
}

static void funnel(void *arg)
{
	int64_t v;

	while (sl_chan_recv(chan[(intptr_t)arg], &v))
		sl_chan_send(chan[4], &v);
	sl_wg_done(&wg);
}

static void send_to_one_of_four(void *arg)
{
	int64_t v;
	struct sl_case k[4];

	for (int i = 0; i < 4; i++)
		k[i] = send_case(chan[i], &v);
	for (v = 0; v < (intptr_t)arg; v++)
		check(sl_select(k, 4, true) >= 0);
	for (int i = 0; i < 4; i++)
		sl_chan_close(chan[i]);
	sl_wg_done(&wg);
}

/* A select that sends to four receivers serves one alone (Go's doubleselect). */
TEST(select_serves_one_alone)
{
	int n = conform_n(3000, 100000);

	seen = calloc((size_t)n, 1);
	make(5, 0);
	sl_wg_add(&wg, 5);
	for (intptr_t i = 0; i < 4; i++)
		sl_go(funnel, (void *)i);
	sl_go(send_to_one_of_four, (void *)(intptr_t)n);
	for (int i = 0; i < n; i++) {
		int64_t v;

		check(sl_chan_recv(chan[4], &v) && seen[v]++ == 0);
	}
	sl_wg_wait(&wg);
	free_all(5);
	free(seen);
}

/* ---- Deadlines --------------------------------------------------------- */

TEST(select_deadline)
{
	int64_t v = 3, t = sl_now();
	struct sl_case k[20];

	make(2, 1);
	for (int i = 0; i < 20; i++)
		k[i] = recv_case(chan[i % 2], &v);
	check(sl_select_until(k, 2, t) == -1 && sl_select_until(k, 2, -5) == -1);
	for (int n = 2; n <= 20; n += 18) {
		t = sl_now();
		check(sl_select_until(k, n, t + 3 * MS) == -1);
		check(sl_now() >= t + 3 * MS);
		check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
	}
	k[0].c = NULL;
	check(sl_select_until(k, 1, sl_now() + MS) == -1);
	check(sl_select_until(NULL, 0, sl_now() + MS) == -1);
	sl_chan_send(chan[1], &v);
	check(sl_select_until(k, 2, INT64_MAX) == 1);
	free_all(2);
}

/* Who selects until then and always finds something to do would go on for ever. */
TEST(select_a_deadline_that_has_passed_has_its_turn)
{
	int n[3] = { 0 };
	struct sl_case k[2];
	int64_t v, deadline;

	make(1, 0);
	sl_chan_close(chan[0]);         /* so it is always ready */
	k[0] = k[1] = recv_case(chan[0], &v);
	for (int i = 0; i < 900; i++)
		n[1 + sl_select_until(k, 2, i % 3 - 1)]++;
	for (int i = 0; i < 3; i++)
		check(n[i] > 200);
	deadline = sl_now() + MS;
	while (sl_select_until(k, 1, deadline) == 0)
		check(sl_now() < deadline + 5000 * MS);
	check(sl_now() >= deadline);
	for (int i = 0; i < 100; i++)
		check(sl_select(k, 1, false) == 0 && sl_select_until(k, 1, INT64_MAX) == 0);
	free_all(1);
}

static void yield_on(void *arg)
{
	(void)arg;
	while (!over)
		sl_yield();
	sl_wg_done(&wg);
}

/* So near that some pass before the select is parked. */
TEST(select_deadline_at_once)
{
	int64_t v;
	struct sl_case k[2];

	make(2, 0);
	k[0] = recv_case(chan[0], &v);
	k[1] = recv_case(chan[1], &v);
	sl_wg_add(&wg, 1);
	sl_go(yield_on, NULL);
	for (int i = 0; i < conform_n(500, 100000); i++) {
		int64_t near = sl_now() + random_below(500);

		check(sl_select_until(k, 2, near) == -1 && sl_now() >= near);
		check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
	}
	over = true;
	sl_wg_wait(&wg);
	free_all(2);
}

static int64_t deadline;
static struct sl_wg selected;

static void select_shortly(void *arg)
{
	int64_t v = -1;
	struct sl_case k[2] = { recv_case(chan[0], &v), recv_case(chan[1], &v) };

	(void)arg;
	chosen = sl_select_until(k, 2, deadline);
	got = v;
	sl_wg_done(&selected);
}

/* One message at about the deadline: it is received, or still there. */
TEST(select_deadline_against_message)
{
	make(2, 0);
	for (int round = 0; round < conform_n(150, 20000); round++) {
		int64_t when, v = round;
		struct sl_case k = send_case(chan[1], &v);
		int sent;

		deadline = sl_now() + 30000 + random_below(100000);
		when = deadline - 10000 + random_below(20000);
		sl_wg_add(&selected, 1);
		sl_go(select_shortly, NULL);
		while (sl_now() < when)
			sl_yield();
		/* Waits for the select at least if that has yet to begin. */
		sent = sl_select_until(&k, 1, deadline + 10000);
		sl_wg_wait(&selected);
		check((chosen == -1 && got == -1 && sent == -1) ||
		      (chosen == 1 && got == round && sent == 0));
		check(queued(chan[0]) == 0 && queued(chan[1]) == 0);
	}
	free_all(2);
}

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	check(f && fscanf(f, "%*d %ld", &pages) == 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void send_numbers(void *arg)
{
	for (int64_t v = 0; v < (intptr_t)arg; v++)
		sl_chan_send(chan[2], &v);
	sl_wg_done(&wg);
}

/* A case that never comes keeps nothing of the selects that had it (Go's
 * select2), however many cases there are. */
TEST(select_takes_no_memory)
{
	int64_t v;
	struct sl_case k[20];
	long before = 0;
	int n = conform_n(5000, 200000);

	if (SL_TSAN || SL_ASAN || getenv("CONFORM_PATIENCE"))
		conform_skip("the memory of a sanitizer or an emulator is not counted");
	make(20, 0);
	for (int i = 0; i < 20; i++)
		k[i] = recv_case(chan[i], &v);
	sl_wg_add(&wg, 1);
	sl_go(send_numbers, (void *)(intptr_t)n);
	for (int i = 0; i < n; i++) {
		if (i == 1000)
			before = resident_kib();
		check(sl_select(k, i % 2 ? 20 : 3, true) == 2 && v == i);
	}
	check(resident_kib() - before < 1024);
	sl_wg_wait(&wg);
	free_all(20);
}

/* ---- The end of a run --------------------------------------------------- */

static void select_for_ever(void *arg)
{
	int64_t v = 0, w;

	(void)arg;
	for (;;) {
		struct sl_case k[4] = { send_case(chan[0], &v), recv_case(chan[1], &w),
		                        recv_case(chan[0], &w), send_case(chan[1], &v) };

		shuffle(k, 4);
		sl_select_until(k, 4, sl_now() + random_below(100000));
	}
}

static void nothing(void *arg)
{
	(void)arg;
}

static void leave_selects(void *arg)
{
	(void)arg;
	for (int i = 0; i < 10; i++)
		sl_go(select_for_ever, NULL);
	sl_sleep(MS);
}

TEST_BARE(select_at_the_end_of_a_run)
{
	struct sl_config cfg = { .procs = conform.procs };

	for (int i = 0; i < conform_n(8, 100); i++) {
		make(2, 0);
		conform_run(&cfg, leave_selects, NULL);
		/* On a busy machine some may still be on their way out. */
		conform_run(&cfg, nothing, NULL);
		free_all(2);
	}
}

/* ---- Fatal ------------------------------------------------------------- */

TEST_FATAL(select_send_on_closed, "fatal error: send on closed channel")
{
	int64_t v = 0;
	struct sl_case k = send_case(NULL, &v);

	make(1, 1);
	sl_chan_close(chan[0]);
	k.c = chan[0];
	sl_select(&k, 1, false);
}

TEST_FATAL(select_closed_under_a_sender, "fatal error: send on closed channel")
{
	make(2, 0);
	start(select_send, 0, chan[1]);
	sl_chan_close(chan[1]);
	sl_wg_wait(&wg);
}

TEST_FATAL(select_without_cases, "select (no cases)")
{
	int64_t v;
	struct sl_case k[2] = { recv_case(NULL, &v), send_case(NULL, &v) };

	sl_select(k, 2, true);
}
