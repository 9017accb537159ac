/* SPDX-License-Identifier: Apache-2.0
 *
 * cell_run.h: one workload on one back end, and what came of it.
 */
#ifndef CELL_RUN_H
#define CELL_RUN_H

#include "base/err.h"
#include "cell/cell_args.h"
#include "machine/conditions.h"
#include "workload.h"

#define CELL_COUNTERS 48
#define GLANCES 40              /* at the core in one attempt, or some more */
#define CELL_SAMPLES 1000

/* The exit statuses of a cell program. */
enum { CELL_OK = 0, CELL_WRONG = 1, CELL_BAD = 2, CELL_NA = 77 };

struct cell_result {
	int procs;                      /* P while it ran */
	const char *procs_source;
	int *bound;                     /* of each P, the PU it is bound to; -1: none */
	struct conditions conditions;   /* of the thread that the initial G was on at the end */
	int64_t iterations;             /* timed ones */
	int64_t warmups;                /* iterations before these */
	uint64_t executed;              /* in all of them */
	uint64_t checksum;              /* after the first alone: of one iteration */
	/* What the timed loop added, unless the name says otherwise. */
	struct sl_counter counters[CELL_COUNTERS];
	int ncounters;
	/* Wall-clock times of single iterations, evenly spread over the loop; none
	 * where reading the clock would cost a noticeable part of one. */
	int64_t iteration_ns[CELL_SAMPLES];
	int nsamples;
};

/* P: what was asked for, or what the back end will choose. */
int cell_procs(const struct cell_args *);

/* Under Google Benchmark.  CELL_OK with *r (cell_result_free) and *json, its
 * report (free), else a sentence. */
int cell_measure(const struct cell_args *, struct cell_result *r, char **json, struct err *);
void cell_result_free(struct cell_result *);

/* One unmeasured iteration, its output on standard output. */
int cell_once(const struct cell_args *, struct err *);

#endif
