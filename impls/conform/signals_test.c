/* SPDX-License-Identifier: Apache-2.0
 *
 * signals_test.c: what preemption by a signal must leave alone: registers, errno,
 * thread-local variables, signal masks, system calls, and children.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "conform/preempt_test.h"

static void compute_for(int64_t ns)
{
	int64_t until = sl_now() + ns;

	while (sl_now() < until)
		;
}

/* Runs fn on n Gs that each do not let go for some slices, until some were preempted:
 * on a busy machine who asks for that may come late. */
static void until_preempted(void (*fn)(void *), int n)
{
	do {
		count = 0;
		start(fn, n);
		sl_wg_wait(&wg);
		check(count == n);
	} while (conform_counter("preemptions") < 10);
}

/* ---- Registers --------------------------------------------------------- */

#if defined(__x86_64__)

/* Fills all vector registers, computes on in them alone, and looks at them. */
static __attribute__((target("avx"), noinline)) bool keep_vectors(uint64_t seed, int64_t turns)
{
	uint64_t in[16][4], out[16][4];

	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 4; j++)
			in[i][j] = seed * (uint64_t)(16 * i + j + 1);
#define EACH(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) \
	do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)
#define LOAD(i) "vmovups 32*" #i "(%1), %%ymm" #i "\n\t"
#define SAVE(i) "vmovups %%ymm" #i ", 32*" #i "(%2)\n\t"
#define LOST(i) , "ymm" #i
	__asm__ volatile(EACH(LOAD)
	                 "1: dec %0\n\tjnz 1b\n\t"
	                 EACH(SAVE) "vzeroupper"
	                 : "+r"(turns) : "r"(in), "r"(out) : "memory", "cc" EACH(LOST));
	return memcmp(in, out, sizeof in) == 0;
}

static void vectors(void *arg)
{
	count += keep_vectors((uint64_t)(intptr_t)arg * 0x9e3779b9u + 1, 10000000);
	sl_wg_done(&wg);
}

static void keep_all_vectors(void *arg)
{
	(void)arg;
	until_preempted(vectors, 3 * conform.procs);
}

TEST_BARE(preempt_keeps_vector_registers)
{
	need_own_preemption();
	if (!__builtin_cpu_supports("avx"))
		conform_skip("no AVX");
	short_slices();
	run_here(keep_all_vectors);
}

#endif

/* ---- What a thread has of its own --------------------------------------- */

static __thread int mine;

/* Called anew each time, so that no address of a thread's is kept. */
static __attribute__((noinline)) int *my_errno(void)
{
	return &errno;
}

static __attribute__((noinline)) int *my_variable(void)
{
	return &mine;
}

/* A G that is preempted goes on where it was, so addresses stay as well. */
static void keep_errno_and_variable(void *arg)
{
	int want = 1000 + (int)(intptr_t)arg, *e = my_errno(), *v = my_variable();
	int64_t until = sl_now() + 8000000;
	bool kept = true;

	*e = *v = want;
	while (sl_now() < until)
		kept = kept && *e == want && *v == want;
	count += kept && e == my_errno() && v == my_variable();
	sl_wg_done(&wg);
}

static void keep_what_is_a_threads(void *arg)
{
	(void)arg;
	until_preempted(keep_errno_and_variable, 3 * conform.procs);
}

TEST_BARE(preempt_keeps_errno_and_thread_local_variables)
{
	need_own_preemption();
	short_slices();
	run_here(keep_what_is_a_threads);
}

static sigset_t mask_of_main;

static bool has_mask_of_main(void)
{
	sigset_t now;

	check(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0);
	for (int sig = 1; sig < SIGRTMAX; sig++)
		if (sigismember(&now, sig) != sigismember(&mask_of_main, sig))
			return false;
	return true;
}

static void look_at_mask(void *arg)
{
	bool same = true;

	(void)arg;
	for (int i = 0; i < 20; i++) {
		same = same && has_mask_of_main();
		if (i % 4 == 0)
			compute_for(300000);
		jitter();
		sl_sleep(random_below(100000));
	}
	count += same;
	sl_wg_done(&wg);
}

static void look_at_masks(void *arg)
{
	(void)arg;
	count = 0;
	start(look_at_mask, 2 * conform.procs);
	sl_wg_wait(&wg);
	check(count == 2 * conform.procs);
}

/* Whichever thread a G comes to has the mask that the run began with. */
TEST_BARE(a_signal_mask_holds_wherever_a_g_goes)
{
	check(sigemptyset(&mask_of_main) == 0);
	check(sigaddset(&mask_of_main, SIGUSR1) == 0);
	check(sigaddset(&mask_of_main, SIGTERM) == 0);
	check(pthread_sigmask(SIG_SETMASK, &mask_of_main, NULL) == 0);
	short_slices();
	run_here(look_at_masks);
	check(has_mask_of_main());
}

/* ---- System calls ------------------------------------------------------ */

/* As soon as a call is over, the G can be preempted again; and inside it cannot. */
static void call_and_compute(void *arg)
{
	bool whole = true;

	(void)arg;
	for (int i = 0; i < 5; i++) {
		int r;

		sl_entersyscall();
		r = nanosleep(&(struct timespec){ .tv_nsec = 1000 + random_below(2000000) }, NULL);
		whole = whole && r == 0;
		sl_exitsyscall();
		compute_for(random_below(2500000));
	}
	count += whole;
	sl_wg_done(&wg);
}

static void call_and_compute_on_all(void *arg)
{
	(void)arg;
	until_preempted(call_and_compute, 3 * conform.procs);
}

TEST_BARE(preempt_right_after_a_blocking_call)
{
	need_own_preemption();
	short_slices();
	for (int i = 0; i < conform_n(1, 50); i++)
		run_here(call_and_compute_on_all);
}

/* ---- A lock that a preempted G holds ------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int held;

static void hold(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++) {
		pthread_mutex_lock(&lock);
		check(held++ == 0);
		compute_for(2500000);
		held--;
		pthread_mutex_unlock(&lock);
	}
	count++;
	sl_wg_done(&wg);
}

/* Beside those that compute, so that the holder is preempted. */
static void hold_in_turns(void *arg)
{
	int n = 2 + conform.procs;

	(void)arg;
	do {
		count = 0;
		start(hog, conform.procs);
		sl_wg_add(&wg, n);
		for (int i = 0; i < n; i++)
			sl_go(hold, NULL);
		while (count < n)
			sl_sleep(1000000);
		end();
	} while (conform_counter("preemptions") < 10);
}

/* It blocks the Ms of those that want it, for which other Ps stand in, until it is the
 * holder's turn again. */
TEST_BARE(preempt_while_holding_a_lock)
{
	need_own_preemption();
	short_slices();
	for (int i = 0; i < conform_n(1, 30); i++)
		run_here(hold_in_turns);
}

/* ---- Children ---------------------------------------------------------- */

static void run_a_program(void *arg)
{
	int status;
	pid_t pid;

	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(127);
	}
	sl_entersyscall();
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sl_exitsyscall();
	count += WIFEXITED(status) && WEXITSTATUS(status) == 7;
	(void)arg;
	sl_wg_done(&wg);
}

static void run_programs(void *arg)
{
	int n = conform_n(4, 100);

	(void)arg;
	count = 0;
	if (conform_can("preemptive") && !SL_TSAN)
		start(hog, conform.procs);
	stop = false;
	for (int i = 0; i < n; i++) {
		sl_wg_add(&wg, 1);
		sl_go(run_a_program, NULL);
	}
	while (count < n)
		sl_sleep(1000000);
	end();
}

TEST_BARE(a_forked_child_executes_a_program)
{
	if (getenv("CONFORM_PATIENCE"))
		conform_skip("an emulator would have to emulate the program too");
	short_slices();
	run_here(run_programs);
}
