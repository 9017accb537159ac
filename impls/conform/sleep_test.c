/* SPDX-License-Identifier: Apache-2.0
 *
 * Sleeps and deadlines where the P that they began on does not come back to see to
 * them: it is idle, retired, or stuck in a G that does not let go.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "conform/conform.h"

#define US 1000ll
#define MS 1000000ll

static struct sl_wg wg, others;
static _Atomic int here, awake;
static _Atomic bool over;

static void spin_until(int64_t when)
{
	while (sl_now() < when)
		;
}

/* ---- On every P -------------------------------------------------------- */

static int everywhere;

/* Half of them sleep, the others wait for a signal that never comes. */
static void sleep_there(void *arg)
{
	intptr_t i = (intptr_t)arg;
	struct sl_mutex mutex = { 0 };
	struct sl_cond cond = { 0 };
	int64_t deadline;

	/* All at once, so each on a P of its own. */
	here++;
	while (here < everywhere)
		sched_yield();
	deadline = sl_now() + 10 * MS + random_below(10 * MS);
	if (i % 2) {
		sl_sleep(deadline - sl_now());
	} else {
		sl_mutex_lock(&mutex);
		check(!sl_cond_wait_until(&cond, &mutex, deadline));
		sl_mutex_unlock(&mutex);
	}
	check(sl_now() >= deadline);
	awake++;
	sl_wg_done(&wg);
}

static void fall_asleep_on_every_p(int ps)
{
	if (!conform_can("parallel") || conform_can("threads"))
		conform_skip("the model has no Ps to set");
	sl_procs(ps);
	everywhere = ps;
	here = awake = 0;
	over = false;
	sl_wg_add(&wg, ps);
	for (intptr_t i = 0; i < ps; i++)
		sl_go(sleep_there, (void *)i);
	/* Its P is to be out of work, or it would steal none of them. */
	while (here < ps)
		sl_sleep(200 * US);
}

static void yield_on(void *arg)
{
	(void)arg;
	while (!over)
		sl_yield();
	sl_wg_done(&others);
}

static void compute_on(void *arg)
{
	(void)arg;
	while (!over)
		;
	sl_wg_done(&others);
}

static void wait_for_all(int ps)
{
	sl_wg_wait(&wg);
	check(awake == ps);
	over = true;
	sl_wg_wait(&others);
}

TEST(sleepers_of_a_retired_p_wake_when_all_is_idle)
{
	for (int i = 0; i < conform_n(3, 100); i++) {
		fall_asleep_on_every_p(4);
		sl_procs(1);
		wait_for_all(4);
	}
}

TEST(sleepers_of_a_retired_p_wake_beside_gs_that_yield)
{
	for (int i = 0; i < conform_n(2, 50); i++) {
		fall_asleep_on_every_p(4);
		sl_wg_add(&others, 2);
		sl_go(yield_on, NULL);
		sl_go(yield_on, NULL);
		sl_procs(1);
		wait_for_all(4);
	}
}

TEST(preempt_sleepers_of_a_retired_p_wake_beside_hogs)
{
	if (!conform_can("preemptive") || SL_TSAN)
		conform_skip("nobody is preempted");
	for (int i = 0; i < conform_n(2, 30); i++) {
		fall_asleep_on_every_p(4);
		sl_wg_add(&others, 1);
		sl_go(compute_on, NULL);
		sl_procs(1);
		wait_for_all(4);
	}
}

/* The Ps that they sleep on come and go. */
TEST(sleepers_wake_while_ps_come_and_go)
{
	for (int i = 0; i < conform_n(2, 50); i++) {
		fall_asleep_on_every_p(5);
		for (int j = 0; awake < 5; j++) {
			sl_procs(1 + j % 5);
			spin_until(sl_now() + 100 * US);
			sl_yield();
		}
		wait_for_all(5);
	}
}

/* ---- Beside Ps that go on ---------------------------------------------- */

static void sleep_a_little(void *arg)
{
	(void)arg;
	here = 1;
	sl_sleep(2 * MS);
	awake = 1;
}

/* Started here, it mostly falls asleep here, and nobody lets this P see to it. */
static void keep_a_p(void *arg)
{
	int yielders = (int)(intptr_t)arg;

	over = false;
	sl_wg_add(&others, yielders);
	for (int i = 0; i < yielders; i++)
		sl_go(yield_on, NULL);
	for (int i = 0; i < 20; i++) {
		here = awake = 0;
		sl_go(sleep_a_little, NULL);
		while (!here)
			sl_yield();
		while (!awake)
			;
	}
	over = true;
	sl_wg_wait(&others);
}

/* No P is idle, and none is taken from its G; the others only yield. */
TEST_BARE(a_timer_of_a_p_that_is_stuck_is_seen_by_the_others)
{
	struct sl_config cfg = { .procs = 2, .no_preempt = true };

	if (!conform_can("parallel") || conform_can("threads"))
		conform_skip("the model has no Ps to set");
	check(sl_run(&cfg, keep_a_p, (void *)2) == 0);
	check(sl_run(&cfg, keep_a_p, (void *)40) == 0);
}

static _Atomic int64_t late;

static void sleep_and_see(void *arg)
{
	int64_t due = sl_now() + 200 * US;

	(void)arg;
	sl_sleep(200 * US);
	late = sl_now() - due;
}

/* An idle P sees to it.  sysmon would too, but not before it is half a millisecond late. */
TEST(a_timer_beside_a_busy_g_is_in_time)
{
	int64_t best = INT64_MAX;

	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	for (int i = 0; i < 100 && best > 400 * US; i++) {
		sl_sleep(3 * MS);       /* whoever is idle falls asleep */
		late = -1;
		sl_go(sleep_and_see, NULL);
		sl_yield();
		while (late < 0)
			;
		if (late < best)
			best = late;
	}
	check(best <= 400 * US);
}

/* ---- For ever ---------------------------------------------------------- */

static struct sl_mutex mutex;
static struct sl_cond cond;
static int pipes[2];

static void sleep_for(int64_t ns)
{
	sl_sleep(ns);
}

static void wait_on_cond(int64_t deadline)
{
	sl_mutex_lock(&mutex);
	check(!sl_cond_wait_until(&cond, &mutex, deadline));
	sl_mutex_unlock(&mutex);
}

static void select_none(int64_t deadline)
{
	check(sl_select_until(NULL, 0, deadline) == -1);
}

static void select_one(int64_t deadline)
{
	struct sl_chan *c = sl_chan_make(0, 0);
	struct sl_case k = { .c = c, .op = SL_RECV };

	check(sl_select_until(&k, 1, deadline) == -1);
	sl_chan_free(c);
}

static void wait_on_fd(int64_t deadline)
{
	check(pipe(pipes) == 0);
	check(sl_wait_fd(pipes[0], POLLIN, deadline) == -ETIMEDOUT);
	check(sl_close(pipes[0]) == 0);
	check(sl_close(pipes[1]) == 0);
}

/* Every call with a deadline, or a time. */
static void (*const timed[])(int64_t) = {
	sleep_for, wait_on_cond, select_none, select_one, wait_on_fd,
};
static const int64_t far_off[] = {
	INT64_MAX, INT64_MAX - 1, SL_NEVER + 1, SL_NEVER, SL_NEVER - 1, SL_NEVER - 1000 * MS,
};
enum { TIMED = sizeof timed / sizeof timed[0], FAR_OFF = sizeof far_off / sizeof far_off[0] };

struct timed_call { void (*fn)(int64_t); int64_t when; };

static void call_it(void *arg)
{
	struct timed_call *c = arg;

	c->fn(c->when);
}

/* For as long as the slowest back end takes to find a deadlock. */
CONFORM_TEST(a_far_deadline_is_no_deadlock, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	struct sl_config cfg = { .procs = conform.procs };
	pid_t pid[TIMED * FAR_OFF];

	for (int i = 0; i < TIMED * FAR_OFF; i++) {
		struct timed_call c = { timed[i / FAR_OFF], far_off[i % FAR_OFF] };

		pid[i] = fork();
		check(pid[i] >= 0);
		if (pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			sl_run(&cfg, call_it, &c);
			_exit(0);
		}
	}
	usleep(1000000);
	for (int i = 0; i < TIMED * FAR_OFF; i++) {
		int status;
		pid_t ended = waitpid(pid[i], &status, WNOHANG);

		if (ended)
			fprintf(stderr, "call %d, %lld\n", i / FAR_OFF, (long long)far_off[i % FAR_OFF]);
		check(ended == 0);
		kill(pid[i], SIGKILL);
		check(waitpid(pid[i], &status, 0) == pid[i]);
	}
}

TEST(a_deadline_long_past_has_passed)
{
	static const int64_t past[] = { INT64_MIN, INT64_MIN + 1, -SL_NEVER, -1 };

	for (int i = 0; i < TIMED; i++)
		for (size_t j = 0; j < sizeof past / sizeof past[0]; j++)
			timed[i](past[j]);
}
