/* SPDX-License-Identifier: Apache-2.0
 *
 * fd_test.h: what the tests of descriptors share.
 */
#ifndef FD_TEST_H
#define FD_TEST_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "conform/conform.h"
#include "shared/thread.h"

#define MS INT64_C(1000000)

static struct sl_wg wg;

static inline void make_pipe(int fd[2])
{
	check(pipe2(fd, O_CLOEXEC) == 0);
}

static inline void make_pair(int fd[2])
{
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
}

static inline void close_both(const int fd[2])
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

static inline void run_beside(void *arg)
{
	struct beside *b = arg;

	b->begun = true;
	b->fn(b);
	b->ended = true;
	sl_wg_done(&wg);
}

static inline void beside(struct beside *b, void (*fn)(struct beside *), int fd)
{
	*b = (struct beside){ .fn = fn, .fd = fd };
	sl_wg_add(&wg, 1);
	sl_go(run_beside, b);
}

/* Until it has begun, and most likely waits. */
static inline void settle(struct beside *b)
{
	while (!b->begun)
		sl_yield();
	sl_sleep(2 * MS);
	check(!b->ended);
}

/* Do all threads but the caller's sleep? */
static inline bool others_sleep(void)
{
	bool sleep = true;
	struct dirent *d;
	DIR *dir = opendir("/proc/self/task");

	while (dir && sleep && (d = readdir(dir)))
		if (d->d_name[0] != '.' && atoi(d->d_name) != gettid())
			sleep = sl__thread_sleeps(atoi(d->d_name), 0, true);
	if (dir)
		closedir(dir);
	return sleep;
}

/* Beside other processes a thread may not have come to where it waits for long. */
static inline void until_others_sleep(void)
{
	for (int i = 0; i < 1000 && !others_sleep(); i++)
		sl_sleep(MS);
}

static inline void read_one(struct beside *b)
{
	char c;

	b->r = sl_read(b->fd, &c, 1);
	b->t = sl_now();
}

/* More than any pipe holds, with a byte's place in it for its value. */
#define LONG_WRITE (3 << 20)

static inline unsigned char pattern(size_t i)
{
	return (unsigned char)(i ^ i >> 8 ^ i >> 16);
}

static inline void write_much(struct beside *b)
{
	unsigned char *data = malloc(LONG_WRITE);

	for (size_t i = 0; i < LONG_WRITE; i++)
		data[i] = pattern(i);
	b->r = sl_write(b->fd, data, LONG_WRITE);
	free(data);
}

static struct sockaddr_in address;
static int listener;

static inline void listen_on_loopback(void)
{
	socklen_t len = sizeof address;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address = (struct sockaddr_in){ .sin_family = AF_INET,
	                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	check(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
	check(listen(listener, 128) == 0);
	check(getsockname(listener, (struct sockaddr *)&address, &len) == 0);
}

#endif
