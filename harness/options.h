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

#include "err.h"
#include "parse.h"
#include "spec.h"

#define PROCS_MAX 1024          /* the most Ps any back end takes */

/* --set or --opt: a key and the values it sweeps over. */
struct sweep {
	char *key;
	struct words values;
};

struct options {
	struct words backends, workloads, pins;         /* n = 0: not given */
	int procs[PROCS_MAX];
	int nprocs;
	struct sweep set[CELL_PAIRS], opt[CELL_PAIRS];
	int nset, nopt;
	const char *preset, *out, *resume, *json;       /* of argv; NULL: not given */
	int reps;                                       /* 0: not given */
	double timeout_s, min_time_s;                   /* 0: not given */
	bool has_seed;
	uint64_t seed;
	bool dry_run, as_json, help;
};

/* What one command accepts: getopt_long's tables.  Every flag has one meaning
 * everywhere: short ones are b w p h, long ones return the OPT_ values. */
enum { OPT_PIN = 256, OPT_SET, OPT_OPT, OPT_PRESET, OPT_REPS, OPT_SEED, OPT_TIMEOUT,
       OPT_MIN_TIME, OPT_OUT, OPT_RESUME, OPT_DRY_RUN, OPT_JSON, OPT_AS_JSON, OPT_INJECT };

/* 0, or -EINVAL with a sentence.  *o is to be freed in either case. */
int options_parse(struct options *o, int argc, char **argv, const char *shorts,
                  const struct option *longs, struct err *e);
void options_free(struct options *o);

/* The sentence for what getopt_long answered with '?' or ':' (opterr is 0 and
 * shorts begins with ':'): the flag, and the nearest one that exists. */
int options_bad_flag(int answer, char **argv, const struct option *longs, struct err *e);

#endif
