/* SPDX-License-Identifier: Apache-2.0
 *
 * preempt_test.c: Gs that do not call the scheduler, calls that block, and the
 * number of Ps changed under way.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "conform/preempt_test.h"

/* ---- Preemption -------------------------------------------------------- */

TEST(preempt_hogs_on_every_p)
{
	need_own_preemption();
	for (int i = 0; i < conform_n(1, 20); i++) {
		start(hog, 2 * conform.procs);
		sl_sleep(1000000);      /* comes back only if a hog loses its P */
		sl_yield();
		end();
	}
}

TEST(preempt_timers_fire_under_hogs)
{
	int64_t worst = 0, others = conform_others();

	need_preemption();
	start(hog, conform.procs);
	for (int i = 0; i < conform_n(5, 100); i++) {
		int64_t late = sl_now();

		sl_sleep(1000000);
		late = sl_now() - late - 1000000;
		worst = late > worst ? late : worst;
	}
	end();
	/* Some slices: a machine that is shared may add its own. */
	conform_timed(worst < 1000000000, others);
}

static void compute_until(int64_t when)
{
	while (sl_now() < when)
		;
}

/* Whoever looks after it takes its PU at each look: each millisecond at first, but no
 * more than twice a slice, of 10 ms, once it has run for one. */
TEST(preempt_looks_seldom_after_a_g_that_is_alone)
{
	int64_t began = sl_now();
	struct rusage before, after;

	compute_until(began + 20000000);
	check(getrusage(RUSAGE_SELF, &before) == 0);
	compute_until(began + 100000000);
	check(getrusage(RUSAGE_SELF, &after) == 0);
	check(after.ru_nvcsw - before.ru_nvcsw <= (sl_now() - began) / 2000000);
}

/* What the compiler keeps in registers over many slices: integers, and vectors
 * of doubles. */
static double compute(uint64_t seed, uint64_t *out)
{
	double a[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint64_t x = seed | 1, y = seed * 3 + 1;

	for (int i = 0; i < 3000000; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		y ^= x >> 29;
		for (int j = 0; j < 8; j++)
			a[j] = a[j] * 0.99999 + (double)j;
	}
	*out = x ^ y;
	return a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7];
}

static double want_sum;
static uint64_t want_bits;

static void compute_and_compare(void *arg)
{
	uint64_t bits;
	double sum = compute(7, &bits);

	(void)arg;
	count += sum == want_sum && bits == want_bits;
	sl_wg_done(&wg);
}

static void compare_under_preemption(void *arg)
{
	int n = conform.procs + 2;

	(void)arg;
	want_sum = compute(7, &want_bits);
	start(compute_and_compare, n);
	for (int i = 0; i < 20; i++)
		sl_sleep(500000);
	sl_wg_wait(&wg);
	check(count == n);
}

TEST_BARE(preempt_keeps_registers)
{
	need_own_preemption();
	short_slices();
	run_here(compare_under_preemption);
}

static void mallocs(void *arg)
{
	void *keep[16] = { NULL };

	for (unsigned i = (unsigned)(intptr_t)arg; !stop; i++) {
		free(keep[i % 16]);
		keep[i % 16] = malloc(1 + i * 7919 % 200000);
	}
	for (int i = 0; i < 16; i++)
		free(keep[i]);
	sl_wg_done(&wg);
}

static FILE *null;

static void prints(void *arg)
{
	while (!stop)
		fprintf(null, "%d %s %f\n", (int)(intptr_t)arg, "line", 1.5);
	sl_wg_done(&wg);
}

/* The lock that a preempted G holds inside libc is waited for by others, which
 * block their Ms, and by no part of the scheduler. */
static void allocate_and_print(void *arg)
{
	int n = conform.procs + 1;

	(void)arg;
	start(mallocs, n);
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(prints, NULL);
	for (int i = 0; i < 3; i++) {
		free(malloc(100000));
		fprintf(null, "main\n");
		sl_sleep(200000);
	}
	end();
}

TEST_BARE(preempt_inside_malloc_and_stdio)
{
	need_own_preemption();
	short_slices();
	null = fopen("/dev/null", "w");
	check(null != NULL);
	for (int i = 0; i < conform_n(1, 1000); i++)
		run_here(allocate_and_print);
	fclose(null);
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool holds;

static void hold_for_some_slices(void *arg)
{
	int64_t until = sl_now() + 5000000;

	(void)arg;
	pthread_mutex_lock(&held);
	holds = true;
	while (sl_now() < until)
		;
	pthread_mutex_unlock(&held);
	sl_wg_done(&wg);
}

static void want_what_is_held(void *arg)
{
	(void)arg;
	holds = false;
	sl_wg_add(&wg, 1);
	sl_go(hold_for_some_slices, NULL);
	while (!holds)
		sl_yield();
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	sl_wg_wait(&wg);
}

/* There are these two Gs alone, so nobody else's wish to run brings the holder back. */
TEST_BARE(preempt_of_the_only_other_g_which_has_the_lock)
{
	struct sl_config cfg = { .procs = 1 };

	need_own_preemption();
	short_slices();
	for (int i = 0; i < conform_n(10, 1000); i++)
		conform_run(&cfg, want_what_is_held, NULL);
}

static struct sl_mutex mutex;
static int64_t guarded;

static void locks(void *arg)
{
	int64_t n = 0;

	(void)arg;
	while (!stop) {
		sl_mutex_lock(&mutex);
		guarded++;
		sl_mutex_unlock(&mutex);
		n++;
	}
	sl_mutex_lock(&mutex);
	guarded -= n;
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

static struct sl_chan *chan;

static void sends(void *arg)
{
	(void)arg;
	for (int64_t i = 0; !stop; i++) {
		sl_chan_trysend(chan, &i);
		if (i % 64 == 0)
			sl_yield();
	}
	sl_wg_done(&wg);
}

static void receives(void *arg)
{
	int64_t v;
	bool ok;

	(void)arg;
	while (!stop)
		sl_chan_tryrecv(chan, &v, &ok);
	sl_wg_done(&wg);
}

/* Always on the edge of the scheduler, so preemption comes inside it. */
static void edges(void *arg)
{
	(void)arg;
	chan = sl_chan_make(sizeof(int64_t), 4);
	for (int round = 0; round < conform_n(1, 50); round++) {
		start(locks, 2 * conform.procs);
		sl_wg_add(&wg, 4);
		for (int i = 0; i < 2; i++) {
			sl_go(sends, NULL);
			sl_go(receives, NULL);
		}
		for (int i = 0; i < 20; i++)
			sl_sleep(1000000);
		end();
		check(guarded == 0);
	}
	sl_chan_free(chan);
}

TEST_BARE(preempt_on_the_edge_of_the_scheduler)
{
	need_own_preemption();
	short_slices();
	run_here(edges);
}

static void hogs_counted(void *arg)
{
	(void)arg;
	start(hog, conform.procs + 1);
	while (conform_counter("preemptions") == 0)
		sl_sleep(1000000);
	end();
}

TEST_BARE(preempt_is_counted)
{
	need_own_preemption();
	short_slices();
	run_here(hogs_counted);
	/* And after it. */
	check(conform_counter("preemptions") > 0);
}

static void see_no_preemption(void *arg)
{
	int64_t t = sl_now();

	(void)arg;
	stop = false;
	sl_wg_add(&wg, 1);
	sl_go(hog, NULL);
	while (sl_now() - t < 20000000)
		;
	check(conform_counter("preemptions") == 0);
	stop = true;
	sl_wg_wait(&wg);
}

TEST_BARE(preempt_off)
{
	struct sl_config cfg = { .procs = 1, .no_preempt = true };

	need_own_preemption();
	short_slices();
	check(sl_run(&cfg, see_no_preemption, NULL) == 0);
}

/* Gs that are stopped in the middle when the run ends. */
static void leave_hogs(void *arg)
{
	(void)arg;
	wg = (struct sl_wg){ 0 };      /* the last run may have abandoned Gs that used it */
	start(hog, 2 * conform.procs);
	sl_sleep(3000000);
	stop = true;
}

static void nothing(void *arg)
{
	(void)arg;
}

TEST_BARE(preempt_shutdown_with_stopped_gs)
{
	struct sl_config cfg = { .procs = conform.procs };

	need_own_preemption();
	short_slices();
	for (int i = 0; i < conform_n(5, 100); i++) {
		run_here(leave_hogs);
		conform_run(&cfg, nothing, NULL);
	}
}

/* ---- Blocking calls ---------------------------------------------------- */

static int pipes[2];

static void block(void *arg)
{
	char c;

	(void)arg;
	sl_entersyscall();
	while (read(pipes[0], &c, 1) < 0 && errno == EINTR)
		;
	sl_exitsyscall();
	count++;
	sl_wg_done(&wg);
}

static void need_hand_off(void)
{
	if (!conform_can("blocking"))
		conform_skip("a blocking call stops every G");
}

TEST(syscall_on_every_m_others_go_on)
{
	need_hand_off();
	check(pipe(pipes) == 0);
	for (int round = 0; round < conform_n(10, 500); round++) {
		int n = 3 * conform.procs;

		count = 0;
		sl_wg_add(&wg, n);
		for (int i = 0; i < n; i++)
			sl_go(block, NULL);
		if (round % 2)
			sl_sleep(300000);
		else
			sl_yield();
		for (int i = 0; i < n; i++)
			check(write(pipes[1], "x", 1) == 1);
		sl_wg_wait(&wg);
		check(count == n);
	}
	close(pipes[0]);
	close(pipes[1]);
}

static void short_calls(void *arg)
{
	struct timespec ts = { 0, 1000 };

	(void)arg;
	for (int i = 0; i < 200; i++) {
		sl_entersyscall();
		if (random_below(4) == 0)
			nanosleep(&ts, NULL);
		sl_exitsyscall();
		jitter();
	}
	sl_wg_done(&wg);
}

TEST(syscall_back_and_forth)
{
	need_hand_off();
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(short_calls, NULL);
	sl_wg_wait(&wg);
}

static int call_ms = 30;

static void sleep_in_call(void *arg)
{
	struct timespec ts = { 0, call_ms * 1000000 };

	(void)arg;
	sl_entersyscall();
	nanosleep(&ts, NULL);
	sl_exitsyscall();
	count++;
	sl_wg_done(&wg);
}

/* Timers fire while the only P's M is away, and a call is no deadlock, however often
 * somebody looks for one. */
TEST_WAITS(syscall_is_no_deadlock)
{
	int64_t others = conform_others(), t;

	need_hand_off();
	count = 0;
	call_ms = 600;
	sl_wg_add(&wg, 1);
	sl_go(sleep_in_call, NULL);
	sl_yield();
	t = sl_now();
	sl_sleep(1000000);
	t = sl_now() - t;
	sl_wg_wait(&wg);
	check(count == 1);
	conform_timed(t < 1000000000, others);
}

TEST_LEAKS(syscall_does_not_hold_the_end_up)
{
	need_hand_off();
	if (SL_TSAN)
		conform_skip("ThreadSanitizer reports the thread that is abandoned");
	check(pipe(pipes) == 0);
	sl_wg_add(&wg, 1);
	sl_go(block, NULL);
	sl_sleep(1000000);
}

static void leave_calls(void *arg)
{
	struct timespec ts = { 0, random_below(2000000) };

	(void)arg;
	wg = (struct sl_wg){ 0 };      /* the last run may have abandoned Gs that used it */
	start(short_calls, 4);
	sl_wg_add(&wg, 1);
	sl_go(sleep_in_call, NULL);
	sl_entersyscall();
	nanosleep(&ts, NULL);
	sl_exitsyscall();
}

CONFORM_TEST(syscall_ends_under_a_stopped_world, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_hand_off();
	for (int i = 0; i < conform_n(5, 50); i++) {
		run_here(leave_calls);
		usleep(50000);
	}
}

/* ---- The number of Ps -------------------------------------------------- */

static void work(void *arg)
{
	for (int i = 0; i < 50 && !stop; i++) {
		volatile int spin = 20000;

		while (spin--)
			;
		jitter();
	}
	(void)arg;
	count++;
	sl_wg_done(&wg);
}

TEST(procs_raised_and_lowered)
{
	static const int to[] = { 1, 2, 5, 3, 8, 1, 4, 2 };
	int before = sl_procs(0), n = conform_n(20, 400);

	if (!conform_can("parallel") || conform_can("threads"))
		conform_skip("the model has no Ps to set");
	count = 0;
	stop = false;
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(work, NULL);
	for (int i = 0; i < 8 * conform_n(2, 20); i++) {
		check(sl_procs(to[i % 8]) == before);
		before = to[i % 8];
		check(sl_procs(0) == before);
		sl_sleep(random_below(3000000));
	}
	sl_wg_wait(&wg);
	check(count == n);
	check(strcmp(sl_procs_source(), "sl_procs") == 0);
}

static _Atomic int at_once, most;
static int64_t began;

static void meet(void *arg)
{
	int n = ++at_once, m = most;

	(void)arg;
	while (n > m && !atomic_compare_exchange_weak(&most, &m, n))
		;
	/* For long enough that others come, if they can. */
	for (int64_t t = sl_now(); sl_now() - t < 3000000 ||
	                           (most < 2 && sl_procs(0) > 1 && sl_now() - began < 5000000000);)
		;
	at_once--;
	sl_wg_done(&wg);
}

/* As many Gs are inside a piece of work at once as there are Ps, and no more,
 * once those that are one too many have gone; a preempted one is inside too. */
static void count_at_once(void *arg)
{
	(void)arg;
	for (int procs = 1; procs <= 3; procs++) {
		sl_procs(procs);
		sl_sleep(5000000);
		most = 0;
		began = sl_now();
		start(meet, 8);
		sl_wg_wait(&wg);
		check(most <= procs);
		check(procs == 1 || most > 1);
	}
}

TEST_BARE(procs_limits_what_runs_at_once)
{
	struct sl_config cfg = { .procs = conform.procs, .no_preempt = true };

	if (!conform_can("parallel") || conform_can("threads"))
		conform_skip("the model has no Ps to set");
	check(sl_run(&cfg, count_at_once, NULL) == 0);
}
