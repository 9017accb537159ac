/* SPDX-License-Identifier: Apache-2.0
 *
 * load.h: the clients of echo with a rate, which are a program of their own,
 * load/echo_load.c; its head has what it is told and what it says.  For one G.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "schedlab.h"

struct load {
	pid_t pid;
	int fd;                         /* its standard input and output */
	uint64_t checksum;              /* of the last iteration */
	int64_t said[14];               /* the other numbers, of all that were timed so far */
};

/* Starts it; it connects to the port and waits.  0 or -errno. */
int load_start(struct load *, uint16_t port, int64_t connections, int64_t requests, int64_t rate, uint64_t seed);

/* An iteration, until its last answer. */
void load_iterate(struct load *, bool timed);

/* For the row: latencies, and what it took itself. */
int load_counters(const struct load *, struct sl_counter *out, int max);

/* Ends it.  For one that was not started, too, if it is zeroed. */
void load_stop(struct load *);

#endif
