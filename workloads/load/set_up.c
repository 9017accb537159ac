/* SPDX-License-Identifier: Apache-2.0
 *
 * set_up.c: where echo-load runs, its connections, and when each request is due.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "lcg.h"
#include "load/echo_load.h"

struct echo_load load;

void fail(const char *fmt, ...)
{
	va_list ap;

	fputs("fatal error: echo-load: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static int64_t number(const char *text, int64_t min, int64_t max)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < min || v > max)
		fail("%.60s is no number from %" PRId64 " to %" PRId64, text, min, max);
	return v;
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		fail("out of memory");
	return p;
}

/* A random number below n, of the generator's high half. */
static int64_t below(uint64_t *x, int64_t n)
{
	*x = lcg_next(*x);
	return (int64_t)((*x >> 32) * (uint64_t)n >> 32);
}

static void draw(double rate, uint64_t x)
{
	double at = 0;

	for (int64_t i = 0; i < load.all; i++) {
		x = lcg_next(x);
		at -= log(((double)(x >> 32) + 1) / 4294967296.) * 1e9 / rate;
		load.due_ns[i] = (int64_t)at;
		load.owner[i] = (int32_t)(i % load.connections);
	}
	for (int64_t i = load.all - 1; i > 0; i--) {
		int64_t k = below(&x, i + 1);
		int32_t was = load.owner[i];

		load.owner[i] = load.owner[k];
		load.owner[k] = was;
	}
	for (int64_t i = 0; i < load.all; i++) {
		struct connection *c = &load.connection[load.owner[i]];

		c->due_ns[c->due++] = load.due_ns[i];
	}
}

static void connect_one(struct connection *c, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
	                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	const int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof at) < 0 ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
	    fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0)
		fail("cannot connect: %s", strerror(errno));
}

/* To the PUs that the variable names, if it names any. */
static bool move_to(const char *variable)
{
	const char *list = getenv(variable);
	size_t size = CPU_ALLOC_SIZE(65536);
	cpu_set_t *set = zeroed(1, size);
	bool moved = list && *list;

	for (char *end; list && *list; list = *end ? end + 1 : end) {
		unsigned long pu = strtoul(list, &end, 10);

		if (end == list || pu >= 65536)
			fail("%s is no list of processors such as 2,3", variable);
		CPU_SET_S(pu, size, set);
	}
	moved = moved && sched_setaffinity(0, size, set) == 0;
	free(set);
	return moved;
}

void set_up(char **argv)
{
	uint16_t port = (uint16_t)number(argv[1], 1, 65535);
	int64_t rate = number(argv[4], 1, INT64_MAX);
	uint64_t seed = (uint64_t)number(argv[5], 0, INT64_MAX), x = seed;

	load.connections = number(argv[2], 1, INT32_MAX);
	load.requests = number(argv[3], 1, INT32_MAX);
	load.all = load.connections * load.requests;
	load.connection = zeroed((size_t)load.connections, sizeof *load.connection);
	load.due_ns = zeroed((size_t)load.all, 3 * sizeof *load.due_ns);
	load.owner = zeroed((size_t)load.all, sizeof *load.owner);
	load.shares = !move_to("SCHEDLAB_SPARE_PUS");
	if (load.shares)
		move_to("SCHEDLAB_CELL_PUS");
	prctl(PR_SET_TIMERSLACK, 1);    /* where nobody has seen to it */
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.epoll < 0)
		fail("cannot poll: %s", strerror(errno));
	for (int64_t i = 0; i < load.connections; i++) {
		struct connection *c = &load.connection[i];

		c->first = x;
		x = lcg_jump(x, (uint64_t)load.requests);
		c->due_ns = load.due_ns + load.all + i * load.requests;
		c->sent_ns = c->due_ns + load.all;
		connect_one(c, port);
	}
	draw((double)rate, seed);
}
