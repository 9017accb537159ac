/* SPDX-License-Identifier: Apache-2.0
 *
 * outcome.h: what came of one cell, on its way into a row.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include "machine/conditions.h"
#include "noise/counters.h"
#include "noise/noise.h"
#include "results/results.h"

#define REASON_MAX 256

struct json_t;

struct outcome {
	enum status status;
	char reason[REASON_MAX];        /* "" if ok */
	int layout;                     /* of its program; 0: as it is linked by default */
	bool ran;                       /* what follows holds */
	struct rusage usage;            /* of the process and those it waited for */
	int64_t wall_ns;
	struct noise noise;
	bool disturbed;                 /* noise_disturbs */
	bool is_counted;                /* somebody asked for that */
	struct counted counted;
	int not_counted;                /* counters_why there are no cycles; 0: there are */
	int pass;                       /* through its repetition */
	double ops, ns_per_op;          /* if ok */
	struct json_t *benchmark, *detail;
};

struct asked {
	const struct cell *cell;
	const struct conditions *conditions;
	double min_time_s;
	int64_t iterations;             /* 0: as many as take min_time_s */
};

/* Reads what a cell that ended well wrote, Google Benchmark's JSON and the detail,
 * and holds it against what was asked for and what was seen of its process (usage,
 * wall_ns).  Sets ops, ns_per_op, benchmark, detail and status: with a reason,
 * ST_FAILED if what it wrote cannot be read, ST_WRONG if it cannot be believed. */
void outcome_read(struct outcome *, const struct asked *, const char *bench_path,
                  const char *detail_path);
void outcome_free(struct outcome *);

/* outcome_check.c: whether the detail is of the cell that was asked for, under these
 * conditions; else the reason. */
bool outcome_matches(const struct json_t *detail, const struct asked *, char reason[REASON_MAX]);

/* outcome_claims.c: whether its times and its work can be so; else the reason.  run is
 * Google Benchmark's. */
bool outcome_holds(const struct outcome *, const struct json_t *run, const struct json_t *detail,
                   const struct asked *, char reason[REASON_MAX]);

/* User and system time. */
int64_t rusage_cpu_ns(const struct rusage *);

/* One line with its newline, the caller's to free; NULL: out of memory. */
char *outcome_line(const struct outcome *, const struct cell *, enum row_kind,
                   int rep, int attempt);

/* A counter as row_counter has them; for what is printed at once. */
bool outcome_counter(const struct outcome *, const char *name, double *value);

/* The times of single iterations in ns, at most max of them; how many there are, 0 where
 * they are too short to be clocked. */
int outcome_iterations(const struct outcome *, double *ns, int max);

/* Whether its cell says how it warmed up, and so can be told how many iterations to time. */
bool outcome_warms_up(const struct outcome *);

/* What else Google Benchmark carried, one counter at each call, until NULL;
 * *at begins as NULL. */
const char *outcome_next(const struct outcome *, void **at, double *value);

#endif
