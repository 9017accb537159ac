/* SPDX-License-Identifier: Apache-2.0
 *
 * cell_args.h: what a cell program was asked to do.
 */
#ifndef CELL_ARGS_H
#define CELL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cell/cell_knobs.h"
#include "workload.h"

#define CELL_PROCS_MAX 1024

/* Parameters that one workload may declare. */
#define CELL_PARAMS 12

/* --opt plant=...: faults, to see whether they are found. */
enum plant {
	PLANT_NOTHING,
	PLANT_WRONG,            /* wrong: the result */
	PLANT_UNEVEN,           /* uneven: an iteration does less, and a later one more */
	PLANT_NO_LOCK,          /* no-lock: Gs that should take turns do not */
	PLANT_NO_PREEMPT,       /* no-preempt: nobody loses a P */
	PLANT_ONE_P,            /* one-p: whatever P is asked for */
};

struct cell_args {
	bool list, info, once;
	const struct workload *workload;
	int64_t param[CELL_PARAMS];     /* in the order of workload->params */
	int procs;                      /* 0: not given, the back end's default */
	int *cpus;                      /* procs of them; NULL: not given */
	unsigned char *distance;        /* between them, as in sl_config; NULL: not given */
	double min_time_s;
	int64_t iterations;             /* timed ones; 0: as many as take min_time_s */
	const char *out, *detail;       /* files; NULL: not given */
	uint64_t seed;
	int64_t slice_ms;               /* the back end's time slice; 0: its own choice */
	int64_t stack_kib;              /* of each G's stack; 0: the back end's own choice */
	bool steal_random;              /* whatever distance says */
	bool off[KNOBS];                /* KNOB_ALONE and those after it */
	int64_t slow_pct;               /* a planted slowdown */
	enum plant plant;               /* a planted fault */
	bool given[KNOBS];              /* of these by --opt */
	bool threads;                   /* not a flag: in this program each G is a thread */
};

/* All workloads of the program, in the order of list.h; NULL ends them. */
extern const struct workload *const workloads[];

/* Names of the bits of workload.kind and .needs; NULL ends them. */
struct bit_name { unsigned bit; const char *name; };
extern const struct bit_name kind_names[], cap_names[];

/* 0, or -EINVAL with a sentence. */
int cell_args_read(struct cell_args *, int argc, char **argv, struct err *);

#endif
