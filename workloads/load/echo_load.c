/* SPDX-License-Identifier: Apache-2.0
 *
 * echo_load.c: the clients of echo with a rate, as a program of its own: build/echo-load.
 * Requests come when they are due, whatever became of those before (an open loop), and
 * a request's latency counts from then: what a late answer holds up is charged to it, not
 * forgotten (coordinated omission).  One thread sends and receives, with no scheduler of
 * ours, the same program for every back end and for Go.
 *
 * When each request of an iteration is due is drawn at the start, from the seed: as a
 * Poisson process of the given rate on all connections together, each of which gets
 * equally many.
 *
 * What it takes itself it reports beside the latencies: how late it sent, what they
 * would be from when it sent, and its share of a processor.  SCHEDLAB_SPARE_PUS (2,3)
 * has PUs that it may use and the cell does not; it runs there, and never sleeps while
 * requests are under way.  Without one it runs on the cell's, all of SCHEDLAB_CELL_PUS,
 * and sleeps until a request is due or an answer comes.
 *
 *     echo-load PORT CONNECTIONS REQUESTS RATE SEED
 *
 * REQUESTS are those on each connection in an iteration.  On standard input, "w" asks for
 * an iteration that warms up and "t" for one that counts; its end is the program's.  On
 * standard output each iteration is a line of numbers:
 *
 *     CHECKSUM P50 P90 P99 P999 MAX SAMPLES SENT_P50 SENT_P99 SENT_P999
 *     LATE_P50 LATE_P99 LATE_MAX CPU_PERMILLE SHARES
 *
 * the sum of the messages that came back as they were sent, in this iteration alone;
 * and of all that counted: latencies from when they were due, from when they were sent,
 * and how late that was, in ns; its CPU time by the wall clock's; and 1 if it runs on
 * the cell's PUs.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lcg.h"
#include "load/echo_load.h"

#define HEAD_START_NS 100000    /* from being told to the first request's time */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void message_of(uint64_t x, uint64_t message[WORDS])
{
	for (int word = 0; word < WORDS; word++)
		message[word] = x + (uint64_t)word;
}

static void want_out(struct connection *c, bool out)
{
	struct epoll_event ev = { .events = out ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c };

	if (c->wants_out == out)
		return;
	c->wants_out = out;
	if (epoll_ctl(load.epoll, EPOLL_CTL_MOD, c->fd, &ev) < 0)
		fail("cannot poll: %s", strerror(errno));
}

/* The cell is gone, and has said why, or was killed. */
static _Noreturn void the_end(void)
{
	exit(0);
}

/* All that is due, as far as the socket has room. */
static void send_due(struct connection *c)
{
	while (c->sent < c->due) {
		int64_t at = now_ns() - load.start;
		uint64_t message[WORDS];
		ssize_t n;

		message_of(lcg_next(c->next_out), message);
		n = send(c->fd, (char *)message + c->out_done, SIZE - c->out_done, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			the_end();
		if (c->out_done == 0)
			c->sent_ns[c->sent] = at;
		c->out_done += (size_t)n;
		if (c->out_done < SIZE)
			continue;
		c->out_done = 0;
		c->next_out = lcg_next(c->next_out);
		c->sent++;
	}
	want_out(c, c->sent < c->due);
}

static void answered(struct connection *c, int64_t now)
{
	uint64_t message[WORDS];

	c->next_in = lcg_next(c->next_in);
	message_of(c->next_in, message);
	if (!memcmp(message, c->in, SIZE))
		load.checksum += c->next_in;
	if (load.timed) {
		int64_t at = now - load.start, due = c->due_ns[c->answered], sent = c->sent_ns[c->answered];

		hist_add(&load.latency, at - due);
		hist_add(&load.from_sent, at - sent);
		hist_add(&load.late, sent - due);
	}
	c->answered++;
	load.answered++;
}

static void receive(struct connection *c)
{
	char buf[64 * SIZE];
	ssize_t n = read(c->fd, buf, sizeof buf);
	int64_t now = now_ns();

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		the_end();
	for (ssize_t i = 0; i < n; i++) {
		if (c->answered == c->sent)
			fail("the server answers what it was not asked");
		c->in[c->in_done++] = buf[i];
		if (c->in_done < SIZE)
			continue;
		c->in_done = 0;
		answered(c, now);
	}
}

/* Until something comes, or the deadline if it is not 0; with a processor of its own it
 * only looks. */
static void poll_until(int64_t deadline)
{
	struct epoll_event ev[64];
	int n;

	if (load.shares) {
		struct pollfd fds[] = { { .fd = load.epoll, .events = POLLIN }, { .fd = 0 } };
		int64_t left = deadline ? deadline - now_ns() : 0;
		struct timespec ts = { 0, 0 };

		if (left > 0)
			ts = (struct timespec){ left / 1000000000, left % 1000000000 };
		if (ppoll(fds, 2, deadline ? &ts : NULL, NULL) > 0 && fds[1].revents)
			the_end();
	}
	n = epoll_wait(load.epoll, ev, 64, 0);
	for (int i = 0; i < n; i++) {
		struct connection *c = ev[i].data.ptr;

		if (ev[i].events & ~(uint32_t)EPOLLOUT)
			receive(c);
		if (ev[i].events & EPOLLOUT)
			send_due(c);
	}
}

static void iterate(void)
{
	int64_t cpu = cpu_ns(), next = 0;

	for (int64_t i = 0; i < load.connections; i++) {
		struct connection *c = &load.connection[i];

		c->next_out = c->next_in = c->first;
		c->due = c->sent = c->answered = 0;
	}
	load.checksum = 0;
	load.answered = 0;
	load.start = now_ns() + HEAD_START_NS;
	while (load.answered < load.all) {
		int64_t at = now_ns() - load.start;

		for (; next < load.all && load.due_ns[next] <= at; next++) {
			struct connection *c = &load.connection[load.owner[next]];

			c->due++;
			if (!c->wants_out)
				send_due(c);
		}
		poll_until(next < load.all ? load.start + load.due_ns[next] : 0);
	}
	if (load.timed) {
		load.wall_ns += now_ns() - load.start + HEAD_START_NS;
		load.cpu_ns += cpu_ns() - cpu;
	}
}

static void report(void)
{
	const struct hist *l = &load.latency, *sent = &load.from_sent, *late = &load.late;
	const int64_t said[] = {
		hist_quantile(l, 500), hist_quantile(l, 900), hist_quantile(l, 990), hist_quantile(l, 999),
		l->max, l->count,
		hist_quantile(sent, 500), hist_quantile(sent, 990), hist_quantile(sent, 999),
		hist_quantile(late, 500), hist_quantile(late, 990), late->max,
		load.wall_ns ? 1000 * load.cpu_ns / load.wall_ns : 0, load.shares,
	};

	printf("%" PRIu64, load.checksum);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		printf(" %" PRId64, said[i]);
	putchar('\n');
	if (fflush(stdout) != 0)
		the_end();
}

int main(int argc, char **argv)
{
	char what;

	if (argc != 6) {
		fputs("echo-load: it is started by the cells of echo, with a port and four numbers\n", stderr);
		return 2;
	}
	set_up(argv);
	while (read(0, &what, 1) == 1) {
		load.timed = what == 't';
		iterate();
		report();
	}
	return 0;
}
