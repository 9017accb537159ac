/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h: which cells a matrix has, and in which order they run.
 *
 * A repetition is a block: every cell once, in an order of its own that only
 * the seed and the repetition's number decide, so that a resumed run continues
 * the same order.  Calibration cells (fixed work, no scheduler) stand before
 * each block and after the last.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>

#include "catalog.h"
#include "options.h"
#include "results.h"
#include "topo.h"

/* Cells in a preset: a workload, and what it sets: "docs=100 gs=1", or "".  A name
 * that is no parameter of the workload is a knob, as of --opt.  A size that back
 * ends with a capability would take too long for is not theirs. */
struct preset_cell { const char *workload, *set, *but; };

struct preset {
	const char *name, *summary;
	const struct preset_cell *cells;        /* NULL: every workload as declared;
	                                           else ended by a NULL workload */
	int procs[8];                           /* ended by 0; none: 1, 2, 4 ... to
	                                           all usable */
	const char *pins[8];                    /* ended by NULL */
	int reps;
	double min_time_s, timeout_s;
	double row_s;                           /* what a row takes in the mean, measured on
	                                           two CPUs; 0: not known */
};
extern const struct preset presets[];           /* ended by a NULL name */
const struct preset *preset_find(const char *name, struct err *);

struct plan {
	char *preset;
	uint64_t seed;          /* below 2^63: it goes through JSON */
	int reps;
	double min_time_s;      /* Google Benchmark's, of each cell */
	double timeout_s;
	double estimate_s;      /* what it may take; 0: nobody knows */
	struct cell *cells;
	int ncells;
	struct cell calibration;
	bool calibrated;        /* this build has the workload, and a cell program */
	void **strings;         /* what the cells point to */
	int nstrings;
};

/* The plan that the options ask for; defaults come from the preset.  usable is
 * the number of processors this process may use. */
int plan_make(struct plan *, const struct options *, const struct catalog *,
              const struct topo *, int usable, struct err *);
void plan_free(struct plan *);

/* Copies a string that lives as long as the plan; NULL: out of memory. */
const char *plan_string(struct plan *, const char *s);

/* One row to be measured. */
struct step {
	enum row_kind kind;
	int rep;
	const struct cell *cell;
};

/* How many rows the plan has, and all of them in the order they are run; the
 * array is the caller's to free.  NULL: out of memory. */
int plan_rows(const struct plan *);
struct step *plan_steps(const struct plan *);

#endif
