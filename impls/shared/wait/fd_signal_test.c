/* SPDX-License-Identifier: Apache-2.0
 *
 * fd_signal_test.c: closing a descriptor that others wait on, in programs that block
 * signals or handle them.  Where a G is a thread, a signal gets it out of its call.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "shared/wait/fd_test.h"

static void set_mask(bool all)
{
	sigset_t set;

	if (all)
		sigfillset(&set);
	else
		sigemptyset(&set);
	check(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0);
}

static void close_under_a_reader(void *arg)
{
	struct beside b;
	int fd[2];

	(void)arg;
	make_pipe(fd);
	beside(&b, read_one, fd[0]);
	settle(&b);
	/* A reader that others keep from its PU would read what is opened next, if only by the
	 * scheduler. */
	until_others_sleep();
	check(sl_close(fd[0]) == 0);
	sl_wg_wait(&wg);
	check(b.r == -EBADF);
	close(fd[1]);
}

/* As a program that has one thread to wait for them. */
TEST_BARE(fd_close_in_a_program_that_blocks_all_signals)
{
	struct sl_config cfg = { .procs = conform.procs };
	sigset_t after;

	set_mask(true);
	check(sl_run(&cfg, close_under_a_reader, NULL) == 0);
	check(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
	check(sigismember(&after, SIGURG) == 1 && sigismember(&after, SIGTERM) == 1);
}

static void read_one_without_signals(struct beside *b)
{
	set_mask(true);
	read_one(b);
	set_mask(false);
}

/* It may stay in its call, but holds nobody up; and what is opened next is not its own. */
TEST(fd_close_under_a_g_that_blocks_all_signals)
{
	struct beside b;
	int fd[2], other[2];

	if (SL_TSAN && conform_can("threads"))
		conform_skip("ThreadSanitizer takes the number's next use for a race with the call that sleeps");
	make_pipe(fd);
	beside(&b, read_one_without_signals, fd[0]);
	settle(&b);
	until_others_sleep();           /* as above */
	check(sl_close(fd[0]) == 0);
	make_pipe(other);
	check(other[0] == fd[0]);
	check(write(other[1], "y", 1) == 1);
	sl_sleep(5 * MS);
	close(fd[1]);
	sl_wg_wait(&wg);
	/* Or the end of the pipe, if it stayed. */
	check(b.r == -EBADF || b.r == 0);
	close_both(other);
}

/* ---- What is not meant ----------------------------------------------------- */

static _Atomic bool read_it, over;
static _Atomic int fd_to_read;

/* The read ends by itself, about when the other closes. */
static void read_and_sleep(void *arg)
{
	(void)arg;
	while (!over) {
		char c;
		ssize_t r;

		while (!read_it && !over)
			sl_yield();
		if (over)
			break;
		r = sl_read(fd_to_read, &c, 1);
		/* A call of its own, which nobody closes anything under. */
		check(nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL) == 0);
		check(r == 1 || r == -EBADF);
		read_it = false;
	}
	sl_wg_done(&wg);
}

TEST(fd_close_interrupts_no_other_call)
{
	int64_t enough = conform_enough(), others = conform_others();
	int rounds = 0, most = conform_n(3000, 100000);

	sl_wg_add(&wg, 1);
	sl_go(read_and_sleep, NULL);
	for (; rounds < most && sl_now() < enough; rounds++) {
		int fd[2];

		make_pipe(fd);
		/* Who reads too late must not find what the first use opens there. */
		check(sl_fd(fd[0]) == 0);
		fd_to_read = fd[0];
		read_it = true;
		for (uint32_t n = random_below(4); n > 0; n--)
			sl_yield();
		check(write(fd[1], "x", 1) == 1);
		for (int64_t until = sl_now() + random_below(80000); sl_now() < until; )
			;
		check(sl_close(fd[0]) == 0);
		while (read_it)
			sl_yield();
		close(fd[1]);
	}
	over = true;
	sl_wg_wait(&wg);
	conform_timed(rounds == most, others);
}

static _Atomic int urgent;

static void on_urgent(int sig)
{
	(void)sig;
	urgent++;
}

static void close_some(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++)
		close_under_a_reader(NULL);
	check(urgent == 0);
	check(kill(getpid(), SIGURG) == 0);
	while (urgent == 0)
		sl_sleep(MS);
	check(urgent == 1);
}

TEST_BARE(fd_close_leaves_the_programs_handler_its_signals)
{
	struct sl_config cfg = { .procs = conform.procs };
	struct sigaction a = { .sa_handler = on_urgent }, now;

	check(sigaction(SIGURG, &a, NULL) == 0);
	check(sl_run(&cfg, close_some, NULL) == 0);
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent);
	check(urgent == 1);
}

/* One that the program sets meanwhile stays: ours is not put back in its place. */
static void set_a_handler(void *arg)
{
	struct sigaction a = { .sa_handler = on_urgent };

	close_under_a_reader(arg);
	check(sigaction(SIGURG, &a, NULL) == 0);
}

TEST_BARE(fd_close_leaves_a_handler_that_the_program_sets)
{
	struct sl_config cfg = { .procs = conform.procs };
	struct sigaction now;

	check(sl_run(&cfg, set_a_handler, NULL) == 0);
	check(sigaction(SIGURG, NULL, &now) == 0 && now.sa_handler == on_urgent);
}
