/* SPDX-License-Identifier: Apache-2.0
 *
 * Guards, for frames of every size; and the memory of stacks that are free.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "conform/conform.h"

static struct sl_wg wg, gate;

/* Nobody can tell what of an array is used. */
#define OPAQUE(array) __asm__ volatile("" : : "r"(array) : "memory")

/* ---- Large frames ------------------------------------------------------ */

/* Eight neighbours, whose stacks must stay as they are. */
static void keep(void *arg)
{
	char mine[2000];

	memset(mine, (int)(intptr_t)arg, sizeof mine);
	OPAQUE(mine);
	sl_wg_wait(&gate);
	for (size_t i = 0; i < sizeof mine; i++)
		if (mine[i] != (char)(intptr_t)arg)
			fprintf(stderr, "the stack of G %d is not what it was\n", (int)(intptr_t)arg);
	sl_wg_done(&wg);
}

/* As compilers make frames: one step down, and only part of it is written to. */
#define RECURSE(bytes) \
	static void __attribute__((noinline)) recurse_##bytes(int left) \
	{ \
		char frame[bytes]; \
		\
		frame[0] = (char)left; \
		OPAQUE(frame); \
		if (left > 1) \
			recurse_##bytes(left - 1); \
		OPAQUE(frame); \
	} \
	static void overflow_##bytes(void *arg) \
	{ \
		recurse_##bytes(200000 / (bytes)); \
		sl_wg_done(&wg); \
		(void)arg; \
	}

RECURSE(11000)
RECURSE(20000)
RECURSE(30000)

static void overflow_among_neighbours(void (*fn)(void *))
{
	sl_wg_add(&gate, 1);
	sl_wg_add(&wg, 9);
	for (intptr_t i = 1; i <= 4; i++)
		sl_go(keep, (void *)i);
	sl_go(fn, NULL);
	for (intptr_t i = 5; i <= 8; i++)
		sl_go(keep, (void *)i);
	for (int i = 0; i < 20; i++)
		sl_yield();
	sl_wg_done(&gate);
	sl_wg_wait(&wg);
}

TEST_FATAL(frames_of_11000_bytes_do_not_step_over_a_guard,
           "fatal error: stack overflow in G *, started as overflow_11000: its *")
{
	overflow_among_neighbours(overflow_11000);
}

TEST_FATAL(frames_of_20000_bytes_do_not_step_over_a_guard,
           "fatal error: stack overflow in G *, started as overflow_20000: its *")
{
	overflow_among_neighbours(overflow_20000);
}

TEST_FATAL(frames_of_30000_bytes_do_not_step_over_a_guard,
           "fatal error: stack overflow in G *, started as overflow_30000: its *")
{
	overflow_among_neighbours(overflow_30000);
}

/* The largest buffer that is usual does not fit, and is caught too. */
static void __attribute__((noinline)) copy_something(void *arg)
{
	char buf[64 << 10];

	buf[0] = 1;
	OPAQUE(buf);
	sl_wg_done(&wg);
	(void)arg;
}

TEST_FATAL(a_buffer_of_64_kib_is_caught,
           "fatal error: stack overflow in G *, started as copy_something: its *")
{
	if (SL_ASAN || SL_TSAN)
		conform_skip("with a sanitizer stacks are larger");
	overflow_among_neighbours(copy_something);
}

/* ---- Memory ------------------------------------------------------------ */

enum { MANY = 2000, USED = 10000 };    /* Gs, and bytes of each one's stack */

static int64_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long long pages = 0;

	check(f && fscanf(f, "%*d %lld", &pages) == 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static _Atomic int waiting;

static void use_and_wait(void *arg)
{
	char used[USED];

	memset(used, 1, sizeof used);
	OPAQUE(used);
	waiting++;
	sl_wg_wait(&gate);
	check(used[USED / 2] == 1);
	sl_wg_done(&wg);
	(void)arg;
}

/* What was resident while all were there. */
static int64_t many_come_and_go(int n)
{
	int64_t at_most;

	sl_wg_add(&gate, 1);
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++) {
		sl_go(use_and_wait, NULL);
		if (i % 100 == 0)
			sl_yield();
	}
	while (waiting < n)
		sl_yield();
	waiting = 0;
	at_most = resident();
	sl_wg_done(&gate);
	sl_wg_wait(&wg);
	return at_most;
}

static void check_returned(void (*meanwhile)(void))
{
	int64_t before = resident(), at_most, used;
	bool sanitized = SL_ASAN || SL_TSAN;
	int n = SL_TSAN ? 200 : conform_live(MANY);     /* each takes it 10 ms */

	if (conform_can("threads"))
		conform_skip("the C library keeps the stacks of threads");
	at_most = many_come_and_go(n);
	used = (int64_t)n * USED;
	check(at_most - before > used || sanitized);
	/* What sanitizers keep for themselves hides it; then it is enough that all are cold. */
	for (int i = 0; i < (sanitized ? 25 : 80) && at_most - resident() < used; i++)
		meanwhile();
	if (!sanitized)
		check(at_most - resident() >= used);
	/* They can be had again, as good as new. */
	many_come_and_go(n);
}

static void idle(void)
{
	sl_sleep(100000000);
}

static void work(void)
{
	int64_t until = sl_now() + 100000000;

	while (sl_now() < until)
		sl_yield();
}

TEST_WAITS(an_idle_program_returns_the_memory_of_stacks)
{
	check_returned(idle);
}

TEST(so_does_one_that_works)
{
	check_returned(work);
}

static void wait_for_input(void)
{
	static int fds[2];

	if (!fds[1])
		check(pipe(fds) == 0);
	check(sl_wait_fd(fds[0], POLLIN, sl_now() + 100000000) == -ETIMEDOUT);
}

TEST_WAITS(so_does_one_that_waits_for_a_descriptor)
{
	check_returned(wait_for_input);
}

TEST_FATAL(a_stack_that_was_cold_has_its_guard,
           "fatal error: stack overflow in G *, started as overflow_11000: its *")
{
	if (!conform_can("threads"))
		check_returned(idle);
	overflow_among_neighbours(overflow_11000);
}
