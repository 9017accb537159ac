/* SPDX-License-Identifier: Apache-2.0
 *
 * echo: clients and servers, a G each, at the two ends of TCP connections over
 * the loopback.  A client sends a message and waits for its echo before it
 * sends the next: a closed loop, so there are never more requests under way
 * than connections, and a late answer delays its own successor alone.
 *
 * The connections are made by setup and kept, so that what is measured is
 * requests; the Gs are new in each iteration.  Latency is what a client sees,
 * from before the write to after the last byte read.
 */
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { CONNECTIONS, REQUESTS, RATE };

static const struct wl_param params[] = {
	{ "connections", 64, 1, 10000, "connections, a client and a server each" },
	{ "requests", 100, 1, 100000, "requests on each in an iteration, of 64 bytes" },
	{ "rate", 0, 0, 100000000, "requests that come in a second, on all together; 0: each after the last's answer" },
	{ 0 },
};

#define WORDS 8

struct connection {
	struct wl *w;
	int client, server;     /* descriptors; -1: not yet */
	uint64_t first;         /* the messages are this one's successors */
	uint64_t served;        /* by the server */
	uint64_t checksum;      /* of what came back to the client as it was sent */
	int64_t *latency_ns;
	const int64_t *gap_ns;  /* after the request before, with a rate */
};

struct state {
	struct sl_wg wg;
	uint64_t expected;
	struct hist latency_ns;
	int64_t *samples;       /* of one iteration */
	int64_t *gap_ns;
	struct connection connection[];
};

static int64_t gs(const struct wl *w)
{
	return 2 * w->param[CONNECTIONS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[CONNECTIONS] * w->param[REQUESTS];
}

/* ---- Connections ------------------------------------------------------- */

/* Whoever uses errno must not park: it is the thread's.  Hence noinline. */
static __attribute__((noinline)) int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

static __attribute__((noinline)) int listen_at(int fd, struct sockaddr_in *at)
{
	socklen_t len = sizeof *at;

	*at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(fd, (struct sockaddr *)at, len) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)at, &len) < 0)
		return -errno;
	return 0;
}

/* As Go does by itself. */
static __attribute__((noinline)) int send_at_once(int fd)
{
	const int on = 1;

	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ? -errno : 0;
}

/* The kernel completes a connection to a listener by itself: no second G. */
static int make_connection(struct connection *c, int listener, const struct sockaddr_in *at)
{
	int rc = c->client = open_socket();

	if (rc >= 0)
		rc = sl_connect(c->client, (const struct sockaddr *)at, sizeof *at);
	if (rc >= 0)
		rc = c->server = sl_accept(listener, NULL, NULL);
	if (rc >= 0)
		rc = send_at_once(c->client);
	if (rc >= 0)
		rc = send_at_once(c->server);
	return rc;
}

static int make_connections(struct wl *w)
{
	struct state *st = w->state;
	struct sockaddr_in at;
	int listener = open_socket(), rc;

	if (listener < 0)
		return listener;
	rc = listen_at(listener, &at);
	for (int64_t i = 0; i < w->param[CONNECTIONS] && !rc; i++)
		rc = make_connection(&st->connection[i], listener, &at);
	sl_close(listener);
	return rc;
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[CONNECTIONS]; i++) {
		if (st->connection[i].client >= 0)
			sl_close(st->connection[i].client);
		if (st->connection[i].server >= 0)
			sl_close(st->connection[i].server);
	}
	free(st->samples);
	free(st->gap_ns);
	free(st);
}

/* How long after the one before each request comes, of mean ns: exponentially
 * distributed, drawn from the upper half of a walk from the seed. */
static void draw_gaps(int64_t *gap, int64_t n, double mean_ns, uint64_t x)
{
	for (int64_t i = 0; i < n; i++) {
		x = lcg_next(x);
		gap[i] = (int64_t)(-log(((double)(x >> 32) + 1) / 4294967296.) * mean_ns);
	}
}

static int setup(struct wl *w)
{
	int64_t requests = w->param[REQUESTS];
	struct state *st = calloc(1, sizeof *st + w->param[CONNECTIONS] * sizeof *st->connection);
	uint64_t x = w->seed;
	int rc;

	if (!st)
		return -ENOMEM;
	st->samples = calloc(ops(w), sizeof *st->samples);
	st->gap_ns = calloc(ops(w), sizeof *st->gap_ns);
	if (st->gap_ns && w->param[RATE])
		draw_gaps(st->gap_ns, ops(w), 1e9 * (double)w->param[CONNECTIONS] / (double)w->param[RATE],
		          w->seed);
	for (int64_t i = 0; i < w->param[CONNECTIONS]; i++) {
		st->connection[i] = (struct connection){
			.w = w, .client = -1, .server = -1, .first = x,
			.latency_ns = st->samples + i * requests,
			.gap_ns = st->gap_ns + i * requests,
		};
		for (int64_t j = 0; j < requests; j++)
			st->expected += x = lcg_next(x);
	}
	w->state = st;
	rc = st->samples && st->gap_ns ? make_connections(w) : -ENOMEM;
	if (rc)
		teardown(w);
	return rc;
}

/* ---- Requests ---------------------------------------------------------- */

static void must(bool done, const char *what)
{
	if (!done) {
		fprintf(stderr, "fatal error: echo: cannot %s a connection\n", what);
		_Exit(2);
	}
}

/* A stream may deliver a message in pieces. */
static void read_message(int fd, uint64_t message[WORDS])
{
	size_t size = WORDS * sizeof *message, got = 0;

	while (got < size) {
		ssize_t n = sl_read(fd, (char *)message + got, size - got);

		must(n > 0, "read from");
		got += (size_t)n;
	}
}

static void write_message(int fd, const uint64_t message[WORDS])
{
	ssize_t size = WORDS * sizeof *message;

	must(sl_write(fd, message, (size_t)size) == size, "write to");
}

static void server(void *arg)
{
	struct connection *c = arg;
	struct state *st = c->w->state;
	uint64_t message[WORDS];

	for (int64_t i = 0; i < c->w->param[REQUESTS]; i++) {
		read_message(c->server, message);
		write_message(c->server, message);
		c->served++;
	}
	sl_wg_done(&st->wg);
}

static void client(void *arg)
{
	struct connection *c = arg;
	struct state *st = c->w->state;
	uint64_t sent[WORDS], received[WORDS], x = c->first;
	int64_t start = sl_now();

	for (int64_t i = 0; i < c->w->param[REQUESTS]; i++) {
		bool due = true;

		x = lcg_next(x);
		for (int word = 0; word < WORDS; word++)
			sent[word] = x + word;
		if (c->w->param[RATE]) {
			start += c->gap_ns[i];
			sl_sleep(start - sl_now());
			due = sl_now() >= start;
		} else {
			start = sl_now();
		}
		write_message(c->client, sent);
		read_message(c->client, received);
		c->latency_ns[i] = sl_now() - start;
		if (due && !memcmp(sent, received, sizeof sent))
			c->checksum += x;
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[CONNECTIONS];

	sl_wg_add(&st->wg, (int)(2 * n));
	for (int64_t i = 0; i < n; i++) {
		sl_go(server, &st->connection[i]);
		sl_go(client, &st->connection[i]);
	}
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->connection[i].served;
		w->checksum += st->connection[i].checksum;
		st->connection[i].served = st->connection[i].checksum = 0;
	}
	if (w->timed)
		for (int64_t i = 0; i < ops(w); i++)
			hist_add(&st->latency_ns, st->samples[i]);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	return hist_counters(&st->latency_ns, out, max);
}

const struct workload wl_echo = {
	.name = "echo",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "clients send 64 bytes to servers over TCP on the loopback, which send them back",
	.question = "How many requests a second does a server with a G for each connection answer, and how late?",
	.metric = "request",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
