/* SPDX-License-Identifier: Apache-2.0
 *
 * preempt_signal_test.c: the signal that preempts, and a program that uses the same
 * one, blocks it, or ignores it.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "conform/preempt_test.h"

#define MS 1000000ll

static void compute_for(int64_t ns)
{
	int64_t until = sl_now() + ns;

	while (sl_now() < until)
		;
}

static _Atomic int urgent;

static void on_urgent(int sig)
{
	(void)sig;
	urgent++;
}

static void hogs_for_a_while(void *arg)
{
	struct sigaction now;

	(void)arg;
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent);
	start(hog, 2 * conform.procs);
	compute_for(12000000);
	end();
}

/* The program's own handler stays, and sees what others send, and that alone. */
TEST_BARE(preempt_off_uses_no_signal)
{
	struct sigaction a = { .sa_handler = on_urgent };
	struct sl_config cfg = { .procs = conform.procs, .no_preempt = true };

	need_own_preemption();
	short_slices();
	check(sigaction(SIGURG, &a, NULL) == 0);
	check(sl_run(&cfg, hogs_for_a_while, NULL) == 0);
	check(urgent == 0);
	check(kill(getpid(), SIGURG) == 0);
	check(urgent == 1);
	check(setenv("SCHEDLAB_PREEMPT", "off", 1) == 0);
	run_here(hogs_for_a_while);
	check(urgent == 1);
}

static void disturb(void *arg)
{
	(void)arg;
	start(hog, conform.procs);
	sl_wg_add(&wg, 1);
	for (int i = 0; i < 200; i++) {
		check(kill(getpid(), SIGURG) == 0);
		if (i % 50 == 0)
			sl_sleep(100000);
	}
	sl_wg_done(&wg);
	end();
}

/* One that the scheduler did not send does nothing. */
TEST_BARE(preempt_by_a_strangers_signal_is_harmless)
{
	need_own_preemption();
	short_slices();
	run_here(disturb);
}

/* ---- A program that does not hear it -------------------------------------- */

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	check(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
}

static void block_none(void)
{
	sigset_t none;

	sigemptyset(&none);
	check(pthread_sigmask(SIG_SETMASK, &none, NULL) == 0);
}

static void ignore(void) { check(signal(SIGURG, SIG_IGN) != SIG_ERR); }
static void handle(void) { check(signal(SIGURG, on_urgent) != SIG_ERR); }
static void do_nothing(void) { }

static const struct deafness { void (*begin)(void), (*end)(void); } deafness[] = {
	{ block_all, block_none }, { ignore, do_nothing }, { handle, do_nothing },
};

/* It runs for some slices while others wait, and then makes a call that it announces. */
static void outrun_and_call(void *arg)
{
	const struct deafness *d = arg;

	d->begin();
	for (int i = 0; i < 3; i++) {
		compute_for(8 * MS);
		sl_entersyscall();
		check(nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL) == 0);
		sl_exitsyscall();
		d->begin();             /* a mask is its M's */
	}
	d->end();
	sl_wg_done(&wg);
}

static void compute_a_while(void *arg)
{
	(void)arg;
	compute_for(60 * MS);
	sl_wg_done(&wg);
}

static void beside_one_that_is_deaf(void *arg)
{
	start(compute_a_while, conform.procs);
	for (int i = 0; i < 2; i++) {
		sl_wg_add(&wg, 1);
		sl_go(outrun_and_call, arg);
	}
	sl_wg_wait(&wg);
}

TEST_BARE(preempt_waits_for_no_signal)
{
	need_own_preemption();
	short_slices();
	for (size_t i = 0; i < sizeof deafness / sizeof deafness[0]; i++)
		run_here_with(beside_one_that_is_deaf, (void *)&deafness[i]);
}

static _Atomic int64_t beat[8];
static _Atomic bool deaf_ends;

static void beat_on(void *arg)
{
	while (!stop)
		beat[(intptr_t)arg]++;
	sl_wg_done(&wg);
}

static void hog_without_signals(void *arg)
{
	(void)arg;
	block_all();
	while (!deaf_ends)
		;
	block_none();
	sl_wg_done(&wg);
}

/* Whoever was to have its P is not to wait for that. */
static void hog_beside_a_deaf_one(void *arg)
{
	int64_t seen[3], until;

	(void)arg;
	deaf_ends = false;
	sl_wg_add(&wg, 1);
	sl_go(hog_without_signals, NULL);
	sl_sleep(5 * MS);
	stop = false;
	sl_wg_add(&wg, 3);
	for (intptr_t i = 0; i < 3; i++)
		sl_go(beat_on, (void *)i);
	sl_sleep(100 * MS);
	for (int i = 0; i < 3; i++)
		seen[i] = beat[i];
	until = sl_now() + 5000 * MS;
	for (int i = 0; i < 3; i++)
		while (beat[i] == seen[i] && sl_now() < until)
			sl_sleep(5 * MS);
	for (int i = 0; i < 3; i++)
		check(beat[i] != seen[i]);
	deaf_ends = true;
	end();
}

CONFORM_TEST(preempt_beside_one_that_blocks_the_signal, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_own_preemption();
	if (conform.procs == 1)
		conform_skip("the only P is that one's");
	short_slices();
	run_here(hog_beside_a_deaf_one);
}

/* ---- The program's own --------------------------------------------------- */

static _Atomic pid_t sender;

static void on_urgent_info(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	sender = info->si_code == SI_USER ? info->si_pid : -1;
	urgent++;
}

static void send_some(void *arg)
{
	int n = (int)(intptr_t)arg;

	start(hog, conform.procs);
	for (int i = 1; i <= n; i++) {
		check(kill(getpid(), SIGURG) == 0);
		while (urgent < i)
			sl_sleep(100000);
		check(urgent == i);
		sl_sleep(3 * MS);
	}
	while (conform_counter("preemptions") == 0)
		sl_sleep(MS);
	end();
}

/* A handler that was there before gets what others send: all of it, and nothing else. */
TEST_BARE(preempt_leaves_the_programs_handler_its_signals)
{
	struct sigaction plain = { .sa_handler = on_urgent },
	                 full = { .sa_sigaction = on_urgent_info, .sa_flags = SA_SIGINFO }, now;

	need_own_preemption();
	short_slices();
	check(sigaction(SIGURG, &plain, NULL) == 0);
	run_here_with(send_some, (void *)20);
	check(sigaction(SIGURG, &full, &now) == 0 && now.sa_handler == on_urgent);
	urgent = 0;
	run_here_with(send_some, (void *)20);
	check(sender == getpid());
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_sigaction == on_urgent_info);
}

/* Beside those that compute, until somebody was preempted. */
static void wait_for_a_preemption(void)
{
	int64_t before = conform_counter("preemptions");

	while (conform_counter("preemptions") == before)
		sl_sleep(MS);
}

static void raise_and_wait(_Atomic int *n)
{
	int before = *n;

	check(kill(getpid(), SIGURG) == 0);
	while (*n == before)
		sl_sleep(100000);
	check(*n == before + 1);
}

static _Atomic int first;

static void on_urgent_first(int sig)
{
	(void)sig;
	first++;
}

static void set_a_handler(void *arg)
{
	struct sigaction a = { .sa_handler = on_urgent }, found, now;
	int late;

	start(hog, 2 * conform.procs);
	wait_for_a_preemption();
	check(sigaction(SIGURG, &a, &found) == 0);
	/* Until the scheduler has seen it.  A preemption alone does not tell: each P may
	 * have one from before that goes on only now. */
	do {
		wait_for_a_preemption();
		check(sigaction(SIGURG, NULL, &now) == 0);
	} while (now.sa_handler == on_urgent);
	/* Those that were under way when it was set. */
	late = urgent;
	check(late <= 2 * conform.procs);
	for (int i = 0; i < 10; i++) {
		raise_and_wait(&urgent);
		wait_for_a_preemption();
	}
	check(urgent == late + 10);
	if (arg) {
		/* It puts back what it found. */
		check(sigaction(SIGURG, &found, NULL) == 0);
		wait_for_a_preemption();
		for (int i = 0; i < 10; i++) {
			raise_and_wait(&first);
			wait_for_a_preemption();
		}
		check(urgent == late + 10);
	}
	end();
}

/* One that the program sets during the run gets its signals, too, and stays. */
TEST_BARE(preempt_leaves_a_handler_that_the_program_sets)
{
	struct sigaction now;

	need_own_preemption();
	short_slices();
	run_here(set_a_handler);
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent);
}

TEST_BARE(preempt_leaves_a_handler_that_the_program_puts_back)
{
	struct sigaction a = { .sa_handler = on_urgent_first }, now;

	need_own_preemption();
	short_slices();
	check(sigaction(SIGURG, &a, NULL) == 0);
	run_here_with(set_a_handler, &a);
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent_first);
	check(first == 10);
}

static pid_t reader;
static int pipes[2];
static _Atomic int result;

static void read_one(void *arg)
{
	char c;

	(void)arg;
	reader = gettid();
	result = read(pipes[0], &c, 1) == 1 ? 1 : -errno;
	sl_wg_done(&wg);
}

static void signal_a_reader(void *arg)
{
	(void)arg;
	check(pipe(pipes) == 0);
	sl_wg_add(&wg, 1);
	urgent = result = reader = 0;
	sl_go(read_one, NULL);
	while (!reader)
		sl_sleep(MS);
	sl_sleep(5 * MS);
	check(syscall(SYS_tgkill, getpid(), reader, SIGURG) == 0);
	while (!urgent)
		sl_sleep(MS);
	sl_sleep(MS);
	check(write(pipes[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	close(pipes[0]);
	close(pipes[1]);
}

/* It interrupts system calls if it was to, and only then. */
TEST_BARE(preempt_leaves_the_programs_handler_its_flags)
{
	struct sigaction a = { .sa_handler = on_urgent };

	need_own_preemption();
	check(sigaction(SIGURG, &a, NULL) == 0);
	run_here(signal_a_reader);
	check(result == -EINTR);
	a.sa_flags = SA_RESTART;
	check(sigaction(SIGURG, &a, NULL) == 0);
	run_here(signal_a_reader);
	check(result == 1);
}

/* ---- Another signal -------------------------------------------------------- */

static void hogs_with_another(void *arg)
{
	struct sigaction now;

	(void)arg;
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent);
	start(hog, conform.procs);
	while (conform_counter("preemptions") == 0)
		sl_sleep(MS);
	check(kill(getpid(), SIGURG) == 0);
	while (urgent == 0)
		sl_sleep(MS);
	check(urgent == 1);
	end();
}

TEST_BARE(preempt_by_a_signal_of_ones_own_choice)
{
	char number[16];

	need_own_preemption();
	short_slices();
	handle();
	snprintf(number, sizeof number, "%d", SIGRTMIN + 3);
	check(setenv("SCHEDLAB_PREEMPT_SIGNAL", number, 1) == 0);
	run_here(hogs_with_another);
	check(urgent == 1);
}

static void raise_usr1(void *arg)
{
	(void)arg;
	start(hog, conform.procs);
	sl_sleep(5 * MS);
	raise(SIGUSR1);
	end();
}

/* What others send has the effect that it has without us. */
TEST_BARE(preempt_leaves_a_signal_its_default)
{
	int status;
	pid_t pid;

	need_own_preemption();
	check(setenv("SCHEDLAB_PREEMPT_SIGNAL", "10", 1) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		run_here(raise_usr1);
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == 10);
}

static void run_with_signal(const char *number)
{
	need_own_preemption();
	check(setenv("SCHEDLAB_PREEMPT_SIGNAL", number, 1) == 0);
	run_here(hogs_with_another);
}

CONFORM_TEST(preempt_by_what_cannot_be_handled,
             "fatal error: SCHEDLAB_PREEMPT_SIGNAL=9 is no signal that can be handled", CONFORM_BARE)
{
	run_with_signal("9");
}

CONFORM_TEST(preempt_by_what_faults_need,
             "fatal error: SCHEDLAB_PREEMPT_SIGNAL=11 is no signal that can be handled", CONFORM_BARE)
{
	run_with_signal("11");
}

CONFORM_TEST(preempt_by_no_signal,
             "fatal error: SCHEDLAB_PREEMPT_SIGNAL=URG is not a number from 1 to 64", CONFORM_BARE)
{
	run_with_signal("URG");
}
