/* SPDX-License-Identifier: Apache-2.0
 *
 * fd_test.c: what comes through descriptors.  How they are waited for, and closed
 * meanwhile, is in fd_wait_test.c.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/un.h>

#include "shared/wait/fd_test.h"

/* ---- Data -------------------------------------------------------------- */

TEST(fd_a_blocked_reader_is_woken)
{
	struct beside b;
	int fd[2];

	for (int i = 0; i < 20; i++) {
		i % 2 ? make_pipe(fd) : make_pair(fd);
		beside(&b, read_one, fd[0]);
		settle(&b);
		check(sl_write(fd[1], "x", 1) == 1);
		sl_wg_wait(&wg);
		check(b.r == 1);
		close_both(fd);
	}
}

TEST(fd_a_write_goes_on_until_all_is_written)
{
	unsigned char part[10000];
	struct beside b;
	int fd[2];

	for (int i = 0; i < 2; i++) {
		size_t got = 0;

		i ? make_pipe(fd) : make_pair(fd);
		beside(&b, write_much, fd[1]);
		while (got < LONG_WRITE) {
			ssize_t n = sl_read(fd[0], part, sizeof part);

			check(n > 0);
			for (ssize_t j = 0; j < n; j++)
				check(part[j] == pattern(got + (size_t)j));
			got += (size_t)n;
			jitter();
		}
		sl_wg_wait(&wg);
		check(b.r == LONG_WRITE);
		close_both(fd);
	}
}

static void hang_up(struct beside *b)
{
	sl_sleep(2 * MS);
	sl_close(b->fd);
}

TEST(fd_the_other_end_closed_is_the_end)
{
	struct beside b;
	int fd[2];
	char c;

	for (int i = 0; i < 10; i++) {
		i % 2 ? make_pipe(fd) : make_pair(fd);
		beside(&b, hang_up, fd[1]);
		check(sl_read(fd[0], &c, 1) == 0);
		sl_wg_wait(&wg);
		check(sl_close(fd[0]) == 0);
	}
}

/* Two Gs in turn, never with more than a byte under way: each read finds
 * nothing, most of the time just as the byte comes. */
static void answer(struct beside *b)
{
	char c;

	while (sl_read(b->fd, &c, 1) == 1)
		check(sl_write(b->fd, &c, 1) == 1);
}

TEST(fd_no_wake_up_is_lost)
{
	int n = conform_n(1000, 300000), pairs[4][2];
	struct beside b[4];
	char c;

	for (int i = 0; i < 4; i++) {
		make_pair(pairs[i]);
		beside(&b[i], answer, pairs[i][1]);
	}
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < 4; j++)
			check(sl_write(pairs[j][0], "x", 1) == 1);
		for (int j = 0; j < 4; j++)
			check(sl_read(pairs[j][0], &c, 1) == 1);
	}
	for (int i = 0; i < 4; i++)
		check(sl_close(pairs[i][0]) == 0);
	sl_wg_wait(&wg);
	for (int i = 0; i < 4; i++)
		check(sl_close(pairs[i][1]) == 0);
}

/* Many readers of one descriptor: every byte finds one, also those that came
 * together and made one event. */
static _Atomic int bytes;

static void read_bytes(struct beside *b)
{
	char c;

	while (sl_read(b->fd, &c, 1) == 1) {
		bytes++;
		if (random_below(4) == 0)
			sl_yield();
	}
}

TEST(fd_many_readers_of_one)
{
	struct beside b[8];
	int fd[2], sent = 0;

	make_pipe(fd);
	for (int i = 0; i < 8; i++)
		beside(&b[i], read_bytes, fd[0]);
	for (int i = 0; i < 200; i++) {
		int n = 1 + (int)random_below(16);

		check(sl_write(fd[1], "0123456789abcdef", (size_t)n) == n);
		sent += n;
		jitter();
	}
	while (bytes < sent)
		sl_sleep(MS / 10);
	check(sl_close(fd[1]) == 0);
	sl_wg_wait(&wg);
	check(bytes == sent);
	check(sl_close(fd[0]) == 0);
}

/* A reader and a writer of one socket wait side by side. */
TEST(fd_both_directions_at_once)
{
	unsigned char part[10000];
	struct beside reader, writer;
	size_t got = 0;
	int fd[2];

	make_pair(fd);
	beside(&reader, read_one, fd[0]);
	beside(&writer, write_much, fd[0]);
	settle(&reader);
	settle(&writer);
	while (got < LONG_WRITE) {
		ssize_t n = sl_read(fd[1], part, sizeof part);

		check(n > 0);
		got += (size_t)n;
	}
	while (!writer.ended)
		sl_yield();
	check(writer.r == LONG_WRITE && !reader.ended);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(reader.r == 1);
	close_both(fd);
}

/* ---- TCP --------------------------------------------------------------- */

static void echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char buf[512];
	ssize_t n;

	while ((n = sl_read(fd, buf, sizeof buf)) > 0)
		check(sl_write(fd, buf, (size_t)n) == n);
	check(n == 0);
	check(sl_close(fd) == 0);
	sl_wg_done(&wg);
}

static void serve(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg; i++) {
		struct sockaddr_in peer;
		socklen_t len = sizeof peer;
		int fd = sl_accept(listener, (struct sockaddr *)&peer, &len);

		check(fd >= 0 && len == sizeof peer);
		check(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
		check(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		sl_go(echo, (void *)(intptr_t)fd);
	}
	sl_wg_done(&wg);
}

static void talk(void *arg)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char out[512], in[512];

	if ((intptr_t)arg % 2)
		check(sl_fd(fd) == 0);
	check(sl_connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	for (int i = 0; i < 20; i++) {
		size_t got = 0, n = 1 + random_below(sizeof out);

		memset(out, (int)(intptr_t)arg + i, n);
		check(sl_write(fd, out, n) == (ssize_t)n);
		while (got < n) {
			ssize_t r = sl_read(fd, in + got, n - got);

			check(r > 0);
			got += (size_t)r;
		}
		check(memcmp(in, out, n) == 0);
		jitter();
	}
	check(sl_close(fd) == 0);
	sl_wg_done(&wg);
}

TEST(fd_echo_over_64_connections)
{
	listen_on_loopback();
	sl_wg_add(&wg, 1 + 2 * 64);
	sl_go(serve, (void *)64);
	for (intptr_t i = 0; i < 64; i++)
		sl_go(talk, (void *)i);
	sl_wg_wait(&wg);
	check(sl_close(listener) == 0);
}

TEST(fd_connect_refused)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	listen_on_loopback();
	check(sl_close(listener) == 0);
	check(sl_fd(fd) == 0);
	check(sl_connect(fd, (struct sockaddr *)&address, sizeof address) == -ECONNREFUSED);
	check(sl_close(fd) == 0);
}

static void accept_two(struct beside *b)
{
	sl_sleep(5 * MS);
	for (int i = 0; i < 2; i++) {
		int fd = sl_accept(b->fd, NULL, NULL);

		check(fd >= 0 && sl_close(fd) == 0);
	}
}

/* A local listener's full queue is no error, but worth waiting for. */
TEST(fd_connect_to_a_full_queue)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd[2];
	struct beside b;

	snprintf(un.sun_path + 1, sizeof un.sun_path - 1, "schedlab-fd-test-%d", (int)getpid());
	check(bind(server, (struct sockaddr *)&un, sizeof un) == 0);
	check(listen(server, 0) == 0);
	beside(&b, accept_two, server);
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		check(sl_connect(fd[i], (struct sockaddr *)&un, sizeof un) == 0);
	}
	sl_wg_wait(&wg);
	close_both(fd);
	check(sl_close(server) == 0);
}

/* ---- What is left alone ------------------------------------------------ */

TEST(fd_regular_files)
{
	char path[] = "/tmp/schedlab-fd-test-XXXXXX", in[6] = "";
	int fd = mkstemp(path);

	check(fd >= 0 && unlink(path) == 0);
	check(sl_fd(fd) == 0);
	check(sl_write(fd, "hello", 5) == 5);
	check(lseek(fd, 0, SEEK_SET) == 0);
	check(sl_wait_fd(fd, POLLIN, 0) == 0);
	check(sl_read(fd, in, sizeof in) == 5 && strcmp(in, "hello") == 0);
	check(sl_read(fd, in, sizeof in) == 0);
	check(sl_close(fd) == 0);
}

/* The address of errno is a thread's, and would be kept over a wait if it were
 * inlined. */
static __attribute__((noinline)) int get_errno(void)
{
	return errno;
}

static __attribute__((noinline)) void set_errno(int e)
{
	errno = e;
}

/* Where Gs change threads in a wait, only a call that does not wait keeps it. */
TEST(fd_errno_is_left_alone)
{
	bool stays = !conform_can("parallel") || conform_can("threads");
	int fd[2];

	make_pair(fd);
	set_errno(1234);
	check(sl_fd(fd[0]) == 0);
	check(sl_read(-1, NULL, 0) == -EBADF);
	check(sl_read(1 << 19, NULL, 0) == -EBADF);
	check(sl_fd(1 << 19) == -EBADF);
	check(sl_close(1 << 19) == -EBADF);
	check(sl_accept(fd[0], NULL, NULL) == -EINVAL);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_write(fd[1], "x", 1) == 1);
	check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
	check(get_errno() == 1234);
	check(sl_wait_fd(fd[0], POLLIN, sl_now() + MS) == -ETIMEDOUT);
	check(!stays || get_errno() == 1234);
	set_errno(1234);
	close_both(fd);
	check(get_errno() == 1234);
}

static _Atomic int ticks;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

TEST(fd_eintr_never_surfaces)
{
	struct sigaction a = { .sa_handler = tick };
	struct itimerval ms = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	int64_t end;

	check(sigaction(SIGALRM, &a, NULL) == 0);
	listen_on_loopback();
	check(setitimer(ITIMER_REAL, &ms, NULL) == 0);
	for (end = sl_now() + conform_n(60, 5000) * MS; sl_now() < end || ticks <= 10;) {
		struct beside b;
		int fd[2];
		int64_t when;

		sl_wg_add(&wg, 3);
		sl_go(serve, (void *)1);
		sl_go(talk, NULL);
		sl_wg_wait(&wg);
		make_pipe(fd);
		beside(&b, write_much, fd[1]);
		sl_sleep(3 * MS);
		for (size_t got = 0; got < LONG_WRITE;) {
			static char part[65536];
			ssize_t n = sl_read(fd[0], part, sizeof part);

			check(n > 0);
			got += (size_t)n;
		}
		sl_wg_wait(&wg);
		check(b.r == LONG_WRITE);
		beside(&b, read_one, fd[0]);
		sl_sleep(3 * MS);
		check(sl_write(fd[1], "x", 1) == 1);
		sl_wg_wait(&wg);
		check(b.r == 1);
		when = sl_now() + 3 * MS;
		check(sl_wait_fd(fd[0], POLLIN, when) == -ETIMEDOUT && sl_now() >= when);
		close_both(fd);
	}
	check(setitimer(ITIMER_REAL, &off, NULL) == 0);
	check(sl_close(listener) == 0);
}
