/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose turn it is, where Gs do not let go every microsecond: timers between slow
 * yields, and others while a call blocks for a moment.  What is compared is how
 * much happened meanwhile, not how long it took.
 */
#include <errno.h>
#include <stdlib.h>

#include "conform/conform.h"

#define US 1000ll
#define MS 1000000ll

static struct sl_wg wg;
static int64_t units;
static bool over;

static void spin_until(int64_t when)
{
	while (sl_now() < when)
		;
}

static void work_in_units(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		spin_until(sl_now() + 100 * US);
		__atomic_store_n(&units, units + 1, __ATOMIC_RELAXED);
		sl_yield();
	}
	sl_wg_done(&wg);
}

#define SLEEPS 21

/* Ten units fit into a sleep.  A scheduler that looks at its timers every so many
 * switches, and no sooner where they are slow, lets many more go by. */
TEST_ALONE(a_timer_comes_due_between_slow_yields)
{
	int64_t gap[SLEEPS];

	units = 0;
	over = false;
	sl_wg_add(&wg, 1);
	sl_go(work_in_units, NULL);
	for (int i = 0; i < SLEEPS; i++) {
		int64_t before = __atomic_load_n(&units, __ATOMIC_RELAXED);

		sl_sleep(MS);
		gap[i] = __atomic_load_n(&units, __ATOMIC_RELAXED) - before;
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	sl_wg_wait(&wg);
	conform_sort(gap, SLEEPS);
	check(gap[SLEEPS / 2] <= 25);
}

static void count_and_yield(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		__atomic_store_n(&units, units + 1, __ATOMIC_RELAXED);
		sl_yield();
	}
	sl_wg_done(&wg);
}

static void block_for_a_ms(void)
{
	int64_t until = sl_now() + MS;
	struct timespec t = { until / (1000 * MS), until % (1000 * MS) };

	sl_entersyscall();
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	sl_exitsyscall();
}

#define CALLS 20

static int seen;                /* calls during which the other G went on */

static void call(void *arg)
{
	(void)arg;
	for (int i = 0; i < CALLS; i++) {
		int64_t before = __atomic_load_n(&units, __ATOMIC_RELAXED);

		block_for_a_ms();
		if (__atomic_load_n(&units, __ATOMIC_RELAXED) - before > 10)
			__atomic_fetch_add(&seen, 1, __ATOMIC_RELAXED);
	}
	sl_wg_done(&wg);
}

/* On every P a G that makes one call after another, each too short for whoever looks
 * only now and then whether a P is needed elsewhere. */
TEST_ALONE(calls_of_a_millisecond_do_not_keep_the_others)
{
	int64_t others = conform_others();

	if (!conform_can("blocking"))
		conform_skip("a blocking call stops all");
	units = 0;
	seen = 0;
	over = false;
	sl_wg_add(&wg, conform.procs);
	for (int i = 0; i < conform.procs; i++)
		sl_go(call, NULL);
	sl_wg_wait(&wg);
	check(seen == 0);
	sl_wg_add(&wg, conform.procs);
	for (int i = 0; i < conform.procs; i++)
		sl_go(call, NULL);
	sl_wg_add(&wg, 1);
	sl_go(count_and_yield, NULL);
	while (sl_gcount() > 2)
		sl_sleep(MS);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	sl_wg_wait(&wg);
	/* Nearly all; far fewer where who looks comes late, but none where it does not
	 * look for them. */
	conform_timed(seen >= conform.procs * CALLS / 10, others);
}

/* ---- Whom others keep waiting ------------------------------------------- */

static int64_t turns[8];

static void take_turns(void *arg)
{
	int64_t *mine = arg;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		__atomic_store_n(mine, *mine + 1, __ATOMIC_RELAXED);
		sl_yield();
	}
	sl_wg_done(&wg);
}

/* Equal Gs, more than Ps and no multiple of them, get near-equal shares. */
TEST_ALONE(equal_gs_that_yield_get_near_equal_shares)
{
	int64_t least = INT64_MAX, most = 0;
	int64_t before[8], others = conform_others();

	if (!conform_timely() || conform_can("threads") || conform_pus() < conform.procs)
		conform_skip("the shares are not the scheduler's alone");
	over = false;
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(take_turns, &turns[i]);
	sl_sleep(10 * MS);
	for (int i = 0; i < 8; i++)
		before[i] = __atomic_load_n(&turns[i], __ATOMIC_RELAXED);
	sl_sleep((conform.slow ? 1000 : 30) * MS);
	for (int i = 0; i < 8; i++) {
		int64_t n = __atomic_load_n(&turns[i], __ATOMIC_RELAXED) - before[i];

		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	sl_wg_wait(&wg);
	conform_timed(most <= 3 * least, others);
}

static void ping(void *arg)
{
	struct sl_chan **c = arg;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		sl_chan_send(c[0], NULL);
		sl_chan_recv(c[1], NULL);
	}
	sl_chan_close(c[0]);
	sl_wg_done(&wg);
}

static void pong(void *arg)
{
	struct sl_chan **c = arg;

	while (sl_chan_recv(c[0], NULL))
		sl_chan_send(c[1], NULL);
	sl_wg_done(&wg);
}

static _Atomic bool back;

static void call_and_come_back(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg; i++)
		block_for_a_ms();
	back = true;
	sl_wg_done(&wg);
}

/* A G that comes back from a blocking call to no P of its own is in nobody's queue: it
 * is served although each P has Gs that ready each other without end, and others that
 * yield (the global queue, under local load). */
TEST(a_g_back_from_a_call_is_served_beside_ping_pong_pairs)
{
	struct sl_chan *c[2 * 8];
	int most = conform_can("threads") ? 2 : 8;
	int pairs = conform.procs < most ? conform.procs : most;

	if (!conform_can("blocking"))
		conform_skip("a blocking call stops all");
	over = false;
	back = false;
	sl_wg_add(&wg, 2 * pairs + 2);
	for (int i = 0; i < pairs; i++) {
		c[2 * i] = sl_chan_make(0, 0);
		c[2 * i + 1] = sl_chan_make(0, 0);
		sl_go(ping, &c[2 * i]);
		sl_go(pong, &c[2 * i]);
	}
	units = 0;
	sl_go(call_and_come_back, (void *)(intptr_t)conform_n(10, 1000));
	sl_go(count_and_yield, NULL);
	/* When a thread begins is the kernel's. */
	while (!back || (conform_can("threads") && !__atomic_load_n(&units, __ATOMIC_RELAXED)))
		sl_yield();
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	sl_wg_wait(&wg);
	check(units > 0);
	for (int i = 0; i < 2 * pairs; i++)
		sl_chan_free(c[i]);
}
