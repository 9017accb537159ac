/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"

static struct sl_wg wg;
static struct sl_chan *chan;

static void send_range(void *arg)
{
	for (int64_t i = 0; i < (intptr_t)arg; i++) {
		sl_chan_send(chan, &i);
		if (random_below(16) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

static void fifo(size_t cap, int n)
{
	int64_t v;

	chan = sl_chan_make(sizeof v, cap);
	sl_wg_add(&wg, 1);
	sl_go(send_range, (void *)(intptr_t)n);
	for (int64_t i = 0; i < n; i++) {
		check(sl_chan_recv(chan, &v) && v == i);
		if (random_below(16) == 0)
			jitter();
	}
	sl_wg_wait(&wg);
	sl_chan_free(chan);
}

TEST(chan_is_first_in_first_out)
{
	fifo(0, 2000);
	fifo(1, 2000);
	fifo(7, 2000);
	fifo(128, 2000);
}

static _Atomic bool sent;

static void send_then_say(void *arg)
{
	int64_t v = 42;

	(void)arg;
	sl_chan_send(chan, &v);
	sent = true;
	sl_wg_done(&wg);
}

TEST(chan_unbuffered_is_a_rendezvous)
{
	int64_t v = 0;

	chan = sl_chan_make(sizeof v, 0);
	sl_wg_add(&wg, 1);
	sl_go(send_then_say, NULL);
	sl_sleep(3000000);
	check(!sent);
	check(sl_chan_recv(chan, &v) && v == 42);
	sl_wg_wait(&wg);
	sl_chan_free(chan);
}

TEST(chan_buffered_blocks_only_when_full)
{
	int64_t v, i;
	bool ok;

	chan = sl_chan_make(sizeof v, 3);
	for (i = 0; i < 3; i++)
		sl_chan_send(chan, &i);
	check(!sl_chan_trysend(chan, &i));
	check(sl_chan_tryrecv(chan, &v, &ok) && ok && v == 0);
	check(sl_chan_trysend(chan, &i));
	for (i = 1; i <= 3; i++)
		check(sl_chan_recv(chan, &v) && v == i);
	check(!sl_chan_tryrecv(chan, &v, &ok));
	sl_chan_free(chan);
}

static _Atomic int woken;

static void recv_closed(void *arg)
{
	int64_t v = 7;

	(void)arg;
	check(!sl_chan_recv(chan, &v) && v == 0);
	woken++;
	sl_wg_done(&wg);
}

TEST(chan_close_wakes_all_receivers)
{
	chan = sl_chan_make(8, 0);
	sl_wg_add(&wg, 20);
	for (int i = 0; i < 20; i++)
		sl_go(recv_closed, NULL);
	sl_sleep(2000000);
	check(woken == 0);
	sl_chan_close(chan);
	sl_wg_wait(&wg);
	check(woken == 20);
	sl_chan_free(chan);
}

TEST(chan_closed_drains_then_says_false)
{
	int64_t v, i;
	bool ok = true;

	chan = sl_chan_make(sizeof v, 4);
	for (i = 1; i <= 3; i++)
		sl_chan_send(chan, &i);
	sl_chan_close(chan);
	for (i = 1; i <= 3; i++)
		check(sl_chan_recv(chan, &v) && v == i);
	check(!sl_chan_recv(chan, &v) && v == 0);
	check(sl_chan_tryrecv(chan, &v, &ok) && !ok);
	sl_chan_free(chan);
}

TEST(chan_elements_of_every_size)
{
	char out[300], in[300];

	for (size_t size = 0; size <= sizeof out; size = size * 2 + 1) {
		chan = sl_chan_make(size, 2);
		for (size_t i = 0; i < size; i++)
			out[i] = (char)(i * 7 + size);
		memset(in, 0, sizeof in);
		sl_chan_send(chan, size ? out : NULL);
		check(sl_chan_recv(chan, size ? in : NULL));
		check(memcmp(in, out, size) == 0);
		sl_chan_free(chan);
	}
	check(sl_chan_make(SIZE_MAX / 2, 3) == NULL);
}

/* ---- Exactly once, four to four ---------------------------------------- */

#define MANY 4

static uint8_t *seen;
static int per_sender;

static void send_many(void *arg)
{
	int64_t first = (intptr_t)arg * per_sender;

	for (int64_t i = first; i < first + per_sender; i++)
		sl_chan_send(chan, &i);
	sl_wg_done(&wg);
}

static struct sl_wg receivers;

static void recv_many(void *arg)
{
	int64_t v;

	(void)arg;
	while (sl_chan_recv(chan, &v))
		__atomic_add_fetch(&seen[v], 1, __ATOMIC_RELAXED);
	sl_wg_done(&receivers);
}

static void many_to_many(size_t cap, int n)
{
	per_sender = n / MANY;
	seen = calloc((size_t)n, 1);
	chan = sl_chan_make(8, cap);
	sl_wg_add(&wg, MANY);
	sl_wg_add(&receivers, MANY);
	for (intptr_t i = 0; i < MANY; i++) {
		sl_go(send_many, (void *)i);
		sl_go(recv_many, NULL);
	}
	sl_wg_wait(&wg);
	sl_chan_close(chan);
	sl_wg_wait(&receivers);
	for (int i = 0; i < MANY * per_sender; i++)
		check(seen[i] == 1);
	sl_chan_free(chan);
	free(seen);
}

TEST(chan_every_message_exactly_once)
{
	many_to_many(0, conform_n(10000, 1000000));
	many_to_many(128, conform_n(20000, 1000000));
}

/* Of two channels one is always ready, so one of two tries must succeed
 * (Go's TestNonblockRecvRace). */
static void drain_one(void *arg)
{
	struct sl_chan **c = arg;
	int64_t v;
	bool ok;

	check(sl_chan_tryrecv(c[0], &v, &ok) || sl_chan_tryrecv(c[1], &v, &ok));
	sl_wg_done(&wg);
}

TEST(chan_that_is_ready_never_would_block)
{
	for (int i = 0; i < conform_n(2000, 100000); i++) {
		struct sl_chan *c[2] = { sl_chan_make(8, 1), sl_chan_make(8, 1) };
		int64_t v = 1;
		bool ok;

		sl_chan_send(c[0], &v);
		sl_wg_add(&wg, 1);
		sl_go(drain_one, c);
		sl_chan_send(c[1], &v);
		sl_chan_tryrecv(c[0], &v, &ok);
		sl_wg_wait(&wg);
		sl_chan_free(c[0]);
		sl_chan_free(c[1]);
	}
}

/* ---- Fatal ------------------------------------------------------------- */

TEST_FATAL(chan_send_on_closed, "fatal error: send on closed channel")
{
	int64_t v = 0;

	chan = sl_chan_make(8, 1);
	sl_chan_close(chan);
	sl_chan_send(chan, &v);
}

static void close_later(void *arg)
{
	(void)arg;
	sl_sleep(1000000);
	sl_chan_close(chan);
}

TEST_FATAL(chan_closed_under_a_sender, "fatal error: send on closed channel")
{
	int64_t v = 0;

	chan = sl_chan_make(8, 0);
	sl_go(close_later, NULL);
	sl_chan_send(chan, &v);
}

TEST_FATAL(chan_closed_twice, "fatal error: close of closed channel")
{
	chan = sl_chan_make(8, 1);
	sl_chan_close(chan);
	sl_chan_close(chan);
}

TEST_FATAL(chan_close_of_null, "fatal error: close of a NULL channel")
{
	sl_chan_close(NULL);
}

TEST_FATAL(chan_null_blocks_for_ever, "chan send (NULL channel)")
{
	bool ok;
	int64_t v = 0;

	check(!sl_chan_trysend(NULL, &v) && !sl_chan_tryrecv(NULL, &v, &ok));
	sl_chan_send(NULL, &v);
}
