/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h: the flags of the commands that measure, read and checked as far
 * as they can be without knowing the build or the machine.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/parse.h"
#include "machine/host.h"
#include "plan/spec.h"

/* --set or --opt: a key and the values it sweeps over. */
struct sweep {
	char *key;
	struct words values;
};

struct options {
	struct words backends, workloads, pins, retry;  /* n = 0: not given */
	int procs[PROCS_MAX];
	int nprocs;
	struct sweep set[CELL_PAIRS], opt[CELL_PAIRS];
	int nset, nopt;
	const char *preset, *out, *resume, *json, *against;     /* of argv; NULL: not given */
	const char *folders[2];                         /* arguments without a flag */
	int reps, runs;                                 /* 0: not given */
	int again;                                      /* if has_again */
	double timeout_s, min_time_s, budget_s;         /* 0: not given */
	double gap_s;                                   /* between runs */
	bool has_seed, has_floor, has_layouts, has_again, has_gap, has_traces, traces;
	uint64_t seed;
	int layouts;                                    /* 0: off */
	bool has_fail_above;
	double floor, fail_above;                       /* fractions: 0.05 of 5 % */
	bool dry_run, first, as_json, markdown, help;
};

#define OPT_RUNS_MAX 100
#define OPT_GAP_MAX 1e6         /* seconds */
#define BUDGET_S_LEAST 1        /* seconds */
#define BUDGET_S_MOST  1e6

/* What one command accepts: getopt_long's tables.  Every flag has one meaning
 * everywhere: short ones are b w p h, long ones return the OPT_ values. */
enum { OPT_PIN = 256, OPT_SET, OPT_OPT, OPT_PRESET, OPT_REPS, OPT_RUNS, OPT_SEED, OPT_TIMEOUT,
       OPT_MIN_TIME, OPT_OUT, OPT_RESUME, OPT_RETRY, OPT_DRY_RUN, OPT_JSON, OPT_AS_JSON, OPT_INJECT,
       OPT_GZIP, OPT_WITH_NAMES,
       OPT_BACKENDS, OPT_PINS, OPT_OPTS, OPT_FLOOR, OPT_FAIL_ABOVE, OPT_MARKDOWN,
       OPT_AGAINST, OPT_FORMAT, OPT_BUDGET, OPT_LAYOUTS, OPT_ROOT, OPT_BUILDS, OPT_FIRST, OPT_AGAIN, OPT_GAP,
       OPT_TRACES };

/* 0, or -EINVAL with a sentence.  *o is to be freed in either case. */
int options_parse(struct options *o, int argc, char **argv, const char *shorts,
                  const struct option *longs, struct err *e);
/* The same of a command that takes folders, too: so many at most.  How many are needed, it
 * knows itself. */
int options_parse_folders(struct options *o, int most, int argc, char **argv, const char *shorts,
                          const struct option *longs, struct err *e);
void options_free(struct options *o);

/* "5" of 5 %, as a fraction. */
int options_percent(double *out, const char *flag, const char *value, struct err *e);

/* The sentence for what getopt_long answered with '?' or ':' (opterr is 0 and
 * shorts begins with ':'): the flag, and the nearest one that exists. */
int options_bad_flag(int answer, char **argv, const struct option *longs, struct err *e);

#endif
