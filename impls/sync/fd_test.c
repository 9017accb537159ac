/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/un.h>

#include "conform.h"

#define MS INT64_C(1000000)

static struct sl_wg wg;

static void make_pipe(int fd[2])
{
	check(pipe2(fd, O_CLOEXEC) == 0);
}

static void make_pair(int fd[2])
{
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
}

static void close_both(const int fd[2])
{
	check(sl_close(fd[0]) == 0);
	check(sl_close(fd[1]) == 0);
}

/* Runs fn beside the caller, and says when it has ended. */
struct beside {
	void (*fn)(struct beside *);
	int fd;
	ssize_t r;
	int64_t t;
	_Atomic bool begun, ended;
};

static void run_beside(void *arg)
{
	struct beside *b = arg;

	b->begun = true;
	b->fn(b);
	b->ended = true;
	sl_wg_done(&wg);
}

static void beside(struct beside *b, void (*fn)(struct beside *), int fd)
{
	*b = (struct beside){ .fn = fn, .fd = fd };
	sl_wg_add(&wg, 1);
	sl_go(run_beside, b);
}

/* Until it has begun, and most likely waits. */
static void settle(struct beside *b)
{
	while (!b->begun)
		sl_yield();
	sl_sleep(2 * MS);
	check(!b->ended);
}

static void read_one(struct beside *b)
{
	char c;

	b->r = sl_read(b->fd, &c, 1);
	b->t = sl_now();
}

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

/* More than any pipe holds, with a byte's place in it for its value. */
#define LONG_WRITE (3 << 20)

static unsigned char pattern(size_t i)
{
	return (unsigned char)(i ^ i >> 8 ^ i >> 16);
}

static void write_much(struct beside *b)
{
	unsigned char *data = malloc(LONG_WRITE);

	for (size_t i = 0; i < LONG_WRITE; i++)
		data[i] = pattern(i);
	b->r = sl_write(b->fd, data, LONG_WRITE);
	free(data);
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
	int n = conform_n(3000, 300000), pairs[4][2];
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

static struct sockaddr_in address;
static int listener;

static void listen_on_loopback(void)
{
	socklen_t len = sizeof address;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address = (struct sockaddr_in){ .sin_family = AF_INET,
	                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	check(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
	check(listen(listener, 128) == 0);
	check(getsockname(listener, (struct sockaddr *)&address, &len) == 0);
}

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

/* ---- Closing ----------------------------------------------------------- */

static void accept_one(struct beside *b)
{
	b->r = sl_accept(b->fd, NULL, NULL);
}

static void wait_readable(struct beside *b)
{
	b->r = sl_wait_fd(b->fd, POLLIN, 0);
}

static void wait_timed(struct beside *b)
{
	b->r = sl_wait_fd(b->fd, POLLIN, sl_now() + 60000 * MS);
}

TEST(fd_closed_while_gs_wait)
{
	void (*const waits[])(struct beside *) = { read_one, wait_readable, wait_timed };
	struct beside b[6], writer;
	int fd[2];

	for (int round = 0; round < 5; round++) {
		make_pair(fd);
		for (int i = 0; i < 6; i++)
			beside(&b[i], waits[i % 3], fd[0]);
		beside(&writer, write_much, fd[0]);
		for (int i = 0; i < 6; i++)
			settle(&b[i]);
		check(sl_wait_fd(fd[1], POLLIN, 0) == 0);
		settle(&writer);
		check(sl_close(fd[0]) == 0);
		sl_wg_wait(&wg);
		for (int i = 0; i < 6; i++)
			check(b[i].r == -EBADF);
		check(writer.r > 0 && writer.r < LONG_WRITE);
		check(sl_close(fd[0]) == -EBADF);
		check(sl_close(fd[1]) == 0);
	}
	listen_on_loopback();
	beside(&b[0], accept_one, listener);
	settle(&b[0]);
	check(sl_close(listener) == 0);
	sl_wg_wait(&wg);
	check(b[0].r == -EBADF);
}

/* The close comes at any moment of the reader's loop: before, in and after the
 * system call.  Nobody is left behind, and nobody gets the next file's byte. */
static void read_until_closed(struct beside *b)
{
	char c;

	while ((b->r = sl_read(b->fd, &c, 1)) == 1)
		check(c == 'a');
}

TEST(fd_number_used_again_at_once)
{
	for (int i = 0, n = conform_n(300, 30000); i < n; i++) {
		struct beside b, next;
		int old[2], new[2];

		make_pipe(old);
		beside(&b, read_until_closed, old[0]);
		check(sl_write(old[1], "aaaa", 4) == 4);
		while (!b.begun)
			sl_yield();
		if (i % 4 == 0)
			sl_sleep(random_below(200000));
		check(sl_close(old[0]) == 0);
		/* Only between the two system calls of a reader that has not
		 * reached the first yet would the new file be its own. */
		sl_wg_wait(&wg);
		check(b.r == -EBADF);
		make_pipe(new);
		check(new[0] == old[0]);
		beside(&next, read_one, new[0]);
		if (i % 2)
			sl_yield();
		check(sl_write(new[1], "b", 1) == 1);
		sl_wg_wait(&wg);
		check(next.r == 1);
		check(sl_wait_fd(new[0], POLLIN, sl_now() + 1000) == -ETIMEDOUT);
		check(sl_close(old[1]) == 0);
		close_both(new);
	}
}

/* A waiting G has -EBADF, even though the number is a new file's by the time it
 * runs again; events of the old file, which a duplicate keeps, do not reach it. */
TEST(fd_a_waiter_does_not_go_over_to_the_next_file)
{
	int late = 0;

	for (int i = 0; i < 100; i++) {
		struct beside b, next;
		int old[2], new[2], duplicate;

		make_pair(old);
		beside(&b, read_one, old[0]);
		while (!b.begun)
			sl_yield();
		sl_sleep(200000);
		duplicate = dup(old[0]);
		check(sl_close(old[0]) == 0);
		make_pair(new);
		check(new[0] == old[0]);
		check(sl_write(new[1], "n", 1) == 1);
		sl_wg_wait(&wg);
		/* Unless it had not even begun to read. */
		check(b.r == -EBADF || b.r == 1);
		late += b.r == 1;
		if (b.r != 1)
			check(sl_read(new[0], &(char){ 0 }, 1) == 1);
		beside(&next, wait_timed, new[0]);
		check(sl_write(old[1], "o", 1) == 1);
		sl_sleep(200000);
		check(!next.ended);
		check(sl_write(new[1], "n", 1) == 1);
		sl_wg_wait(&wg);
		check(next.r == 0);
		check(sl_close(duplicate) == 0);
		check(sl_close(old[1]) == 0);
		close_both(new);
	}
	check(late < 50);
}

/* ---- Deadlines --------------------------------------------------------- */

TEST(fd_wait_until_a_deadline)
{
	int64_t t = sl_now();
	struct beside b;
	int fd[2];

	make_pair(fd);
	check(sl_wait_fd(fd[0], POLLIN, t + 10 * MS) == -ETIMEDOUT);
	check(sl_now() >= t + 10 * MS);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_wait_fd(fd[0], POLLOUT, 1) == 0);
	check(sl_wait_fd(fd[0], POLLIN | POLLOUT, 0) == 0);
	beside(&b, wait_timed, fd[0]);
	settle(&b);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(b.r == 0);
	/* So near that it may pass on the way to the wait. */
	for (int i = 0; i < 3000; i++)
		check(sl_wait_fd(fd[1], POLLIN, sl_now() + random_below(3000)) == -ETIMEDOUT);
	/* It is a level: ready until it is read. */
	check(sl_wait_fd(fd[0], POLLIN, 0) == 0);
	check(sl_wait_fd(fd[0], POLLIN, 1) == 0);
	check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_wait_fd(fd[0], 0, 0) == -EINVAL);
	check(sl_wait_fd(fd[0], POLLHUP, 0) == -EINVAL);
	close_both(fd);
	check(sl_wait_fd(fd[0], POLLIN, 0) == -EBADF);
}

static void write_soon(struct beside *b)
{
	int64_t until = b->t;

	while (sl_now() < until)
		sl_yield();
	b->r = sl_write(b->fd, "x", 1);
}

/* The byte and the deadline come together: one of them wakes, once, and the
 * byte is there. */
TEST(fd_deadline_against_event)
{
	int n = conform_n(500, 50000), fd[2], late = 0;

	make_pipe(fd);
	for (int i = 0; i < n; i++) {
		int64_t when = sl_now() + 200000 + random_below(100000);
		struct beside b = { .fn = write_soon, .fd = fd[1],
		                    .t = when - 150000 + random_below(300000) };
		int r;

		sl_wg_add(&wg, 1);
		sl_go(run_beside, &b);
		r = sl_wait_fd(fd[0], POLLIN, when);
		check(r == 0 || (r == -ETIMEDOUT && sl_now() >= when));
		late += r != 0;
		check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
		sl_wg_wait(&wg);
	}
	/* Else nothing was tried. */
	check(late > 0 && late < n);
	close_both(fd);
}

/* Time-outs in all places of the heap, taken out from all of them. */
static void wait_random(struct beside *b)
{
	for (int i = 0; i < 20; i++) {
		int64_t when = sl_now() + (random_below(2) ? 60000 * MS : MS + random_below(4 * MS));
		int r = sl_wait_fd(b->fd, POLLIN, when);

		check(r == 0 || (r == -ETIMEDOUT && sl_now() >= when));
		/* Nobody else reads here. */
		if (r == 0)
			check(sl_read(b->fd, &(char){ 0 }, 1) == 1);
	}
}

static void sleep_in_order(struct beside *b)
{
	for (int i = 0; i < 10; i++) {
		int64_t when = sl_now() + random_below(4 * MS);

		sl_sleep(when - sl_now());
		check(sl_now() >= when);
	}
	b->r = 0;
}

TEST(fd_many_deadlines)
{
	enum { N = 50, FAR = 16 };
	static struct beside b[N], s[N], far[FAR];
	int fd[N][2], quiet[FAR][2];

	/* An entry that gets stuck below one of these stays there. */
	for (int i = 0; i < FAR; i++) {
		make_pipe(quiet[i]);
		beside(&far[i], wait_timed, quiet[i][0]);
	}
	for (int i = 0; i < N; i++) {
		make_pipe(fd[i]);
		beside(&b[i], wait_random, fd[i][0]);
		beside(&s[i], sleep_in_order, -1);
	}
	for (bool all = false; !all;) {
		all = true;
		for (int i = 0; i < N; i++) {
			all = all && b[i].ended && s[i].ended;
			if (!b[i].ended && random_below(4) == 0)
				check(sl_write(fd[i][1], "x", 1) == 1);
		}
		sl_sleep(MS / 2);
	}
	for (int i = 0; i < FAR; i++)
		close_both(quiet[i]);
	sl_wg_wait(&wg);
	for (int i = 0; i < N; i++)
		close_both(fd[i]);
	for (int i = 0; i < FAR; i++)
		check(far[i].r == -EBADF);
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

/* Where Gs change threads in a wait, only a call that does not wait keeps it. */
TEST(fd_errno_is_left_alone)
{
	bool stays = !conform_can("parallel") || conform_can("threads");
	int fd[2];

	make_pair(fd);
	errno = 1234;
	check(sl_fd(fd[0]) == 0);
	check(sl_read(-1, NULL, 0) == -EBADF);
	check(sl_read(1 << 19, NULL, 0) == -EBADF);
	check(sl_fd(1 << 19) == -EBADF);
	check(sl_close(1 << 19) == -EBADF);
	check(sl_accept(fd[0], NULL, NULL) == -EINVAL);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_write(fd[1], "x", 1) == 1);
	check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
	check(errno == 1234);
	check(sl_wait_fd(fd[0], POLLIN, sl_now() + MS) == -ETIMEDOUT);
	check(!stays || errno == 1234);
	errno = 1234;
	close_both(fd);
	check(errno == 1234);
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
	for (end = sl_now() + conform_n(200, 5000) * MS; sl_now() < end;) {
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
	check(ticks > 10);
	check(sl_close(listener) == 0);
}

/* ---- Waiting costs nothing, and is no deadlock ------------------------- */

static int from_outside[2];

/* Another process is to write: that nothing here can is what matters. */
static void write_later(int ms)
{
	pid_t pid;

	make_pipe(from_outside);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000l }, NULL);
		_exit(write(from_outside[1], "x", 1) != 1);
	}
	check(sl_close(from_outside[1]) == 0);
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void return_at_once(struct beside *b)
{
	b->r = 0;
}

TEST(fd_waiting_burns_no_processor)
{
	struct beside b, c;
	int64_t cpu, t;

	write_later(300);
	beside(&b, read_one, from_outside[0]);
	/* Who waits for the descriptor is called away now and then. */
	for (int i = 0; i < 3; i++) {
		sl_sleep(3 * MS);
		beside(&c, return_at_once, -1);
		for (t = sl_now(); sl_now() < t + MS;)
			;
		while (!c.ended)
			sl_yield();
	}
	cpu = cpu_ns();
	t = sl_now();
	sl_wg_wait(&wg);
	cpu = cpu_ns() - cpu;
	check(b.r == 1);
	check(sl_now() - t > 200 * MS);
	check(cpu < 30 * MS || SL_TSAN || SL_ASAN);
	check(sl_close(from_outside[0]) == 0);
}

TEST(fd_a_waiting_g_is_no_deadlock)
{
	struct beside b;

	write_later(1200);
	beside(&b, read_one, from_outside[0]);
	sl_wg_wait(&wg);
	check(b.r == 1);
	check(sl_close(from_outside[0]) == 0);
}

/* The waits are over, and must not hide it; nor may a descriptor that is open. */
TEST_FATAL(fd_a_deadlock_beside_is_found, "WaitGroup wait")
{
	struct beside b;
	int fd[2];

	make_pipe(fd);
	beside(&b, read_one, fd[0]);
	settle(&b);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(sl_wait_fd(fd[0], POLLIN, sl_now() + MS) == -ETIMEDOUT);
	sl_wg_add(&wg, 1);
	sl_wg_wait(&wg);
}

/* ---- Beside busy Gs ---------------------------------------------------- */

static _Atomic bool over;

static void spin_politely(struct beside *b)
{
	while (!over)
		sl_yield();
	b->r = 0;
}

TEST(fd_events_are_seen_beside_busy_gs)
{
	struct beside hogs[8];

	for (int i = 0; i < conform.procs && i < 8; i++)
		beside(&hogs[i], spin_politely, -1);
	for (int i = 0; i < 5; i++) {
		write_later(20);
		check(sl_read(from_outside[0], &(char){ 0 }, 1) == 1);
		check(sl_close(from_outside[0]) == 0);
	}
	over = true;
	sl_wg_wait(&wg);
}

/* This G never lets go, so only another P, and idle so far, can see the event. */
TEST(fd_an_event_beside_a_hog_is_seen)
{
	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	for (int i = 0; i < 20; i++) {
		struct beside b, c;
		int fd[2], gd[2];

		make_pipe(fd);
		make_pipe(gd);
		beside(&b, read_one, fd[0]);
		beside(&c, read_one, gd[0]);
		/* Mostly everybody is asleep by then; sometimes on the way. */
		sl_sleep(i % 2 ? 3 * MS : random_below(100000) + 1);
		while (!b.begun || !c.begun)
			sl_yield();
		check(write(fd[1], "x", 1) == 1);
		while (!b.ended)
			;
		check(write(gd[1], "x", 1) == 1);
		while (!c.ended)
			;
		sl_wg_wait(&wg);
		close_both(fd);
		close_both(gd);
	}
}

/* ---- The end of a run -------------------------------------------------- */

static void read_for_ever(void *arg)
{
	char c;

	sl_read((int)(intptr_t)arg, &c, 1);
	check(!"woken");
}

static void use_and_leave(void *arg)
{
	int *fd = arg;
	int own[2];

	make_pair(own);
	check(sl_write(own[0], "x", 1) == 1);
	check(sl_read(own[1], &(char){ 0 }, 1) == 1);
	check(sl_wait_fd(own[1], POLLIN, sl_now() + 1000) == -ETIMEDOUT);
	close_both(own);
	/* One that waits is dropped with the run. */
	sl_go(read_for_ever, (void *)(intptr_t)fd[0]);
	sl_yield();
	if (random_below(2))
		sl_sleep(MS);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

TEST_BARE(fd_runs_leave_no_descriptor)
{
	struct sl_config cfg = { .procs = conform.procs };
	int fd[2], before;

	make_pipe(fd);
	before = open_descriptors();
	for (int i = 0, n = conform_n(50, 1000); i < n; i++) {
		check(sl_run(&cfg, use_and_leave, fd) == 0);
		check(open_descriptors() == before);
	}
}
