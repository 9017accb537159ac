/* SPDX-License-Identifier: Apache-2.0
 *
 * fd_shared_test.c: descriptors of files that others have too, or may have: they are as
 * they were afterwards, and nobody else notices.  And the runtime's own descriptors,
 * which nobody is to meet.
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

#include "shared/wait/fd_test.h"

#define INHERITED 9

/* ---- Files that are shared ---------------------------------------------- */

static void make_pty(int fd[2])
{
	struct termios raw;

	fd[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd[0] < 0)
		conform_skip("no pseudo-terminals here");
	check(grantpt(fd[0]) == 0 && unlockpt(fd[0]) == 0);
	fd[1] = open(ptsname(fd[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
	check(fd[1] >= 0 && tcgetattr(fd[1], &raw) == 0);
	cfmakeraw(&raw);
	check(tcsetattr(fd[1], TCSANOW, &raw) == 0);
}

/* Which has a name, and no RWF_NOWAIT. */
static void make_fifo(int fd[2])
{
	char path[] = "/tmp/schedlab-fd-test-XXXXXX", name[sizeof path + 2];

	check(mkdtemp(path));
	snprintf(name, sizeof name, "%s/f", path);
	check(mkfifo(name, 0600) == 0);
	fd[0] = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fd[1] = open(name, O_WRONLY | O_CLOEXEC);
	check(fd[0] >= 0 && fd[1] >= 0 && fcntl(fd[0], F_SETFL, O_RDONLY) == 0);
	check(unlink(name) == 0 && rmdir(path) == 0);
}

/* Two of our own keep off the numbers that the tests use. */
static void keep_off(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		int old = fd[i];

		fd[i] = fcntl(old, F_DUPFD_CLOEXEC, INHERITED + 1);
		check(fd[i] > INHERITED && close(old) == 0);
	}
}

static void (*const make[])(int fd[2]) = { make_pipe, make_pair, make_fifo, make_pty };

enum { KINDS = sizeof make / sizeof *make };

static bool blocks(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	check(flags >= 0);
	return !(flags & O_NONBLOCK);
}

static _Atomic bool over;
static _Atomic int turns;

static void take_turns(struct beside *b)
{
	while (!over) {
		turns++;
		sl_yield();
	}
	b->r = 0;
}

/* The reader is 0, or 1 of a terminal, whose other end is the master's. */
TEST(fd_what_is_shared_stays_blocking)
{
	for (int kind = 0; kind < KINDS; kind++) {
		int fd[2], in, out;
		struct beside reader, others;

		make[kind](fd);
		keep_off(fd);
		in = make[kind] == make_pty ? fd[1] : fd[0];
		out = make[kind] == make_pty ? fd[0] : fd[1];
		check(dup2(in, 0) == 0 && dup2(out, 1) == 1);
		over = false;
		turns = 0;
		beside(&others, take_turns, -1);
		beside(&reader, read_one, 0);
		settle(&reader);
		/* It waits, and keeps nobody else from running. */
		for (int before = turns; turns < before + 10;)
			sl_yield();
		check(blocks(in) && blocks(out));
		check(sl_write(1, "x", 1) == 1);
		over = true;
		sl_wg_wait(&wg);
		check(reader.r == 1);
		check(sl_wait_fd(0, POLLIN, sl_now() + MS) == -ETIMEDOUT);
		check(blocks(in) && blocks(out));
		check(sl_close(0) == 0 && sl_close(1) == 0);
		check(blocks(in) && blocks(out));
		close_both(fd);
	}
}

/* The shell's cat: it expects to block, and to write all. */
static void *drain(void *arg)
{
	struct beside *b = arg;
	unsigned char part[3000];

	while (b->t < LONG_WRITE) {
		ssize_t n = read(b->fd, part, sizeof part);

		check(n > 0);
		for (ssize_t i = 0; i < n; i++)
			check(part[i] == pattern((size_t)(b->t + i)));
		b->t += n;
	}
	return NULL;
}

TEST(fd_what_is_written_to_a_shared_file_arrives)
{
	for (int kind = 0; kind < KINDS; kind++) {
		struct beside b, end = { 0 };
		pthread_t reader;
		int fd[2];

		make[kind](fd);
		keep_off(fd);
		check(dup2(fd[1], 1) == 1);
		end.fd = fd[0];
		check(pthread_create(&reader, NULL, drain, &end) == 0);
		beside(&b, write_much, 1);
		sl_wg_wait(&wg);
		check(b.r == LONG_WRITE && blocks(fd[1]));
		check(pthread_join(reader, NULL) == 0);
		check(sl_close(1) == 0);
		close_both(fd);
	}
}

/* Both ends in one process, where a call that blocks would stop both for good; the
 * terminal's may. */
TEST(fd_both_ends_of_a_shared_file)
{
	for (int kind = 0; kind < KINDS; kind++) {
		unsigned char part[3000];
		struct beside b;
		size_t got = 0;
		int fd[2];

		if (make[kind] == make_pty)
			continue;
		make[kind](fd);
		keep_off(fd);
		check(dup2(fd[0], 0) == 0 && dup2(fd[1], 1) == 1);
		beside(&b, write_much, 1);
		while (got < LONG_WRITE) {
			ssize_t n = sl_read(0, part, sizeof part);

			check(n > 0);
			for (ssize_t j = 0; j < n; j++)
				check(part[j] == pattern(got + (size_t)j));
			got += (size_t)n;
		}
		sl_wg_wait(&wg);
		check(b.r == LONG_WRITE && blocks(fd[0]) && blocks(fd[1]));
		check(sl_close(0) == 0 && sl_close(1) == 0);
		close_both(fd);
	}
}

static void accept_one(struct beside *b)
{
	b->r = sl_accept(b->fd, NULL, NULL);
}

/* As inetd starts a server. */
TEST(fd_a_shared_listener_stays_blocking)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct beside b;

	listen_on_loopback();
	check(dup2(listener, 0) == 0);
	beside(&b, accept_one, 0);
	settle(&b);
	check(sl_connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	sl_wg_wait(&wg);
	check(b.r >= 0 && blocks(listener));
	check(sl_close((int)b.r) == 0 && sl_close(fd) == 0);
	check(sl_close(0) == 0 && sl_close(listener) == 0);
}

/* Any of them; a duplicate too, but not a file that comes after it. */
static void use_inherited(void *arg)
{
	int again = dup(INHERITED), fd[2];
	struct beside b;

	(void)arg;
	beside(&b, read_one, again);
	settle(&b);
	check(write(INHERITED, "x", 1) == 1 && blocks(INHERITED));
	sl_wg_wait(&wg);
	check(b.r == 1);
	check(sl_fd(INHERITED) == 0 && blocks(INHERITED));
	check(sl_close(again) == 0 && sl_close(INHERITED) == 0);
	make_pair(fd);
	check(dup2(fd[0], INHERITED) == INHERITED && sl_fd(INHERITED) == 0);
	check(blocks(INHERITED) == conform_can("threads"));
	check(sl_close(INHERITED) == 0);
	close_both(fd);
}

TEST_BARE(fd_what_the_process_was_started_with_stays_blocking)
{
	struct sl_config cfg = { .procs = conform.procs };
	char procs[16];
	int status;
	pid_t pid;

	if (getenv("CONFORM_INHERITED")) {
		check(sl_run(&cfg, use_inherited, NULL) == 0);
		return;
	}
	if (getenv("CONFORM_PATIENCE"))
		conform_skip("an emulated program cannot start itself");
	snprintf(procs, sizeof procs, "%d", conform.procs);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		int fd[2];

		/* What is written comes back. */
		check(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
		if (fork() == 0) {
			char c;

			close(fd[0]);
			while (read(fd[1], &c, 1) == 1)
				check(write(fd[1], &c, 1) == 1);
			_exit(0);
		}
		close(fd[1]);
		check(dup2(fd[0], INHERITED) == INHERITED);
		setenv("CONFORM_INHERITED", "1", 1);
		execl("/proc/self/exe", "conform", "-p", procs,
		      "fd_what_the_process_was_started_with_stays_blocking", (char *)NULL);
		_exit(127);
	}
	check(waitpid(pid, &status, 0) == pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- The runtime's own ---------------------------------------------------- */

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void wait_and_write(void *arg)
{
	struct beside b;
	int64_t cpu;
	int fd[2];

	(void)arg;
	make_pipe(fd);
	keep_off(fd);
	beside(&b, read_one, fd[0]);
	sl_sleep(2 * MS);
	/* What the runtime opens is moved off at once. */
	until_others_sleep();
	/* What a program does that knows nothing of its being closed. */
	for (int i = 0; i < 2; i++)
		check(fcntl(i, F_GETFD) == -1 && write(i, "12345678", 8) == -1);
	cpu = cpu_ns();
	sl_sleep(60 * MS);
	cpu = cpu_ns() - cpu;
	check(cpu < 20 * MS || SL_TSAN || SL_ASAN);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(b.r == 1);
	close_both(fd);
}

TEST_BARE(fd_the_runtime_keeps_off_0_to_2)
{
	struct sl_config cfg = { .procs = conform.procs };

	close(0);
	close(1);
	check(sl_run(&cfg, wait_and_write, NULL) == 0);
	check(fcntl(0, F_GETFD) == -1 && fcntl(1, F_GETFD) == -1);
}
