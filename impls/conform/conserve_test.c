/* SPDX-License-Identifier: Apache-2.0
 *
 * conserve_test.c: no P is idle for long beside work that could run, wherever that
 * lies: at most 100 µs and what it takes to wake a thread, which is measured here
 * too.  This G never lets go, so another P must come for what it submits.  Of some
 * tries the quicker ones count: the machine is shared, and who is too slow always is.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conform/conform.h"

#define US 1000ll
#define MS 1000000ll
#define N  11

static struct sl_wg wg;
static _Atomic int64_t found_at;
static _Atomic int left;

static int64_t quick(int64_t *t, int n)
{
	conform_sort(t, (size_t)n);
	return t[n / 8];
}

static void spin_for(int64_t ns)
{
	int64_t until = sl_now() + ns;

	while (sl_now() < until)
		;
}

/* ---- What a wake-up costs ------------------------------------------------ */

static _Atomic uint32_t bell;
static int64_t woken[N], overslept[N];  /* by another, and by the clock; sorted */

static void *wake_and_tell(void *arg)
{
	prctl(PR_SET_TIMERSLACK, 1);
	for (uint32_t i = 0; i < N; i++) {
		int64_t until;

		while (bell == i)
			sl__futex_wait(&bell, i, 0);
		found_at = sl_now();
		until = found_at + 50 * US;
		while (sl_now() < until)
			sl__futex_wait(&bell, i + 1, until);
		overslept[i] = sl_now() - until;
	}
	return arg;
}

static void measure_wake_ups(void)
{
	pthread_t t;

	bell = 0;
	check(pthread_create(&t, NULL, wake_and_tell, NULL) == 0);
	for (int i = 0; i < N; i++) {
		int64_t now;

		spin_for(300 * US);     /* it falls asleep, and its PU too */
		found_at = 0;
		now = sl_now();
		bell++;
		sl__futex_wake(&bell, 1);
		while (!found_at)
			;
		woken[i] = found_at - now;
	}
	check(pthread_join(t, NULL) == 0);
	conform_sort(woken, N);
	conform_sort(overslept, N);
}

/* ---- Ways to submit ------------------------------------------------------ */

static void be_found(void *arg)
{
	(void)arg;
	if (--left == 0)
		found_at = sl_now();
	sl_wg_done(&wg);
}

static void spawn(int n)
{
	left = n;
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(be_found, NULL);
}

static void spawn_one(void)
{
	spawn(1);
}

static void spawn_three(void)
{
	spawn(3);
}

static struct sl_task task;

static void fork_one(void)
{
	left = 1;
	sl_wg_add(&wg, 1);
	sl_fork(&task, be_found, NULL);
}

static struct sl_chan *chan;

static void receive(void *arg)
{
	sl_chan_recv(chan, NULL);
	be_found(arg);
}

static void wake_one(void)
{
	sl_chan_send(chan, NULL);
}

static bool chatty;     /* this G is forever in some channel, and not for long in any */

static void await_found(void)
{
	bool ok;

	while (!found_at) {
		if (!chatty)
			continue;
		sl_chan_trysend(chan, NULL);
		sl_chan_tryrecv(chan, NULL, &ok);
	}
}

/* How long after submit the last G was found, of n times; idle: whoever is idle had
 * so long before to fall asleep. */
static int64_t find_ns(int n, void (*before)(void), void (*submit)(void), int64_t idle)
{
	int64_t took[N];

	for (int i = 0; i < n; i++) {
		int64_t now;

		if (before)
			before();
		spin_for(idle + random_below((uint32_t)idle));
		found_at = 0;
		now = sl_now();
		submit();
		await_found();
		took[i] = found_at - now;
		if (submit == fork_one)
			sl_join(&task);
	}
	return quick(took, n);
}

static void wait_to_receive(void)
{
	left = 1;
	sl_wg_add(&wg, 1);
	sl_go(receive, NULL);
	sl_sleep(100 * US);
}

/* So that the next submit is left to who looks now and then. */
static void yield_for_a_while(void)
{
	int64_t until = sl_now() + 200 * US + random_below(200 * US);

	while (sl_now() < until)
		sl_yield();
}

static _Atomic int called;

/* For longer than any P is kept by a call. */
static void call_for_a_while(void *arg)
{
	(void)arg;
	called++;
	sl_entersyscall();
	nanosleep(&(struct timespec){ .tv_nsec = 15 * MS }, NULL);
	sl_exitsyscall();
	sl_wg_done(&wg);
}

/* So that a P has been handed off, and lies idle. */
static void hand_off(void)
{
	int64_t before = conform_counter("handoffs"), until = sl_now() + 14 * MS;

	called = 0;
	sl_wg_add(&wg, 1);
	sl_go(call_for_a_while, NULL);
	while (!called)
		;
	while (conform_counter("handoffs") == before && sl_now() < until)
		;
}

static int64_t others;          /* what they had had of the PUs at first */

static void need_ps(void)
{
	others = conform_others();
	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	if (!conform_timely() || conform_can("threads"))
		conform_skip("times are not the scheduler's alone");
	if (conform_pus() < conform.procs)
		conform_skip("needs a PU for each P");
}

/* Four times what is promised: the machine is shared. */
static void check_soon(int64_t took)
{
	fprintf(stderr, "%.1f us, a wake-up %.1f\n", took / 1e3, woken[N / 8] / 1e3);
	conform_timed(took < 4 * (100 * US + woken[N / 8]), others);
}

TEST_ALONE(work_beside_a_busy_g_is_found_soon)
{
	need_ps();
	chan = sl_chan_make(0, 0);
	measure_wake_ups();
	/* Who is idle is still looking, or asleep. */
	for (int64_t idle = 5 * US; idle <= 100 * US; idle *= 20) {
		check_soon(find_ns(N, NULL, spawn_one, idle));
		check_soon(find_ns(N, NULL, fork_one, idle));
		check_soon(find_ns(N, wait_to_receive, wake_one, idle));
		/* One after the other. */
		check_soon(find_ns(N, NULL, spawn_three, idle) / 3);
	}
	sl_chan_free(chan);
	/* Who comes has to catch this G outside of what it does while it is alone. */
	chan = sl_chan_make(0, 1);
	chatty = true;
	check_soon(find_ns(N, yield_for_a_while, spawn_one, 5 * US));
	sl_chan_free(chan);
}

/* ---- Never for longer ------------------------------------------------------ */

/* How long this thread was runnable while others had its PU, so far. */
static int64_t kept_ns(void)
{
	FILE *f = fopen("/proc/thread-self/schedstat", "r");
	long long ran, kept = 0;

	if (f && fscanf(f, "%lld %lld", &ran, &kept) != 2)
		kept = 0;
	if (f)
		fclose(f);
	return kept;
}

#define SPELLS 9

static int64_t late_ns;
static int64_t late[SPELLS];    /* of samples each */
static int samples;

static void receive_often(void *arg)
{
	int64_t sent, kept = 0;
	pid_t thread = 0;

	for (int i = 0; i < SPELLS * samples; i++) {
		int64_t took, before = kept;

		sl_chan_recv(chan, &sent);
		took = sl_now() - sent;
		kept = kept_ns();
		/* The account is of one thread: of another nothing is known. */
		if (gettid() == thread)
			took -= kept - before;
		thread = gettid();
		late[i / samples] += took > late_ns;
		found_at = sent;
	}
	(void)arg;
	sl_wg_done(&wg);
}

/* Here every sample counts, less what others had of the PU of who came to run it.  Of
 * the best third one in eight may be later.  What the host takes is on no account, and
 * of the wake-ups that were measured a quarter took longer than what is allowed for one:
 * where they differ much, one sample in fifteen is late, with every P idle as well as
 * after a nap.  Else it is one in a hundred; with a nap too many, one in three. */
TEST_ALONE(work_is_never_late)
{
	int64_t sum = 0;

	need_ps();
	samples = conform_n(33, 1112);
	chan = sl_chan_make(sizeof(int64_t), 1);
	sl_wg_add(&wg, 1);
	sl_go(receive_often, NULL);
	for (int i = 0; i < SPELLS * samples; i++) {
		int64_t now;

		/* For each spell: an idle PU polls for a while and is awake in 1 µs, then sleeps
		 * deeply and takes 30. */
		if (i % samples == 0) {
			measure_wake_ups();
			late_ns = 100 * US + (woken[N - 3] > overslept[N - 3] ? woken[N - 3] : overslept[N - 3]);
		}
		if (i % 2)
			sl_sleep(200 * US);     /* every P is idle */
		else
			yield_for_a_while();
		now = sl_now();
		sl_chan_send(chan, &now);
		while (found_at != now)
			;
	}
	sl_wg_wait(&wg);
	sl_chan_free(chan);
	conform_sort(late, SPELLS);
	for (int i = 0; i < SPELLS / 3; i++)
		sum += late[i];
	fprintf(stderr, "%lld of %d samples were late\n", (long long)sum, samples * (SPELLS / 3));
	conform_timed(sum <= samples * (SPELLS / 3) / 8, others);
}

/* The P of a G in a blocking call has nothing to do itself, and no other is idle: it is
 * taken for what waits behind this G.  For itself it would be after 10 ms, when this
 * G's slice ends, too. */
TEST_ALONE(work_beside_a_busy_g_is_found_while_others_block)
{
	int64_t found[N];
	int n = conform.slow ? N : 6;

	need_ps();
	for (int i = 0; i < n; i++) {
		called = 0;
		sl_wg_add(&wg, conform.procs - 1);
		for (int k = 1; k < conform.procs; k++)
			sl_go(call_for_a_while, NULL);
		while (called < conform.procs - 1)
			;
		found[i] = find_ns(1, NULL, spawn_one, 5 * US);
		sl_wg_wait(&wg);
	}
	conform_timed(quick(found, n) < 5 * MS, others);
}

static _Atomic int64_t due, fired_at;

static void sleep_for_longer_than_that(void *arg)
{
	due = sl_now() + 13 * MS;
	sl_sleep(13 * MS);
	fired_at = sl_now();
	(void)arg;
	sl_wg_done(&wg);
}

/* And a timer that was set before, when no P was idle that somebody could have watched
 * it for, fires beside this G. */
TEST_ALONE(work_and_timers_are_seen_to_soon_after_a_hand_off)
{
	int64_t found[N], fired[N];
	int n = conform.slow ? N : 6;

	need_ps();
	measure_wake_ups();
	for (int i = 0; i < n; i++) {
		due = fired_at = 0;
		sl_wg_add(&wg, 1);
		sl_go(sleep_for_longer_than_that, NULL);
		while (!due)
			sl_yield();
		hand_off();
		found[i] = find_ns(1, NULL, spawn_one, 5 * US);
		while (!fired_at)
			;
		fired[i] = fired_at - due;
		sl_wg_wait(&wg);
	}
	check_soon(quick(found, n));
	check_soon(quick(fired, n));
}
