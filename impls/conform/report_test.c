/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said when Gs wait for ever, outlive the initial one, or overflow their
 * stacks; and what becomes of faults that are none of ours.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "conform/conform.h"
#include "shared/altstack.h"

static struct sl_wg wg;

/* Keeps a call from becoming a jump, which leaves no frame. */
#define STAY() __asm__ volatile("")

static void wait_for_ever(void *arg)
{
	(void)arg;
	sl_wg_wait(&wg);
	STAY();
}

/* ---- Deadlock ---------------------------------------------------------- */

/* Parks by itself, so that a frame too many left out is seen. */
static void __attribute__((noinline)) inner(void)
{
	sl_park(NULL, NULL, "test");
	STAY();
}

static void outer(void *arg)
{
	(void)arg;
	inner();
	STAY();
}

TEST_FATAL(a_parked_g_has_a_backtrace,
           "G *[test, *s], started as outer:\n*    inner+0x*\n    outer+0x")
{
	sl_go(outer, NULL);
	sl_chan_recv(NULL, NULL);
}

TEST_FATAL(the_initial_g_has_a_backtrace,
           "G 1 [test, *s] (the initial G), started as run_g:\n*"
           "    inner+0x*\n    the_initial_g_has_a_backtrace+0x*\n    run_g+0x")
{
	inner();
	STAY();
}

static void join_what_waits(void *arg)
{
	struct sl_task t;

	sl_fork(&t, wait_for_ever, arg);
	sl_yield();
	sl_join(&t);
}

/* The task may have become a G, or its G may have called it. */
TEST_FATAL(a_task_has_a_backtrace, "wait_for_ever+0x")
{
	sl_wg_add(&wg, 1);
	sl_go(join_what_waits, NULL);
	sl_chan_recv(NULL, NULL);
}

static struct sl_mutex mutex;
static struct sl_rwmutex rw;
static struct sl_cond cond;
static struct sl_once once;
static struct sl_chan *chan;

static void lock_it(void *arg) { (void)arg; sl_mutex_lock(&mutex); }
static void read_lock_it(void *arg) { (void)arg; sl_rwmutex_rlock(&rw); }
static void write_lock_it(void *arg) { (void)arg; sl_rwmutex_lock(&rw); }
static void send_it(void *arg) { (void)arg; sl_chan_send(chan, NULL); }
static void send_nowhere(void *arg) { (void)arg; sl_chan_send(NULL, NULL); }
static void do_it(void *arg) { (void)arg; sl_once_do(&once, wait_for_ever, NULL); }

static void receive_it(void *arg)
{
	struct sl_chan *other = sl_chan_make(0, 0);

	(void)arg;
	sl_chan_recv(other, NULL);
	sl_chan_free(other);
}

static void select_it(void *arg)
{
	struct sl_case k = { .c = chan, .op = SL_SEND };

	(void)arg;
	sl_select(&k, 1, true);
}

static void await_it(void *arg)
{
	struct sl_mutex own = { 0 };

	(void)arg;
	sl_mutex_lock(&own);
	sl_cond_wait(&cond, &own);
}

static const struct { void (*fn)(void *); const char *reason, *name; } waits[] = {
	{ wait_for_ever, "WaitGroup wait", "wait_for_ever" },
	{ lock_it, "mutex", "lock_it" },
	{ read_lock_it, "rwmutex read", "read_lock_it" },
	{ write_lock_it, "mutex", "write_lock_it" },
	{ await_it, "condition", "await_it" },
	{ send_it, "chan send", "send_it" },
	{ receive_it, "chan receive", "receive_it" },
	{ send_nowhere, "chan send (NULL channel)", "send_nowhere" },
	{ select_it, "select", "select_it" },
	{ do_it, "WaitGroup wait", "do_it" },
	{ do_it, "once", "do_it" },
	{ join_what_waits, "join", "join_what_waits" },
};
enum { WAITS = sizeof waits / sizeof waits[0] };

static void wait_in_every_way(void *arg)
{
	chan = sl_chan_make(0, 0);
	sl_wg_add(&wg, 1);
	sl_mutex_lock(&mutex);
	sl_rwmutex_lock(&rw);
	for (int i = 0; i < WAITS; i++) {
		sl_go(waits[i].fn, arg);
		sl_sleep(1000000);
	}
	inner();
}

/* The report's length is that of twelve Gs. */
static void read_all(int fd, char *out, size_t size)
{
	size_t n = 0;
	ssize_t r;

	while (n < size - 1 && (r = read(fd, out + n, size - 1 - n)) > 0)
		n += (size_t)r;
	out[n] = '\0';
}

CONFORM_TEST(a_deadlock_says_why_each_g_waits, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	struct sl_config cfg = { .procs = conform.procs };
	static char out[32 << 10];
	int fd[2], status, gs = 0;
	pid_t pid;

	check(pipe(fd) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		dup2(fd[1], STDERR_FILENO);
		sl_run(&cfg, wait_in_every_way, NULL);
		_exit(0);
	}
	close(fd[1]);
	read_all(fd[0], out, sizeof out);
	check(waitpid(pid, &status, 0) == pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	fputs(out, stderr);
	for (int i = 0; i < WAITS; i++) {
		char reason[64], started[64];
		bool said = false;

		snprintf(reason, sizeof reason, " [%s, ", waits[i].reason);
		snprintf(started, sizeof started, "], started as %s:\n", waits[i].name);
		for (char *at = out; !said && (at = strstr(at, reason)); at++)
			said = strncmp(strchr(at, ']'), started, strlen(started)) == 0;
		check(said);
	}
	for (char *at = out; (at = strstr(at, "\nG ")); at++)
		gs++;
	/* And the initial one, and the task that is joined. */
	check(gs >= WAITS + 1 && gs <= WAITS + 2);
}

static void deadlock_late(void *arg)
{
	sl_sleep(*(int64_t *)arg);
	sl_wg_add(&wg, 1);
	wait_for_ever(NULL);
}

static _Noreturn void deadlock_after(int64_t ns)
{
	struct sl_config cfg = { .procs = conform.procs };

	sl_run(&cfg, deadlock_late, &ns);
	_exit(0);
}

#define DEADLOCKS 5

/* The time from each of some processes' deadlocks to its end, in another phase of
 * whatever looks for them; the longest. */
static int64_t time_deadlocks(void)
{
	int64_t start = sl_now(), worst = 0;
	pid_t pid[DEADLOCKS];

	for (int i = 0; i < DEADLOCKS; i++) {
		pid[i] = fork();
		check(pid[i] >= 0);
		if (pid[i] == 0)
			deadlock_after(i * 30000000);
	}
	/* They end one after the other. */
	for (int i = 0; i < DEADLOCKS; i++) {
		int64_t took;
		int status;

		check(waitpid(pid[i], &status, 0) == pid[i]);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 2);
		took = sl_now() - start - i * 30000000;
		worst = took > worst ? took : worst;
	}
	return worst;
}

CONFORM_TEST(a_deadlock_is_reported_within_a_second, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	/* A sanitizer has work of its own at a process's end. */
	int64_t limit = 1000000000ll * (conform_timely() ? 1 : 10), others = conform_others();
	int64_t took = time_deadlocks();

	for (int tries = 0; took > limit && tries < 3; tries++)
		took = time_deadlocks();
	conform_timed(took <= limit, others);
}

/* ---- Leaks ------------------------------------------------------------- */

static void sleep_long(void *arg)
{
	(void)arg;
	sl_sleep(INT64_C(3600000000000));
}

static void leak_some(void *arg)
{
	wg = (struct sl_wg){ 0 };      /* the last run may have abandoned Gs that used it */
	sl_wg_add(&wg, 1);
	sl_go(sleep_long, NULL);
	sl_go(wait_for_ever, NULL);
	sl_go(wait_for_ever, NULL);
	if (arg)
		sl_go(join_what_waits, NULL);
	do
		sl_sleep(10000000);
	while (sl_gcount() < (arg ? 6 : 4));
}

static void leave_nothing(void *arg)
{
	(void)arg;
}

/* What a run says on standard error. */
static void run_and_listen(void (*fn)(void *), void *arg, char *out, size_t size)
{
	struct sl_config cfg = { .procs = conform.procs };
	int fd[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	check(pipe(fd) == 0);
	dup2(fd[1], STDERR_FILENO);
	close(fd[1]);
	conform_run(&cfg, fn, arg);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(fd[0], out, size - 1);
	check(n >= 0);
	out[n] = '\0';
	close(fd[0]);
}

TEST_BARE(leaked_gs_are_counted_by_name)
{
	char out[1024];

	run_and_listen(leak_some, NULL, out, sizeof out);
	check(strcmp(out, "schedlab: 3 Gs were still live when the initial G returned: "
	                  "2 x wait_for_ever, 1 x sleep_long\n") == 0);
	run_and_listen(leave_nothing, NULL, out, sizeof out);
	check(*out == '\0');
	/* The same once more: the account begins anew.  And a task by its own name. */
	run_and_listen(leak_some, out, out, sizeof out);
	check(strstr(out, ": 5 Gs were still live when the initial G returned: "
	                  "3 x wait_for_ever, 1 x "));
	check(strstr(out, "1 x sleep_long") && strstr(out, "1 x join_what_waits"));
}

/* ---- What Gs share at the end ------------------------------------------- */

static _Atomic int found = 42;

static void look_later(void *there)
{
	int64_t until = sl_now() + 20000000;

	while (sl_now() < until)
		;
	found = *(volatile int *)there;
}

static void lend_and_yield(void *arg)
{
	/* The C library keeps the foot of a thread's stack, and gives back the rest. */
	volatile int mine[16 << 10] = { [0] = 42 };

	sl_go(look_later, (void *)mine);
	for (;;)
		sl_yield();
	(void)arg;
}

static void leak_a_lender(void *arg)
{
	sl_go(lend_and_yield, arg);
	sl_sleep(5000000);
}

/* A G that is told to end leaves its stack to those that it has lent something of it. */
TEST_BARE(a_stack_stays_while_others_run)
{
	struct sl_config cfg = { .procs = conform.procs, .stack_size = 256 << 10 };

	check(sl_run(&cfg, leak_a_lender, NULL) == 0);
	check(found == 42);
}

static void say_done(void *arg)
{
	(void)arg;
	sl_wg_done(&wg);
}

static void wait_for_some(void *arg)
{
	for (int i = 0; i < 4; i++) {
		sl_wg_add(&wg, 1);
		sl_go(say_done, arg);
		sl_wg_go(&wg, leave_nothing, arg);
	}
	sl_wg_wait(&wg);
}

/* Those that have only to return are given the time for it. */
TEST_BARE(who_has_said_done_is_no_leak)
{
	char out[1024];

	for (int i = 0; i < conform_n(300, 10000); i++) {
		run_and_listen(wait_for_some, NULL, out, sizeof out);
		if (*out)
			fprintf(stderr, "heard: %s", out);
		check(*out == '\0');
	}
}

#define KIND(n) static void kind##n(void *arg) { wait_for_ever(arg); STAY(); }
KIND(0) KIND(1) KIND(2) KIND(3) KIND(4) KIND(5) KIND(6) KIND(7) KIND(8) KIND(9)

static void leak_many_kinds(void *arg)
{
	static void (*const kind[])(void *) = {
		kind0, kind1, kind2, kind3, kind4, kind5, kind6, kind7, kind8, kind9,
	};

	(void)arg;
	wg = (struct sl_wg){ 0 };      /* the last run may have abandoned Gs that used it */
	sl_wg_add(&wg, 1);
	for (int i = 0; i < 10; i++)
		for (int j = 0; j <= i; j++)
			sl_go(kind[i], NULL);
}

TEST_BARE(rare_kinds_of_leaks_are_counted_together)
{
	int n = 0, total, named, kind, others;
	char out[1024], *at;

	run_and_listen(leak_many_kinds, NULL, out, sizeof out);
	check(sscanf(out, "schedlab: %d Gs were", &total) == 1 && total == 55);
	at = strstr(out, "returned: ");
	check(at);
	for (at += strlen("returned: "); sscanf(at, "%d x kind%d", &named, &kind) == 2;
	     at = strchr(at, ',') + 2) {
		check(named == kind + 1);
		n += named;
	}
	check(sscanf(at, "%d x others", &others) == 1 && n + others == 55);
}

static void leak_one(void *arg)
{
	sl_wg_add(&wg, 1);
	sl_go(wait_for_ever, arg);
}

CONFORM_TEST(leaks_can_be_fatal, "1 G was still live when the initial G returned: 1 x wait_for_ever\n",
             CONFORM_BARE)
{
	struct sl_config cfg = { .procs = conform.procs };

	setenv("SCHEDLAB_LEAKS", "fatal", 1);
	check(sl_run(&cfg, leak_one, NULL) == 0);
}

/* ---- Stack overflow ---------------------------------------------------- */

static int __attribute__((noinline)) recurse(int n)
{
	volatile char frame[200];

	frame[0] = (char)n;
	return n < 0 ? 0 : recurse(n + 1) + frame[0];
}

static void overflow(void *arg)
{
	(void)arg;
	check(recurse(0) != 0);
}

TEST_FATAL(a_stack_overflow_names_the_g,
           "fatal error: stack overflow in G *, started as overflow: *\n    recurse+0x*\n    recurse+0x*\n    ...")
{
	sl_wg_add(&wg, 1);
	sl_go(overflow, NULL);
	sl_wg_wait(&wg);
}

TEST_FATAL(a_stack_overflow_of_the_initial_g, "fatal error: stack overflow in G 1, started as run_g: ")
{
	overflow(NULL);
}

/* ---- Other faults, and what was there before ---------------------------- */

static void fault(void *arg)
{
	volatile int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	*nowhere = 1;
}

static void say_mine(int sig)
{
	static const char words[] = "fatal error: the program's own handler\n";

	(void)sig;
	if (write(STDERR_FILENO, words, sizeof words - 1) > 0)
		_exit(2);
}

CONFORM_TEST(other_faults_go_to_the_programs_handler, "fatal error: the program's own handler", CONFORM_BARE)
{
	struct sl_config cfg = { .procs = conform.procs };
	struct sigaction mine = { .sa_handler = say_mine };

	check(sigaction(SIGSEGV, &mine, NULL) == 0);
	sl_run(&cfg, fault, NULL);
}

TEST_BARE(other_faults_are_what_they_were)
{
	struct sl_config cfg = { .procs = conform.procs };
	int status;
	pid_t pid;

	if (SL_ASAN || SL_TSAN)
		conform_skip("the sanitizer has a handler of its own");
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		sl_run(&cfg, fault, NULL);
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* A run takes the thread's alternate stack and the signal, and gives them back. */
TEST_BARE(a_run_leaves_signal_handling_as_it_was)
{
	static char mine[64 << 10];
	struct sigaction before = { .sa_handler = say_mine }, after;
	stack_t stack = { .ss_sp = mine, .ss_size = sizeof mine }, now;
	struct sl_config cfg = { .procs = conform.procs };

	check(sigaction(SIGSEGV, &before, NULL) == 0);
	check(sigaltstack(&stack, &now) == 0);
	check(sl_run(&cfg, leave_nothing, NULL) == 0);
	check(sigaction(SIGSEGV, NULL, &after) == 0 && after.sa_handler == say_mine);
	check(sigaltstack(&now, &stack) == 0 && stack.ss_sp == mine);
}

/* ---- How small a stack may be ------------------------------------------- */

static _Atomic int handled;       /* by several threads at once */

static void handle(int sig)
{
	(void)sig;
	handled++;
}

static void take_signal(void *arg)
{
	(void)arg;
	raise(SIGUSR1);
	sl_wg_done(&wg);
}

static void start_on_small_stacks(void *arg)
{
	sl_wg_add(&wg, 10);
	for (int i = 0; i < 10; i++)
		sl_go(take_signal, arg);
	sl_wg_wait(&wg);
}

/* The least that is accepted holds a signal's frame; what holds none is not. */
TEST_BARE(a_stack_too_small_for_the_machine_is_refused)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct sl_config cfg = { .procs = conform.procs };
	struct sigaction a = { .sa_handler = handle };
	int err;

	cfg.stack_size = page + sl__signal_frame();
	check(sl_run(&cfg, start_on_small_stacks, NULL) == -EINVAL);
	if (SL_ASAN || SL_TSAN)
		conform_skip("the sanitizer's own frames need more");
	check(sigaction(SIGUSR1, &a, NULL) == 0);
	do
		cfg.stack_size += 512;
	while ((err = sl_run(&cfg, start_on_small_stacks, NULL)) == -EINVAL);
	check(err == 0 && handled == 10);
}
