/* SPDX-License-Identifier: Apache-2.0
 *
 * echo: servers, a G for each TCP connection over the loopback, send back what comes.
 *
 * Their clients are Gs, too: each sends a message and waits for its echo before it
 * sends the next, a closed loop.  So there are as many requests under way as
 * connections, and the time of a request is throughput by another name: with 64 of
 * them the median is 64 times the time for each.
 *
 * With a rate they are a program of its own (load.h), and requests come when they are
 * due, an open loop: how late they are answered is then the question, and the time
 * for each says no more than whether the servers keep up.
 *
 * The connections are made by setup and kept, so that what is measured is
 * requests; the Gs are new in each iteration.  Latency is what a client sees,
 * from before the write, or from when the request was due, to after the last byte read.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"
#include "lcg.h"
#include "load.h"
#include "workload.h"

enum { CONNECTIONS, REQUESTS, RATE };

static const struct wl_param params[] = {
	{ "connections", 64, 1, 10000, "connections, a client and a server each" },
	{ "requests", 100, 1, 100000, "requests on each in an iteration, of 64 bytes" },
	{ "rate", 0, 0, 100000000, "requests that come in a second, on all together, from another process; 0: each after the last's answer" },
	{ 0 },
};

#define WORDS 8

struct connection {
	struct wl *w;
	int client, server;     /* descriptors; -1: not yet, or not here */
	uint64_t first;         /* the messages are this one's successors */
	uint64_t served;        /* by the server */
	uint64_t checksum;      /* of what came back to the client as it was sent */
	int64_t *latency_ns;
};

struct state {
	struct sl_wg wg;
	uint64_t expected;
	struct hist latency_ns;
	int64_t *samples;       /* of one iteration */
	struct load load;       /* the clients, with a rate */
	struct connection connection[];
};

static int64_t gs(const struct wl *w)
{
	return (w->param[RATE] ? 1 : 2) * w->param[CONNECTIONS] + 1;
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
static int make_client(struct connection *c, const struct sockaddr_in *at)
{
	int rc = c->client = open_socket();

	if (rc >= 0)
		rc = sl_connect(c->client, (const struct sockaddr *)at, sizeof *at);
	if (rc >= 0)
		rc = send_at_once(c->client);
	return rc;
}

static int make_server(struct connection *c, int listener)
{
	int rc = c->server = sl_accept(listener, NULL, NULL);

	return rc < 0 ? rc : send_at_once(c->server);
}

static int make_connections(struct wl *w)
{
	struct state *st = w->state;
	struct sockaddr_in at;
	int listener = open_socket(), rc;

	if (listener < 0)
		return listener;
	rc = listen_at(listener, &at);
	if (!rc && w->param[RATE])
		rc = load_start(&st->load, ntohs(at.sin_port), w->param[CONNECTIONS],
		                w->param[REQUESTS], w->param[RATE], w->seed);
	for (int64_t i = 0; i < w->param[CONNECTIONS] && !rc; i++) {
		if (!w->param[RATE])
			rc = make_client(&st->connection[i], &at);
		if (!rc)
			rc = make_server(&st->connection[i], listener);
	}
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
	load_stop(&st->load);
	free(st->samples);
	free(st);
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
	for (int64_t i = 0; i < w->param[CONNECTIONS]; i++) {
		st->connection[i] = (struct connection){
			.w = w, .client = -1, .server = -1, .first = x,
			.latency_ns = st->samples + i * requests,
		};
		for (int64_t j = 0; j < requests; j++)
			st->expected += x = lcg_next(x);
	}
	w->state = st;
	rc = st->samples ? make_connections(w) : -ENOMEM;
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

	for (int64_t i = 0; i < c->w->param[REQUESTS]; i++) {
		int64_t start;

		x = lcg_next(x);
		for (int word = 0; word < WORDS; word++)
			sent[word] = x + word;
		start = sl_now();
		write_message(c->client, sent);
		read_message(c->client, received);
		c->latency_ns[i] = sl_now() - start;
		if (!memcmp(sent, received, sizeof sent))
			c->checksum += x;
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[CONNECTIONS];
	bool open = w->param[RATE];

	sl_wg_add(&st->wg, (int)(open ? n : 2 * n));
	for (int64_t i = 0; i < n; i++) {
		sl_go(server, &st->connection[i]);
		if (!open)
			sl_go(client, &st->connection[i]);
	}
	if (open) {
		load_iterate(&st->load, w->timed);
		w->checksum += st->load.checksum;
	}
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->connection[i].served;
		w->checksum += st->connection[i].checksum;
		st->connection[i].served = st->connection[i].checksum = 0;
	}
	if (w->timed && !open)
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

	return w->param[RATE] ? load_counters(&st->load, out, max) : hist_counters(&st->latency_ns, out, max);
}

const struct workload wl_echo = {
	.name = "echo",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "clients send 64 bytes to servers over TCP on the loopback, which send them back",
	.question = "How many requests a second does a server with a G for each connection answer, and how late?",
	.metric = "request",
	.params = params,
	.needs = WL_DESCRIPTORS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
