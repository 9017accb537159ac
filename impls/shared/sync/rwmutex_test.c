/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"
#include "shared/sync/sync.h"

#define MS INT64_C(1000000)

static struct sl_rwmutex rw;
static struct sl_wg wg;
static _Atomic int readers_in, writers_in;
static _Atomic bool over;

/* ---- Who excludes whom ------------------------------------------------- */

static int together;

static void meet(void *arg)
{
	(void)arg;
	sl_rwmutex_rlock(&rw);
	readers_in++;
	while (readers_in < together)
		sl_yield();
	sl_rwmutex_runlock(&rw);
	sl_wg_done(&wg);
}

TEST(rwmutex_readers_share)
{
	together = 10;
	sl_wg_add(&wg, together);
	for (int i = 0; i < together; i++)
		sl_go(meet, NULL);
	sl_wg_wait(&wg);
}

static int64_t counter;

static void read_many(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg; i++) {
		int64_t before;

		if (random_below(8) != 0)
			sl_rwmutex_rlock(&rw);
		else if (!sl_rwmutex_tryrlock(&rw))
			continue;
		readers_in++;
		before = counter;
		check(writers_in == 0);
		if (random_below(8) == 0)
			jitter();
		check(writers_in == 0 && counter == before);
		readers_in--;
		sl_rwmutex_runlock(&rw);
		if (random_below(8) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

static _Atomic int64_t written;

static void write_many(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg; i++) {
		int64_t before;

		if (random_below(8) != 0)
			sl_rwmutex_lock(&rw);
		else if (!sl_rwmutex_trylock(&rw))
			continue;
		check(writers_in++ == 0 && readers_in == 0);
		before = counter;
		if (random_below(8) == 0)
			jitter();
		counter = before + 1;
		written++;
		check(--writers_in == 0 && readers_in == 0);
		sl_rwmutex_unlock(&rw);
		if (random_below(8) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

static void hammer(int readers, int writers, int n)
{
	sl_wg_add(&wg, readers + writers);
	for (int i = 0; i < readers || i < writers; i++) {
		if (i < readers)
			sl_go(read_many, (void *)(intptr_t)n);
		if (i < writers)
			sl_go(write_many, (void *)(intptr_t)n);
	}
	sl_wg_wait(&wg);
	check(counter == written && rw.readers == 0 && rw.leaving == 0 && rw.admitted == 0);
}

TEST(rwmutex_excludes)
{
	int n = conform_n(300, 30000);

	hammer(10, 1, n);
	hammer(10, 3, n);
	hammer(4, 10, n);
	hammer(0, 5, n);
}

TEST(rwmutex_tries)
{
	check(sl_rwmutex_tryrlock(&rw) && sl_rwmutex_tryrlock(&rw));
	check(!sl_rwmutex_trylock(&rw));
	sl_rwmutex_runlock(&rw);
	check(!sl_rwmutex_trylock(&rw));
	sl_rwmutex_runlock(&rw);
	check(sl_rwmutex_trylock(&rw));
	check(!sl_rwmutex_trylock(&rw) && !sl_rwmutex_tryrlock(&rw));
	sl_rwmutex_unlock(&rw);
	sl_rwmutex_rlock(&rw);
	sl_rwmutex_runlock(&rw);
	sl_rwmutex_lock(&rw);
	sl_rwmutex_unlock(&rw);
}

/* ---- Who goes before whom ---------------------------------------------- */

static char order[16];
static int ordered;

static void sign(char who)
{
	order[__atomic_fetch_add(&ordered, 1, __ATOMIC_SEQ_CST)] = who;
}

static void read_once(void *arg)
{
	(void)arg;
	sl_rwmutex_rlock(&rw);
	sign('r');
	sl_sleep(MS);
	sl_rwmutex_runlock(&rw);
	sl_wg_done(&wg);
}

static void write_once(void *arg)
{
	(void)arg;
	sl_rwmutex_lock(&rw);
	sign('W');
	sl_rwmutex_unlock(&rw);
	sl_wg_done(&wg);
}

static int length(uint32_t *lock, struct sl__waitq *q)
{
	int n = 0;

	sl__lock(lock);
	for (struct sl__waiter *w = q->head; w; w = w->next)
		n++;
	sl__unlock(lock);
	return n;
}

/* Starts a reader, or a writer, and returns when it waits. */
static void start_reader(void)
{
	int n = length(&rw.lock, &rw.q);

	sl_wg_add(&wg, 1);
	sl_go(read_once, NULL);
	while (length(&rw.lock, &rw.q) == n)
		sl_sleep(MS / 10);
}

static bool writer_waits(void)
{
	bool yes;

	sl__lock(&rw.lock);
	yes = rw.leaving > 0;
	sl__unlock(&rw.lock);
	return yes;
}

static void start_writer(void)
{
	int n = length(&rw.writers.lock, &rw.writers.q);

	sl_wg_add(&wg, 1);
	sl_go(write_once, NULL);
	while (!writer_waits() && length(&rw.writers.lock, &rw.writers.q) == n)
		sl_sleep(MS / 10);
}

TEST(rwmutex_a_waiting_writer_holds_later_readers_off)
{
	sl_rwmutex_rlock(&rw);
	start_writer();
	check(!sl_rwmutex_tryrlock(&rw) && !sl_rwmutex_trylock(&rw));
	start_reader();
	start_reader();
	check(ordered == 0);
	sl_rwmutex_runlock(&rw);
	sl_wg_wait(&wg);
	check(memcmp(order, "Wrr", 4) == 0);
}

/* Wherever they came among the waiting writers. */
TEST(rwmutex_an_unlock_lets_waiting_readers_in_before_the_next_writer)
{
	sl_rwmutex_lock(&rw);
	start_reader();
	start_writer();
	start_reader();
	start_reader();
	check(ordered == 0);
	sl_rwmutex_unlock(&rw);
	sl_wg_wait(&wg);
	check(memcmp(order, "rrrW", 5) == 0);
}

/* Some of them hold it at any time. */
static void read_for_ever(void *arg)
{
	(void)arg;
	while (!over) {
		sl_rwmutex_rlock(&rw);
		sl_sleep(200000);
		sl_rwmutex_runlock(&rw);
	}
	sl_wg_done(&wg);
}

TEST(rwmutex_no_writer_starves)
{
	sl_wg_add(&wg, 6);
	for (int i = 0; i < 6; i++) {
		sl_go(read_for_ever, NULL);
		sl_sleep(50000);
	}
	for (int i = 0; i < 20; i++) {
		sl_rwmutex_lock(&rw);
		sl_rwmutex_unlock(&rw);
	}
	over = true;
	sl_wg_wait(&wg);
}

static void write_for_ever(void *arg)
{
	(void)arg;
	while (!over) {
		sl_rwmutex_lock(&rw);
		sl_sleep(200000);
		sl_rwmutex_unlock(&rw);
	}
	sl_wg_done(&wg);
}

TEST(rwmutex_no_reader_starves)
{
	sl_wg_add(&wg, 4);
	for (int i = 0; i < 4; i++)
		sl_go(write_for_ever, NULL);
	sl_sleep(MS);
	for (int i = 0; i < 20; i++) {
		sl_rwmutex_rlock(&rw);
		sl_rwmutex_runlock(&rw);
	}
	over = true;
	sl_wg_wait(&wg);
}

/* ---- Fatal ------------------------------------------------------------- */

TEST_FATAL(rwmutex_unlock_of_unlocked, "fatal error: unlock of an rwmutex that no writer holds")
{
	sl_rwmutex_unlock(&rw);
}

TEST_FATAL(rwmutex_unlock_of_read_locked, "fatal error: unlock of an rwmutex that no writer holds")
{
	sl_rwmutex_rlock(&rw);
	sl_rwmutex_unlock(&rw);
}

TEST_FATAL(rwmutex_runlock_of_unlocked, "fatal error: runlock of an rwmutex that no reader holds")
{
	sl_rwmutex_rlock(&rw);
	sl_rwmutex_runlock(&rw);
	sl_rwmutex_runlock(&rw);
}

TEST_FATAL(rwmutex_runlock_of_write_locked, "fatal error: runlock of an rwmutex that no reader holds")
{
	sl_rwmutex_lock(&rw);
	sl_rwmutex_runlock(&rw);
}

TEST_FATAL(rwmutex_reader_in_a_deadlock, "rwmutex read")
{
	sl_rwmutex_lock(&rw);
	sl_rwmutex_rlock(&rw);
}

TEST_FATAL(rwmutex_writer_in_a_deadlock, "rwmutex write")
{
	sl_rwmutex_rlock(&rw);
	sl_rwmutex_lock(&rw);
}
