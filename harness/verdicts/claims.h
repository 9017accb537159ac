/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.h: what people are told about scheduling, as figures that can be held
 * against it.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "base/text.h"
#include "plan/plan.h"

/* A figure of a cell: time for an operation, or a counter, by another. */
struct figure_of {
	const char *backend;                    /* NULL: all */
	const char *workload, *set;             /* workload NULL: none; set as a preset's */
	int procs;                              /* 0: all */
	const char *counter, *by;               /* of the row; NULL: ns_per_op; 1 */
};

enum claim_kind {
	RATIO,          /* what by than what, in each repetition, is from low to high */
	VALUE,          /* what is from low to high */
	VARIES,         /* what is not the same in all repetitions */
	SAME,           /* the checksum of what is: in all repetitions, on all back ends */
};

struct check {
	enum claim_kind kind;
	struct figure_of what, than;
	double low, high;
	enum unit unit;                         /* of a VALUE */
};

#define CHECKS 16

struct claim {
	const char *id, *text;                  /* the claim, in a sentence or two */
	const char *published;                  /* by whom, and what; NULL: told to everybody */
	/* Its line in the table of time with Gs against time without, and what was
	 * published of that; NULL: it has none. */
	const char *line, *change;
	struct check checks[CHECKS];            /* ended by one of no workload */
};

/* Whose figures the table has beside the published ones. */
extern const char *const claims_peers[2];

extern const struct claim claims[];             /* ended by a NULL id */
extern const struct preset_cell claims_cells[]; /* of the preset lessons */

#endif
