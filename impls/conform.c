/* SPDX-License-Identifier: Apache-2.0
 *
 * conform.c: runs the conformance tests of one back end and prints TAP.
 *
 *     build/conform-NAME [-p P] [-s] [-n TIMES] [TEST...]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "conform.h"

#define SKIPPED 77
#define FAILED  1
#define OUTPUT  8192

struct conform conform = { .procs = 1 };

static struct conform_test *tests;
static int time_limit = 10;             /* seconds */

void conform_register(struct conform_test *t)
{
	struct conform_test **end = &tests;

	while (*end)
		end = &(*end)->next;
	*end = t;
}

void conform_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	_exit(FAILED);
}

void conform_skip(const char *why)
{
	fprintf(stderr, "%s\n", why);
	_exit(SKIPPED);
}

int conform_n(int fast, int slow)
{
	return conform.slow ? slow : fast;
}

bool conform_can(const char *cap)
{
	return strstr(SL_CAPS, cap) != NULL;
}

int conform_live(int n)
{
	int max = conform_can("threads") ? 1000 : SL_TSAN ? 4000 : n;

	return n < max ? n : max;
}

uint32_t random_below(uint32_t n)
{
	static uint32_t state = 1;
	/* A lost update makes the sequence no less random. */
	uint32_t x = __atomic_add_fetch(&state, 0x9e3779b9u, __ATOMIC_RELAXED);

	x ^= x >> 16;
	x *= 0x85ebca6bu;
	x ^= x >> 13;
	return x % n;
}

void jitter(void)
{
	uint32_t r = random_below(64);

	if (r < 16)
		sl_yield();
	else if (r == 16)
		sl_sleep(random_below(20000));
}

/* ---- One test, in the child -------------------------------------------- */

static void run_g(void *arg)
{
	struct conform_test *t = arg;

	t->fn(NULL);
	if (t->flags & CONFORM_LEAKS)
		return;
	/* A G that has signalled its end may still have a few steps to go. */
	for (int i = 0; sl_gcount() != 1 && i < 1000; i++)
		sl_sleep(1000000);
	check(sl_gcount() == 1);
}

static _Noreturn void child(struct conform_test *t)
{
	struct sl_config cfg = { .procs = conform.procs };

	if (t->flags & CONFORM_BARE)
		t->fn(NULL);
	else
		check(sl_run(&cfg, run_g, t) == 0);
	fflush(stdout);
	exit(t->fatal ? FAILED : 0);
}

/* ---- All tests, in the parent ------------------------------------------ */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Collects what the child says until it has ended or its time is up. */
static bool collect(int fd, char *out, size_t size)
{
	int64_t end = now_ms() + time_limit * 1000;
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - now_ms();
		char drop[512];
		ssize_t r;

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		r = n < size - 1 ? read(fd, out + n, size - 1 - n) : read(fd, drop, sizeof drop);
		if (r <= 0)
			break;
		if (n < size - 1)
			n += (size_t)r;
		out[n] = '\0';
	}
	return true;
}

static void print_indented(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("#   %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* Whether the parts of words, between its asterisks, are in text one after the
 * other. */
static bool says(const char *text, const char *words)
{
	char part[256];

	while (*words) {
		size_t n = strcspn(words, "*");

		snprintf(part, sizeof part, "%.*s", (int)n, words);
		text = strstr(text, part);
		if (!text)
			return false;
		text += n;
		words += n + (words[n] == '*');
	}
	return true;
}

/* NULL: passed; "": skipped; else what is wrong. */
static const char *verdict(const struct conform_test *t, int status, bool in_time,
                           const char *out)
{
	static char text[64];

	if (!in_time)
		return "does not end";
	if (WIFSIGNALED(status)) {
		snprintf(text, sizeof text, "killed by signal %d", WTERMSIG(status));
		return text;
	}
	status = WEXITSTATUS(status);
	if (status == SKIPPED)
		return "";
	if (t->fatal) {
		if (status == 2 && says(out, t->fatal))
			return NULL;
		snprintf(text, sizeof text, "status %d, wanted 2 and the words below", status);
		return text;
	}
	if (status == 0)
		return NULL;
	snprintf(text, sizeof text, "status %d", status);
	return text;
}

static int run_one(struct conform_test *t, int number)
{
	char out[OUTPUT] = "";
	const char *wrong;
	int fd[2], status;
	bool in_time;
	pid_t pid;

	fflush(stdout);
	if (pipe(fd) != 0 || (pid = fork()) < 0) {
		perror("conform");
		exit(2);
	}
	if (pid == 0) {
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		close(fd[0]);
		close(fd[1]);
		child(t);
	}
	close(fd[1]);
	in_time = collect(fd[0], out, sizeof out);
	if (!in_time)
		kill(pid, SIGKILL);
	close(fd[0]);
	waitpid(pid, &status, 0);
	wrong = verdict(t, status, in_time, out);
	if (wrong && *wrong == '\0') {
		out[strcspn(out, "\n")] = '\0';
		printf("ok %d - %s # SKIP %s\n", number, t->name, out);
		return 0;
	}
	printf("%sok %d - %s\n", wrong ? "not " : "", number, t->name);
	if (wrong) {
		printf("# %s: %s\n", t->file, wrong);
		if (t->fatal)
			printf("# wanted: %s\n", t->fatal);
		print_indented(out);
	}
	return wrong != NULL;
}

/* A test that nobody knows is a slip: to run none of them would look like success. */
static void check_names(char **names)
{
	for (; *names; names++) {
		struct conform_test *t = tests;

		while (t && strcmp(t->name, *names) != 0)
			t = t->next;
		if (!t) {
			fprintf(stderr, "conform: unknown test '%s'\n", *names);
			exit(2);
		}
	}
}

static bool selected(const struct conform_test *t, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strcmp(*names, t->name) == 0)
			return true;
	return false;
}

static int number(const char *text)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (end == text || *end || v < 1 || v > 1000000) {
		fprintf(stderr, "conform: %s is not a positive number\n", text);
		exit(2);
	}
	return (int)v;
}

int main(int argc, char **argv)
{
	int c, n = 0, failed = 0, times = 1;

	while ((c = getopt(argc, argv, "p:n:s")) != -1) {
		if (c == 'p') {
			conform.procs = number(optarg);
		} else if (c == 'n') {
			times = number(optarg);
		} else if (c == 's') {
			conform.slow = true;
			time_limit = 120;
		} else {
			fprintf(stderr, "usage: conform [-p P] [-s] [-n TIMES] [TEST...]\n");
			return 2;
		}
	}
	check_names(argv + optind);
	if (SL_TSAN || SL_ASAN || getenv("CONFORM_PATIENCE"))
		time_limit *= 6;
	while (times--)
		for (struct conform_test *t = tests; t; t = t->next)
			if (selected(t, argv + optind))
				failed += run_one(t, ++n);
	printf("1..%d\n", n);
	return failed ? 1 : 0;
}
