/* SPDX-License-Identifier: Apache-2.0
 *
 * yardstick.h: what the suite holds its own back ends against: the workloads,
 * at which parameters, which figure of each, and how small it should be.
 *
 * Nanoseconds move from machine to machine, so most targets are ratios to what
 * the Go runtime takes beside, in the same repetition.
 */
#ifndef YARDSTICK_H
#define YARDSTICK_H

#include "base/text.h"
#include "plan/plan.h"

/* The back end that the others are measured against. */
extern const char yardstick_backend[];

/* What a target is a multiple of. */
enum target_of {
	OF_GO,          /* the same cell on the yardstick's back end */
	OF_NOTHING,     /* a figure by itself, in its unit */
	OF_P1,          /* the same cell at P = 1 */
	OF_SERIAL,      /* the serial program at P = 1: the parameter serial=1 */
};

#define YARDSTICK_PROCS 2       /* targets are for P = 1 and P = 2 */

/* A line of the yardstick.  All figures are better the smaller they are. */
struct yardstick {
	const char *workload;   /* at the parameters that yardstick_cells has */
	const char *what;       /* of it, where time for an operation is not meant */
	const char *counter;    /* of the row, by row_counter; NULL: ns_per_op */
	const char *by;         /* the counter it is divided by; NULL: none */
	enum unit unit;
	enum target_of of;
	/* OF_GO: a target is at / go.  Both were measured beside each other once:
	 * at is what a scheduler of this model should reach, go what Go took. */
	double go[YARDSTICK_PROCS];
	struct {
		const char *backend;            /* NULL ends the list */
		double at[YARDSTICK_PROCS];     /* 0: no target */
	} targets[4];
	const char *source;     /* of the target */
};

extern const struct yardstick yardstick[];              /* ended by a NULL workload */
extern const struct preset_cell yardstick_cells[];      /* of the preset */

/* The parameters of a workload of the yardstick: "n=12 serial=0", or "". */
const char *yardstick_set(const struct preset_cell *, const char *workload);

/* Two lines with targets for the same figure. */
bool yardstick_same(const struct yardstick *, const struct yardstick *);

/* The target of a back end at P, as a multiple of what it is of; NAN: none. */
double yardstick_target(const struct yardstick *, const char *backend, int procs);

#endif
