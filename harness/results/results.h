/* SPDX-License-Identifier: Apache-2.0
 *
 * results.h: what a run folder holds, read back.  Rows come in the order in
 * which they were measured; of those that were measured again the attempt that counts
 * alone (attempt_replaces).  Every string belongs to the struct results.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/spec.h"
#include "results/agreement.h"

enum status { ST_OK, ST_WRONG, ST_FAILED, ST_CRASHED, ST_TIMEOUT, ST_NA };
const char *status_name(enum status);
int status_read(const char *name, enum status *);       /* -EINVAL: no status */

/* Whether an iteration can have so many operations, as many as a double can tell
 * apart, that take so long: light goes no way at all in the least time, and the most
 * is thirty years. */
bool sample_is_possible(double ops, double ns_per_op);

struct json_t;

struct row {
	struct cell cell;
	int place;              /* of its cell in results.cells; a calibration: -P */
	const char *label;      /* results.labels[place] */
	enum row_kind kind;
	int rep, attempt, pass; /* from 0, at most REPS_MAX; pass: through its repetition */
	int attempts;           /* rows there are of its cell and repetition */
	int layout;             /* of its program; 0: as it is linked by default */
	enum status status;
	const char *reason;     /* why not ok; "" if ok */
	bool disturbed;         /* somebody else had a share of the processors */
	double ops;             /* operations in one iteration; NAN unless ok */
	double ns_per_op;       /* above 0; NAN unless ok */
	struct json_t *json;    /* the whole row; ask row_counter */
};

struct results {
	const char *dir;        /* as it was named */
	char *unpacked;         /* where the files of a bundle are, removed with the struct;
	                           NULL: in dir */
	struct row *rows;
	int n;
	int reps;               /* the plan's; 0: it does not say */
	int ncalibrations;      /* of the plan, of each one more than repetitions */
	struct cell *cells;     /* the plan's, in its order */
	char **labels;          /* of each: the workload, and those of its parameters
	                           and knobs that differ within the plan:
	                           "documents gs=1" */
	int ncells;
	int *slots;             /* of the cells, by their hash; -1: empty */
	uint64_t slots_mask;
	const char **backends;  /* the plan's, in its order; NULL after the last */
	struct json_t *meta;    /* meta.json; ask results_fact */
	bool foreign;           /* another program's file, which knows few facts */
	struct agreement agreement;     /* of the rows' work; disputed ones are not ok */
	bool first;             /* results_read_first */
};

/* Reads meta.json and cells.jsonl of a run; a torn last line is left out.  What a
 * run cannot have is refused: the folder may be anybody's.  0, or -errno with a
 * sentence. */
int results_read(struct results *, const char *dir, struct err *);

/* The same by the first attempt at each row, as if nothing had been measured again. */
int results_read_first(struct results *, const char *dir, struct err *);

/* The folder that the run's other files are in. */
const char *results_files(const struct results *);
void results_free(struct results *);

/* The place of the plan's cell that is the same; -1: it has none. */
int results_find(const struct results *, const struct cell *);

/* places.c: of each of the cells of a plan what results.labels has; the strings are the
 * caller's to free, also after -ENOMEM. */
int cells_label(const struct cell *, int n, char **labels, struct err *);

/* attempts.c: which of several attempts at a row counts: by what disturbed them, never by
 * their times.  The last does, whatever came of it; but a disturbed one does not replace
 * one that nobody disturbed.  A repetition that was measured again as a whole is another
 * pass: of the passes the last counts, for rows of two passes are no pairs. */
struct attempt {
	enum status status;
	bool disturbed;
	int pass;
};

/* Whether next, which comes after, counts instead of the one that counted so far. */
bool attempt_replaces(const struct attempt *next, const struct attempt *before);
struct attempt attempt_of(const struct row *);

/* A counter of the row, by the name it has there: one that Google Benchmark
 * carried ("iterations", "cpu_time", the back end's "steals" ...), or one of
 * the process as a whole, from its rusage ("wall_ns", "user_ns", "system_ns",
 * "rss_bytes", "voluntary_switches", "involuntary_switches", "minor_faults",
 * "major_faults"), from its noise or its counters.  False: the row has none of that name, or it is below 0. */
bool row_counter(const struct row *, const char *name, double *value);

/* One more than the highest repetition that a row is of. */
int results_reps(const struct results *);

/* How many rows the plan asks for; what it does not say of, has all. */
int results_planned(const struct results *);

/* notes.c: what somebody must know who looks at any figures of the run: that rows are
 * missing, that Ps had to share processors.  Lines, the last without its end; "" if
 * nothing.  Returns buf. */
#define NOTES 320
const char *results_notes(const struct results *, char *buf, size_t size);

/* Time for an operation or, if given, a counter; divided by another, if given.  NAN:
 * the row is not ok, or has none of that name. */
double row_figure(const struct row *, const char *counter, const char *by);

/* The checksum of one iteration; "" where the row has none. */
const char *row_checksum(const struct row *);

/* A fact about the run, as text: "commit", "version", "host", "kernel",
 * "cpu_model", "cpus", "started", "compiler" ...; "" when it is not known. */
const char *results_fact(const struct results *, const char *name);

/* Whether the run holds two builds against each other; and a fact about one of them, "dir"
 * or as above. */
bool results_of_two_builds(const struct results *);
const char *results_build_fact(const struct results *, const char *build, const char *name);

#endif
