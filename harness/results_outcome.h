/* SPDX-License-Identifier: Apache-2.0
 *
 * results_outcome.h: what came of one cell, on its way into a row.
 */
#ifndef RESULTS_OUTCOME_H
#define RESULTS_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include "results.h"

#define REASON_MAX 256

struct json_t;

struct outcome {
	enum status status;
	char reason[REASON_MAX];        /* "" if ok */
	bool ran;                       /* what follows holds */
	struct rusage usage;            /* of the process and those it waited for */
	int64_t wall_ns;
	int64_t steal_ns;               /* taken from its PUs by the hypervisor */
	int64_t foreign_ns;             /* used on its PUs by other processes */
	bool disturbed;
	double ops, ns_per_op;          /* if ok */
	struct json_t *benchmark, *detail;
};

/* Reads what a cell that ended well wrote: Google Benchmark's JSON, and the
 * detail, of which there may be none.  Sets ops, ns_per_op, benchmark, detail
 * and status, which is ST_FAILED with a reason if they are not to be had. */
void outcome_read(struct outcome *, const char *bench_path, const char *detail_path);
void outcome_free(struct outcome *);

/* One line with its newline, the caller's to free; NULL: out of memory. */
char *outcome_line(const struct outcome *, const struct cell *, enum row_kind,
                   int rep, int attempt);

/* A counter as row_counter has them; for what is printed at once. */
bool outcome_counter(const struct outcome *, const char *name, double *value);

/* What else Google Benchmark carried, one counter at each call, until NULL;
 * *at begins as NULL. */
const char *outcome_next(const struct outcome *, void **at, double *value);

#endif
