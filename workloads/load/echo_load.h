/* SPDX-License-Identifier: Apache-2.0
 *
 * echo_load.h: what the parts of echo-load share: echo_load.c says what it is.
 */
#ifndef ECHO_LOAD_H
#define ECHO_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"

#define WORDS 8
#define SIZE (WORDS * sizeof(uint64_t))

struct connection {
	int fd;
	bool wants_out;         /* its socket was full */
	uint64_t first;         /* the messages are this one's successors */
	uint64_t next_out, next_in;
	int64_t due, sent, answered;    /* requests of this iteration */
	size_t out_done, in_done;       /* bytes of the message under way */
	char in[SIZE];
	int64_t *due_ns, *sent_ns;      /* of each request, from the iteration's start */
};

struct echo_load {
	int64_t connections, requests, all;
	struct connection *connection;
	int64_t *due_ns;        /* of all requests, in order; which is whose: */
	int32_t *owner;
	int epoll;
	bool shares;
	int64_t start, answered;
	uint64_t checksum;
	bool timed;
	struct hist latency, from_sent, late;
	int64_t wall_ns, cpu_ns;
};

extern struct echo_load load;

/* Says why on standard error, and ends the process with status 2. */
_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* set_up.c: from the command line; everything is connected and drawn when it returns. */
void set_up(char **argv);

#endif
