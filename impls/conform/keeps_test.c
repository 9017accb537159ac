/* SPDX-License-Identifier: Apache-2.0
 *
 * What a G keeps: the section of that name in schedlab.h.
 */
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>

#include "conform/conform.h"

static struct sl_wg wg;
static _Atomic bool over;

/* Where a compiler sees errno twice it keeps its address. */
static __attribute__((noinline)) int errno_now(void)
{
	__asm__ volatile("");
	return errno;
}

static __attribute__((noinline)) void set_errno(int value)
{
	__asm__ volatile("");
	errno = value;
}

/* ---- errno -------------------------------------------------------------- */

static void spoil_errno(void *arg)
{
	(void)arg;
	while (!over) {
		set_errno(ENOENT);
		sl_yield();
	}
	sl_wg_done(&wg);
}

static void fail_after_a_while(void *arg)
{
	for (int i = 0; i < 50; i++) {
		int wanted = i % 2 ? EBADF : ESPIPE;

		sl_entersyscall();
		usleep((useconds_t)(50 + random_below(300)));
		set_errno(wanted);
		sl_exitsyscall();
		check(errno_now() == wanted);
		set_errno(wanted);
		sl_entersyscall();
		check(errno_now() == wanted);
		sl_exitsyscall();
	}
	sl_wg_done(&wg);
	(void)arg;
}

TEST(errno_is_what_a_blocking_call_left)
{
	int spoilers = conform_can("parallel") ? conform.procs : 0;

	sl_wg_add(&wg, 16);
	for (int i = 0; i < 16; i++)
		sl_go(fail_after_a_while, NULL);
	for (int i = 0; i < spoilers; i++) {
		sl_wg_add(&wg, 1);
		sl_go(spoil_errno, NULL);
	}
	sl_sleep(30000000);
	over = true;
	sl_wg_wait(&wg);
}

/* What is the descriptors' calls' is in what they return. */
TEST(errno_is_left_alone_by_calls_on_descriptors)
{
	char byte;

	set_errno(E2BIG);
	check(sl_read(-1, &byte, 1) == -EBADF);
	check(sl_write(-1, &byte, 1) == -EBADF);
	check(sl_accept(-1, NULL, NULL) == -EBADF);
	check(sl_fd(-1) == -EBADF);
	check(sl_close(-1) == -EBADF);
	check(errno_now() == E2BIG);
}

/* ---- All that is a thread's --------------------------------------------- */

static _Thread_local int local;

static __attribute__((noinline)) int *local_now(void)
{
	__asm__ volatile("");
	return &local;
}

static void compute_beside(void *arg)
{
	int64_t until = sl_now() + 100000000;

	while (sl_now() < until)
		;
	sl_wg_done(&wg);
	(void)arg;
}

/* Others may have the PUs for so long that no slice ends until then. */
static bool goes_on(int64_t until)
{
	bool preempted = !conform_can("sliced") || !conform_timely() || conform_counter("preemptions") > 0;

	return sl_now() < until || (!preempted && sl_now() < until + INT64_C(5000000000));
}

/* A G that calls nothing of sl_ that parks keeps its thread, be it preempted. */
static void hold_what_is_the_threads(void *arg)
{
	int i = (int)(intptr_t)arg, *mine = local_now(), was = fegetround();
	int64_t until = sl_now() + 100000000;
	sigset_t usr1, before, now;

	sigemptyset(&usr1);
	sigaddset(&usr1, i % 2 ? SIGUSR1 : SIGUSR2);
	check(pthread_sigmask(SIG_BLOCK, &usr1, &before) == 0);
	check(fesetround(i % 2 ? FE_UPWARD : FE_DOWNWARD) == 0);
	*mine = i;
	while (goes_on(until)) {
		set_errno(1000 + i);
		for (volatile int n = 0; n < 10000; n++)
			;
		check(errno_now() == 1000 + i);
		check(local_now() == mine && *mine == i);
		check(fegetround() == (i % 2 ? FE_UPWARD : FE_DOWNWARD));
		check(pthread_sigmask(SIG_BLOCK, NULL, &now) == 0);
		check(sigismember(&now, i % 2 ? SIGUSR1 : SIGUSR2) == 1);
	}
	check(fesetround(was) == 0);
	check(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	sl_wg_done(&wg);
}

TEST(a_preempted_g_keeps_all_that_is_its_threads)
{
	/* More than there are Ps: where each has one, nobody is preempted. */
	int pairs = 2 + sl_procs(0);

	sl_wg_add(&wg, 2 * pairs);
	for (intptr_t i = 0; i < pairs; i++) {
		sl_go(hold_what_is_the_threads, (void *)(i + 1));
		sl_go(compute_beside, NULL);
	}
	sl_wg_wait(&wg);
	if (conform_can("sliced") && conform_timely())
		check(conform_counter("preemptions") > 0);
}
