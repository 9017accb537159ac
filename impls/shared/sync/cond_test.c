/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"
#include "shared/sync/sync.h"

#define MS INT64_C(1000000)

static struct sl_mutex mutex;
static struct sl_cond cond;
static struct sl_wg wg;
static int awake[100], nawake;          /* under mutex */

static void wait_once(void *arg)
{
	sl_mutex_lock(&mutex);
	sl_cond_wait(&cond, &mutex);
	awake[nawake++] = (int)(intptr_t)arg;
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

static int waiting(void)
{
	int n = 0;

	sl__lock(&cond.lock);
	for (struct sl__waiter *w = cond.q.head; w; w = w->next)
		n++;
	check(n == (int)cond.waiters);
	sl__unlock(&cond.lock);
	return n;
}

static void await_waiting(int n)
{
	while (waiting() != n)
		sl_sleep(MS / 20);
}

static void start_waiter(void (*fn)(void *), int who)
{
	int n = waiting();

	sl_wg_add(&wg, 1);
	sl_go(fn, (void *)(intptr_t)who);
	await_waiting(n + 1);
}

static int count_awake(void)
{
	int n;

	sl_mutex_lock(&mutex);
	n = nawake;
	sl_mutex_unlock(&mutex);
	return n;
}

static void await_awake(int n)
{
	while (count_awake() < n)
		sl_sleep(MS / 20);
}

TEST(cond_signals_wake_one_each_in_order)
{
	sl_cond_signal(&cond);          /* for nobody, and not kept */
	for (int i = 0; i < 10; i++)
		start_waiter(wait_once, i);
	for (int i = 0; i < 10; i++) {
		check(count_awake() == i);
		sl_cond_signal(&cond);
		await_awake(i + 1);
		check(awake[i] == i);
	}
	sl_wg_wait(&wg);
}

/* A new waiter before each signal, which is for the old one (Go's
 * TestCondSignalGenerations). */
TEST(cond_a_signal_is_for_those_that_waited_before_it)
{
	start_waiter(wait_once, 0);
	for (int i = 1; i < 100; i++) {
		start_waiter(wait_once, i);
		sl_mutex_lock(&mutex);
		sl_cond_signal(&cond);
		sl_mutex_unlock(&mutex);
		await_awake(i);
		check(awake[i - 1] == i - 1);
	}
	sl_cond_signal(&cond);
	sl_wg_wait(&wg);
	check(nawake == 100);
}

static void wait_twice(void *arg)
{
	(void)arg;
	sl_mutex_lock(&mutex);
	sl_cond_wait(&cond, &mutex);
	nawake++;
	sl_cond_wait(&cond, &mutex);
	nawake++;
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

TEST(cond_a_broadcast_wakes_all_that_wait_and_nobody_twice)
{
	sl_cond_broadcast(&cond);
	for (int i = 0; i < 30; i++)
		start_waiter(wait_twice, i);
	for (int round = 1; round <= 2; round++) {
		check(count_awake() == 30 * (round - 1));
		sl_cond_broadcast(&cond);
		await_awake(30 * round);
		if (round == 1)
			await_waiting(30);
	}
	sl_wg_wait(&wg);
	check(nawake == 60);
}

/* ---- A newcomer takes nobody's signal (Go's TestCondSignalStealing) ------ */

static bool done;

static void wait_until_done(void *arg)
{
	(void)arg;
	sl_mutex_lock(&mutex);
	while (!done)
		sl_cond_wait(&cond, &mutex);
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

static void broadcast_once(void *arg)
{
	(void)arg;
	sl_cond_broadcast(&cond);
	sl_wg_done(&wg);
}

TEST(cond_no_signal_is_stolen)
{
	for (int round = 1; round <= conform_n(150, 30000); round++) {
		sl_mutex_lock(&mutex);
		done = false;
		nawake = 0;
		sl_mutex_unlock(&mutex);
		start_waiter(wait_once, 0);
		sl_wg_add(&wg, 2);
		sl_go(broadcast_once, NULL);
		sl_go(wait_until_done, NULL);
		/* Or not one of all comes back. */
		while (count_awake() == 0)
			sl_yield();
		sl_mutex_lock(&mutex);
		done = true;
		sl_mutex_unlock(&mutex);
		sl_cond_broadcast(&cond);
		sl_wg_wait(&wg);
	}
}

/* ---- Signals alone carry a bounded buffer ------------------------------- */

#define ROOM 3
#define SIDES 4

static struct sl_cond not_empty, not_full;
static int buffer[ROOM], nbuffer;
static uint8_t *seen;
static int each;

static void await(struct sl_cond *c)
{
	if (random_below(4) == 0)
		sl_cond_wait_until(c, &mutex, sl_now() + random_below(50000));
	else
		sl_cond_wait(c, &mutex);
}

static void produce(void *arg)
{
	int first = (int)(intptr_t)arg * each;

	for (int i = first; i < first + each; i++) {
		sl_mutex_lock(&mutex);
		while (nbuffer == ROOM)
			await(&not_full);
		buffer[nbuffer++] = i;
		/* With the mutex, or without: to either it is a signal. */
		if (i % 2)
			sl_cond_signal(&not_empty);
		sl_mutex_unlock(&mutex);
		if (i % 2 == 0)
			sl_cond_signal(&not_empty);
		if (random_below(16) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

static void consume(void *arg)
{
	(void)arg;
	for (int i = 0; i < each; i++) {
		sl_mutex_lock(&mutex);
		while (nbuffer == 0)
			await(&not_empty);
		seen[buffer[--nbuffer]]++;
		sl_cond_signal(&not_full);
		sl_mutex_unlock(&mutex);
		if (random_below(16) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

TEST(cond_no_signal_is_lost)
{
	each = conform_n(500, 50000);
	seen = calloc((size_t)(SIDES * each), 1);
	sl_wg_add(&wg, 2 * SIDES);
	for (intptr_t i = 0; i < SIDES; i++) {
		sl_go(produce, (void *)i);
		sl_go(consume, NULL);
	}
	sl_wg_wait(&wg);
	for (int i = 0; i < SIDES * each; i++)
		check(seen[i] == 1);
	free(seen);
}

/* ---- Deadlines --------------------------------------------------------- */

static bool set;                /* under mutex */

static void set_it(void *arg)
{
	(void)arg;
	sl_mutex_lock(&mutex);
	set = true;
	sl_mutex_unlock(&mutex);
}

/* Who loops over such a wait would keep out whoever it waits for. */
TEST(cond_a_deadline_that_has_passed_lets_others_in)
{
	int64_t start = sl_now();

	for (int i = 0; i < 200; i++) {
		sl_mutex_lock(&mutex);
		set = false;
		sl_wg_go(&wg, set_it, NULL);
		while (!set) {
			int64_t near = sl_now() + random_below(500);

			check(!sl_cond_wait_until(&cond, &mutex, i % 2 ? near : 1));
			check(sl_now() < start + 5000 * MS);
		}
		sl_mutex_unlock(&mutex);
		sl_wg_wait(&wg);
	}
}

TEST(cond_deadline)
{
	int64_t t = sl_now();

	sl_mutex_lock(&mutex);
	check(!sl_cond_wait_until(&cond, &mutex, t));
	check(!sl_cond_wait_until(&cond, &mutex, 0));
	check(!sl_cond_wait_until(&cond, &mutex, t + 3 * MS));
	check(sl_now() >= t + 3 * MS);
	check(!sl_mutex_trylock(&mutex));
	check(waiting() == 0);
	sl_mutex_unlock(&mutex);
}

static _Atomic bool over;

static void yield_on(void *arg)
{
	(void)arg;
	while (!over)
		sl_yield();
	sl_wg_done(&wg);
}

/* So near that some pass before the waiter has queued. */
TEST(cond_deadline_at_once)
{
	sl_wg_add(&wg, 1);
	sl_go(yield_on, NULL);
	sl_mutex_lock(&mutex);
	for (int i = 0; i < conform_n(500, 100000); i++) {
		int64_t deadline = sl_now() + random_below(500);

		check(!sl_cond_wait_until(&cond, &mutex, deadline) && sl_now() >= deadline);
		check(!sl_mutex_trylock(&mutex) && waiting() == 0);
	}
	sl_mutex_unlock(&mutex);
	over = true;
	sl_wg_wait(&wg);
}

static void signal_later(void *arg)
{
	(void)arg;
	sl_sleep(MS);
	/* It has released the mutex while it waits. */
	sl_mutex_lock(&mutex);
	sl_cond_signal(&cond);
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

TEST(cond_signal_before_the_deadline)
{
	sl_wg_add(&wg, 2);
	for (int i = 0; i < 2; i++) {
		sl_mutex_lock(&mutex);
		sl_go(signal_later, NULL);
		check(sl_cond_wait_until(&cond, &mutex, i ? INT64_MAX : sl_now() + 5000 * MS));
		check(!sl_mutex_trylock(&mutex));
		sl_mutex_unlock(&mutex);
	}
	sl_wg_wait(&wg);
}

static struct sl_wg first, second;
static bool timely;
static int entered;             /* under mutex */

static void wait_shortly(void *arg)
{
	int64_t deadline = *(int64_t *)arg;

	sl_mutex_lock(&mutex);
	entered++;
	timely = sl_cond_wait_until(&cond, &mutex, deadline);
	sl_mutex_unlock(&mutex);
	sl_wg_done(&first);
}

static void wait_long(void *arg)
{
	(void)arg;
	sl_mutex_lock(&mutex);
	entered++;
	sl_cond_wait(&cond, &mutex);
	nawake++;
	sl_mutex_unlock(&mutex);
	sl_wg_done(&second);
}

static void await_entered(int n)
{
	for (;;) {
		sl_mutex_lock(&mutex);
		if (entered == n)
			break;
		sl_mutex_unlock(&mutex);
		sl_yield();
	}
	sl_mutex_unlock(&mutex);
}

/* One signal at about the deadline of the first of two waiters: it is the first's
 * or, if that has given up, the second's. */
TEST(cond_deadline_against_signal)
{
	for (int round = 0; round < conform_n(150, 20000); round++) {
		int64_t deadline = sl_now() + 50000 + random_below(100000);
		int64_t when = deadline - 10000 + random_below(20000);

		nawake = entered = 0;
		sl_wg_add(&first, 1);
		sl_wg_add(&second, 1);
		sl_go(wait_shortly, &deadline);
		await_entered(1);
		sl_go(wait_long, NULL);
		await_entered(2);
		while (sl_now() < when)
			sl_yield();
		sl_cond_signal(&cond);
		sl_wg_wait(&first);
		if (timely) {
			check(count_awake() == 0 && waiting() == 1);
			sl_cond_signal(&cond);
		}
		sl_wg_wait(&second);
		check(waiting() == 0);
	}
}

/* ---- Fatal ------------------------------------------------------------- */

TEST_FATAL(cond_wait_without_the_mutex, "fatal error: unlock of an unlocked mutex")
{
	sl_cond_wait(&cond, &mutex);
}

TEST_FATAL(cond_forgotten_signal, "condition")
{
	sl_mutex_lock(&mutex);
	sl_cond_wait(&cond, &mutex);
}
