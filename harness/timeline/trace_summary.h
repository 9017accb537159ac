/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_summary.h: what a trace says in figures: where Gs spent their time, how long they
 * were kept waiting, how many ran at once, and what the longest chain of work was.
 */
#ifndef TRACE_SUMMARY_H
#define TRACE_SUMMARY_H

#include <stdio.h>

#include "trace/trace.h"

#define SUMMARY_TOP     5
#define SUMMARY_BUCKETS 60
/* Work beside an idle P: longer than a wake-up across processors takes anywhere. */
#define SUMMARY_LATE_NS 200000

struct summary_time {
	uint64_t n;                     /* steps */
	int64_t time, longest;          /* ns */
};

struct summary_delay {                  /* of n: nearest-rank percentiles, ns */
	uint64_t n;
	int64_t median, p90, p99, longest;
};

struct summary_step {
	uint32_t step;                  /* an index of trace.step, or TRACE_NONE */
	int64_t time;                   /* ns: its length */
	int64_t beside_idle;            /* of this, while a P had nothing to run */
};

struct trace_summary {
	const struct trace *t;
	uint32_t created, ended;
	uint64_t steals, handoffs;
	struct summary_time state[TRACE_STATES];
	struct summary_time *reason[TRACE_STATES];      /* each of trace.nreasons */
	struct summary_delay queue;     /* from Runnable to Running, however it became so */
	struct summary_delay wakeup;    /* of those that had waited, for something or for a time */
	int64_t *at_once;               /* ns with 0, 1 ... most Running */
	int most, procs;                /* procs: the most Ps that there were */
	double average;                 /* Running at once */
	double bucket[SUMMARY_BUCKETS]; /* likewise, in each part of the time */
	struct summary_time *p;         /* trace.ps: Running on each */
	struct summary_step wait[SUMMARY_TOP], late[SUMMARY_TOP];       /* the longest waits, and in a queue */
	uint64_t nlate;                 /* Runnable beside an idle P for over SUMMARY_LATE_NS */
	int64_t late_time;
	struct summary_step latest;     /* the longest of these */
	int64_t work;                   /* ns Running, of all Gs */
	int64_t span;                   /* ns of the longest chain in which each run had to wait
	                                   for the one before it: what a G did, what it did until
	                                   it created or readied another, and so on */
};

/* Sums a trace up; it stays the caller's.  0; -ENOMEM. */
int trace_summary(struct trace_summary *, const struct trace *, struct err *);
void trace_summary_free(struct trace_summary *);

/* For people, 80 columns; of two, side by side. */
void trace_summary_print(const struct trace_summary *, FILE *);
void trace_summary_print_two(const struct trace_summary *a, const struct trace_summary *b, FILE *);

/* An object for each.  0; -ENOMEM. */
int trace_summary_put(const struct trace_summary *const *, int n, FILE *);

#endif
