/* SPDX-License-Identifier: Apache-2.0
 *
 * A child that does all that a library could which was led astray.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "topo/limited.h"

/* Beside a load, a second of the processor may take many. */
static struct limits limits = { .cpu_s = 1, .wall_s = 60, .memory = (size_t)256 << 20, .output = 1 << 20 };

static void say(int fd, void *arg)
{
	fputs("to nobody\n", stderr);
	fflush(stderr);
	if (write(fd, arg, strlen(arg)) < 0)
		_exit(3);
}

static void loop(int fd, void *arg)
{
	(void)fd;
	(void)arg;
	for (volatile int i = 0;; i++)
		;
}

static void hang(int fd, void *arg)
{
	(void)fd;
	(void)arg;
	for (;;)
		pause();
}

static void talk(int fd, void *arg)
{
	static const char text[4096];

	(void)arg;
	while (write(fd, text, sizeof text) > 0)
		;
}

static void take_memory(int fd, void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++)
		if (!malloc((size_t)1 << 20)) {
			say(fd, "no more");
			return;
		}
}

static void die(int fd, void *arg)
{
	say(fd, "half");
	signal(*(int *)arg, SIG_DFL);
	raise(*(int *)arg);
}

static void leave(int fd, void *arg)
{
	(void)fd;
	_exit(*(int *)arg);
}

static int run(void (*work)(int, void *), void *arg, char **data, struct err *e)
{
	size_t n;
	int rc = limited_run(work, arg, &limits, "--input x", data, &n, e);

	if (!rc) {
		*data = realloc(*data, n + 1);
		(*data)[n] = '\0';
	} else {
		assert_null(*data);
	}
	/* Nobody is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return rc;
}

static void assert_fails(void (*work)(int, void *), void *arg, int rc, const char *sentence)
{
	struct err e = { "" };
	char *data;

	assert_int_equal(run(work, arg, &data, &e), rc);
	assert_string_equal(e.msg, sentence);
}

static void what_it_writes_comes_back(void **state)
{
	char *data, *much = malloc(1 << 20);
	struct err e;

	(void)state;
	assert_int_equal(run(say, "a word", &data, &e), 0);
	assert_string_equal(data, "a word");
	free(data);
	assert_int_equal(run(say, "", &data, &e), 0);
	assert_string_equal(data, "");
	free(data);
	memset(much, 'x', 1 << 20);
	much[(1 << 20) - 1] = '\0';
	assert_int_equal(run(say, much, &data, &e), 0);
	assert_string_equal(data, much);
	free(data);
	free(much);
}

static void its_time_is_limited(void **state)
{
	(void)state;
	assert_fails(loop, NULL, -ETIMEDOUT, "--input x: reading it takes more than 1 s");
	limits.wall_s = 1;
	assert_fails(hang, NULL, -ETIMEDOUT, "--input x: reading it takes more than 1 s");
	limits.wall_s = 60;
}

static void so_are_its_words_and_its_memory(void **state)
{
	struct err e;
	char *data;

	(void)state;
	assert_fails(talk, NULL, -EFBIG, "--input x: there is no end of what it says");
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
	assert_int_equal(run(take_memory, NULL, &data, &e), 0);
	assert_string_equal(data, "no more");
	free(data);
#else
	(void)e;
	(void)data;
	(void)take_memory;
#endif
}

static void its_death_is_told(void **state)
{
	int segv = SIGSEGV, abrt = SIGABRT, kill = SIGKILL, one = 1;

	(void)state;
	assert_fails(die, &segv, -EINVAL, "--input x: the library that reads it fell over it (SIGSEGV)");
	assert_fails(die, &abrt, -EINVAL, "--input x: the library that reads it fell over it (SIGABRT)");
	assert_fails(die, &kill, -EINVAL, "--input x: the library that reads it fell over it (SIGKILL)");
	assert_fails(leave, &one, -EINVAL, "--input x: the library that reads it fell over it");
}

/* As a shell's 2>&- leaves it: the pipe may get their numbers. */
static void closed_descriptors_are_no_matter(void **state)
{
	int saved[3], rc;
	struct err e;
	char *data;

	(void)state;
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 3; i++)
		saved[i] = dup(i);
	for (int i = 0; i < 3; i++)
		close(i);
	rc = run(say, "a word", &data, &e);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	assert_int_equal(rc, 0);
	assert_string_equal(data, "a word");
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_writes_comes_back),
		cmocka_unit_test(its_time_is_limited),
		cmocka_unit_test(so_are_its_words_and_its_memory),
		cmocka_unit_test(its_death_is_told),
		cmocka_unit_test(closed_descriptors_are_no_matter),
	};

	return cmocka_run_group_tests_name("limited", tests, NULL, NULL);
}
