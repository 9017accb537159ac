/* SPDX-License-Identifier: Apache-2.0
 *
 * How Gs and runs end, and that none is in an account any more that has.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "conform/conform.h"

static struct sl_wg wg;
static _Atomic int count;

static void come_and_go(void *arg)
{
	(void)arg;
	sl_wg_done(&wg);
}

static void nap(void *arg)
{
	sl_sleep(5000000);
	come_and_go(arg);
}

static void __attribute__((noinline)) exit_from(volatile char *caller)
{
	volatile char frame[300];

	frame[0] = caller[0];
	count++;
	sl_wg_done(&wg);
	if (frame[0] == 1)
		sl_goexit();
	count += 1000;
}

static void exit_early(void *arg)
{
	volatile char frame[300] = { 1 };

	(void)arg;
	exit_from(frame);
	count += 1000;
}

TEST(goexit_ends_one_g)
{
	int n = conform_live(1000);

	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(exit_early, NULL);
	sl_wg_wait(&wg);
	check(count == n);
}

static bool end_in_commit(sl_g *g, void *arg)
{
	(void)g;
	(void)arg;
	sl_goexit();
}

/* It would end the G that runs next, where Gs share threads. */
TEST_FATAL(goexit_inside_a_commit, "fatal error: sl_goexit inside the commit of a park")
{
	sl_park(end_in_commit, NULL, "test");
}

TEST_FATAL(goexit_inside_a_blocking_call, "fatal error: sl_goexit inside *a blocking call")
{
	if (!conform_can("blocking"))
		conform_skip("the model makes nothing of a blocking call");
	sl_entersyscall();
	sl_goexit();
}

static void say_and_end(void *arg)
{
	(void)arg;
	sl_sleep(1000000);
	fprintf(stderr, "the others went on\n");
}

TEST_FATAL(goexit_of_the_initial_g_lets_others_go_on,
           "the others went on\nfatal error: all goroutines are asleep - deadlock!")
{
	sl_go(say_and_end, NULL);
	sl_goexit();
}

static void wait_for_ever(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 1);
	sl_wg_wait(&wg);
}

TEST_FATAL(a_deadlock_is_reported_with_reasons, "WaitGroup wait")
{
	sl_go(wait_for_ever, NULL);
	sl_chan_recv(NULL, NULL);
}

TEST_WAITS(a_sleeping_g_is_no_deadlock)
{
	sl_wg_add(&wg, 1);
	sl_go(nap, NULL);
	sl_sleep((conform.slow ? 1500 : 600) * 1000000ll);
	sl_wg_wait(&wg);
}

static void sleep_for_long(void *arg)
{
	(void)arg;
	sl_sleep(3600 * INT64_C(1000000000));
}

static void spin_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		sl_yield();
}

static void nothing(void *arg)
{
	(void)arg;
}

static void call_from_outside(void *arg)
{
	(void)arg;
	wg = (struct sl_wg){ 0 };      /* the last run may have abandoned Gs that used it */
	for (int i = 0; i < 3; i++)
		sl_go(wait_for_ever, NULL);
	sl_go(spin_for_ever, NULL);
	sl_go(sleep_for_long, NULL);
	sl_yield();
}

/* Parked, running and sleeping Gs at the end; and again. */
TEST_BARE(the_end_of_the_initial_g_ends_the_run)
{
	struct sl_config cfg = { .procs = conform.procs };

	for (int i = 0; i < 20; i++)
		conform_run(&cfg, call_from_outside, NULL);
}

static int entries(const char *dir)
{
	char cmd[64];
	FILE *f;
	int n = -1;

	snprintf(cmd, sizeof cmd, "ls %s | wc -l", dir);
	f = popen(cmd, "r");
	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

static int mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	int c, n = 0;

	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

static long virtual_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	check(f && fscanf(f, "%ld", &pages) == 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void spawn_some(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 10);
	for (int i = 0; i < 10; i++)
		sl_go(come_and_go, NULL);
	sl_wg_wait(&wg);
}

static void run_times(int n)
{
	struct sl_config cfg = { .procs = conform.procs };

	for (int i = 0; i < n; i++)
		conform_run(&cfg, spawn_some, NULL);
}

TEST_BARE(many_runs_leak_nothing)
{
	int least = INT_MAX, fds;
	long size;

	run_times(20);
	size = virtual_kib();
	fds = entries("/proc/self/fd");
	/* What is lost in each run is lost in each part; what the C library and the
	 * sanitizers keep of threads is not, for they use it again. */
	for (int part = 0; part < 4; part++) {
		int before = mappings(), more;

		run_times(conform_n(25, 250));
		more = mappings() - before;
		least = more < least ? more : least;
	}
	check(least < 5 || SL_ASAN || SL_TSAN);
	for (int i = 0; entries("/proc/self/task") > 1 + SL_TSAN && i < 100; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	check(entries("/proc/self/task") <= 1 + SL_TSAN);
	check(entries("/proc/self/fd") == fds);
	/* The C library reserves much for each thread that frees, and an emulator
	 * has memory of its own. */
	check(virtual_kib() <= size + (100 << 10) || conform_can("threads") || SL_ASAN || SL_TSAN ||
	      getenv("CONFORM_PATIENCE"));
}

TEST(a_nested_run_is_refused)
{
	check(sl_run(NULL, nothing, NULL) == -EBUSY);
}

TEST_BARE(bad_configurations_are_refused)
{
	struct sl_config negative = { .procs = -1 }, huge = { .procs = 100000 };
	struct sl_config small = { .procs = 1, .stack_size = 100 };

	check(sl_run(&negative, nothing, NULL) == -EINVAL);
	check(sl_run(&huge, nothing, NULL) == -EINVAL);
	check(sl_run(&small, nothing, NULL) == -EINVAL);
}

/* What a thread that is no G may ask for, while runs begin and end. */
static void *ask_for_ever(void *arg)
{
	struct sl_counter c[32];

	while (!__atomic_load_n((bool *)arg, __ATOMIC_RELAXED)) {
		check(sl_gcount() >= 0 && sl_procs(0) >= 1);
		check(sl_counters(c, 32) >= 3 && *c[0].name);
		check(sl_bound_cpu(0) >= -1 && *sl_procs_source());
	}
	return NULL;
}

static void spawn_one(void *arg)
{
	struct sl_wg wg = { 0 };

	sl_wg_go(&wg, nothing, arg);
	sl_wg_wait(&wg);
}

TEST_BARE(the_account_can_be_asked_for_at_any_time)
{
	struct sl_config cfg = { .procs = conform.procs };
	bool over = false;
	pthread_t t;

	check(pthread_create(&t, NULL, ask_for_ever, &over) == 0);
	for (int i = 0; i < conform_n(100, 3000); i++)
		conform_run(&cfg, spawn_one, NULL);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
}

static void *outside(void *arg)
{
	check(sl_now() > 0 && sl_procs(0) >= 1 && sl_gcount() >= 1);
	sl_chan_free(sl_chan_make(8, 1));
	sl_go(nothing, arg);
	return NULL;
}

TEST_FATAL(a_foreign_thread_is_refused, "called from a thread that is no G")
{
	pthread_t t;

	check(pthread_create(&t, NULL, outside, NULL) == 0);
	pthread_join(t, NULL);
}

static void ask_procs(void *arg)
{
	*(int *)arg = sl_procs(0);
}

TEST_BARE(the_environment_sets_procs)
{
	int procs = 0;

	setenv("SCHEDLAB_PROCS", "3", 1);
	check(sl_run(NULL, ask_procs, &procs) == 0);
	check(procs == (conform_can("parallel") ? 3 : 1));
	if (procs == 3)
		check(strcmp(sl_procs_source(), "SCHEDLAB_PROCS") == 0);
}
