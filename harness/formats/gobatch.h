/* SPDX-License-Identifier: Apache-2.0
 *
 * gobatch.h: the layer of Go's trace format below events: batches of at most 64 KiB, each
 * of one M, whose events have the time since the one before; tables of strings and of
 * stacks.
 */
#ifndef GOBATCH_H
#define GOBATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define GO_NO_M UINT64_MAX

enum go_event {
	GO_EVENT_BATCH = 1, GO_STACKS, GO_STACK, GO_STRINGS, GO_STRING, GO_FREQUENCY = 8,
	GO_PROC_START = 10,     /* P, its sequence number */
	GO_PROC_STOP,
	GO_PROC_STEAL,          /* P, its sequence number, M */
	GO_PROC_STATUS,         /* P, status */
	GO_CREATE,              /* G, the stack it begins with, the stack of the creator */
	GO_START = 16,          /* G, its sequence number */
	GO_DESTROY,
	GO_STOP = 19,           /* reason, stack */
	GO_BLOCK,               /* reason, stack */
	GO_UNBLOCK,             /* G, its sequence number, stack */
	GO_SYSCALL_BEGIN,       /* the P's sequence number, stack */
	GO_SYSCALL_END,
	GO_SYSCALL_END_BLOCKED,
	GO_STATUS,              /* G, M, status */
};
enum { GO_P_RUNNING = 1 };
enum { GO_G_RUNNABLE = 1 };

struct go_batch {
	uint64_t m;
	uint64_t first, last;   /* times */
	uint8_t *byte;
	size_t n, room;
	bool full;              /* there was no memory: it is not whole */
};

/* The head of the file; and, once, how many units of time are in a second. */
void go_begin(FILE *);
void go_frequency(FILE *, uint64_t per_s);

/* An event that has a time, and its arguments. */
void go_event(struct go_batch *, FILE *, uint64_t time, enum go_event, int nargs, const uint64_t *args);

/* Writes what is left of a batch. */
void go_flush(struct go_batch *, FILE *);

/* Strings have the numbers from 1 on, in this order.  So have stacks: each of one frame,
 * in the function that the string names. */
void go_strings(FILE *, const char *const *text, size_t n);
void go_stacks(FILE *, const uint64_t *string, size_t n);

#endif
