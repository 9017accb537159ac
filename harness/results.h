/* SPDX-License-Identifier: Apache-2.0
 *
 * results.h: what a run folder holds, read back.  Rows come in the order in
 * which they were measured.  Every string belongs to the struct results.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "spec.h"

enum row_kind { ROW_CELL, ROW_CALIBRATION };

enum status { ST_OK, ST_WRONG, ST_FAILED, ST_CRASHED, ST_TIMEOUT, ST_NA };
const char *status_name(enum status);

struct json_t;

struct row {
	struct cell cell;
	int place;              /* of its cell in results.cells; -1: calibration */
	const char *label;      /* results.labels[place] */
	enum row_kind kind;
	int rep, attempt;       /* from 0 */
	enum status status;
	const char *reason;     /* why not ok; "" if ok */
	bool disturbed;         /* somebody else had a share of the processors */
	double ops;             /* operations in one iteration; NAN unless ok */
	double ns_per_op;       /* NAN unless ok */
	struct json_t *json;    /* the whole row; ask row_counter */
};

struct results {
	const char *dir;
	struct row *rows;
	int n;
	struct cell *cells;     /* the plan's, in its order */
	char **labels;          /* of each: the workload, and those of its parameters
	                           and knobs that differ within the plan:
	                           "documents gs=1" */
	int ncells;
	const char **backends;  /* the plan's, in its order; NULL after the last */
	struct json_t *meta;    /* meta.json; ask results_fact */
};

/* Reads meta.json and cells.jsonl of a run; a torn last line is left out.
 * 0, or -errno with a sentence. */
int results_read(struct results *, const char *dir, struct err *);
void results_free(struct results *);

/* A counter of the row, by the name it has there: one that Google Benchmark
 * carried ("iterations", "cpu_time", the back end's "steals" ...), or one of
 * the process as a whole, from its rusage ("wall_ns", "user_ns", "system_ns",
 * "rss_bytes", "voluntary_switches", "involuntary_switches", "minor_faults",
 * "major_faults").  False: the row has none of that name. */
bool row_counter(const struct row *, const char *name, double *value);

/* Time for an operation or, if given, a counter; divided by another, if given.  NAN:
 * the row is not ok, or has none of that name. */
double row_figure(const struct row *, const char *counter, const char *by);

/* The checksum of one iteration; "" where the row has none. */
const char *row_checksum(const struct row *);

/* A fact about the run, as text: "commit", "version", "host", "kernel",
 * "cpu_model", "cpus", "started", "compiler" ...; "" when it is not known. */
const char *results_fact(const struct results *, const char *name);

#endif
