/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h: which cells a matrix has, and in which order they run.
 *
 * A repetition is a block: every cell once, in an order of its own that only
 * the seed and the repetition's number decide, so that a resumed run continues
 * the same order.  Calibration cells (fixed work, no scheduler), one at each P,
 * stand before each block and after the last.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>

#include "plan/catalog.h"
#include "plan/options.h"
#include "plan/spec.h"
#include "topo/topo.h"

/* Cells in a preset: a workload, and what it sets: "docs=100 gs=1", or "".  A name
 * that is no parameter of the workload is a knob, as of --opt.  A size that back
 * ends with a capability would take too long for is not theirs. */
struct preset_cell { const char *workload, *set, *but; };

struct preset {
	const char *name, *summary;
	const struct preset_cell *cells;        /* ended by a NULL workload; NULL: none */
	bool others;                            /* and every workload that is not among them,
	                                           as declared */
	int procs[8];                           /* ended by 0; none: 1, 2, 4 ... to
	                                           all usable */
	const char *pins[8];                    /* ended by NULL */
	const char *const *twice;               /* workloads whose cells have a copy each
	                                           (spec.h); ended by NULL; NULL: none */
	const char *const *bound;               /* workloads whose cells at P > 1 are there under
	                                           each of these policies, too, unless --pin
	                                           says which; ended by NULL; NULL: none */
	const char *bindings[8];                /* ended by NULL */
	int reps;
	double min_time_s, timeout_s;
	bool traces;                            /* some workloads are traced, too, for the page */
	double row_s;                           /* what a row takes in the mean, measured on
	                                           two CPUs; 0: not known */
};

struct plan {
	char *preset;
	uint64_t seed;          /* at most SEED_MAX, but in runs of old */
	int reps;
	double min_time_s;      /* Google Benchmark's, of each cell */
	double timeout_s;
	int layouts;            /* over how many the repetitions rotate; 0: programs as they
	                           are linked by default */
	int again;              /* how often a row that others disturbed, or a repetition
	                           during which the machine's speed changed, is measured
	                           again at most */
	bool traces;            /* of a run that begins: see preset.traces */
	double estimate_s;      /* what it may take; 0: nobody knows */
	struct cell *cells;
	int ncells;
	struct cell *calibrations;      /* fixed work, at each P of the plan; none if this
	                                   build has no program for it */
	int ncalibrations;
	void **strings;         /* what the cells point to */
	int nstrings;
};

/* The plan that the options ask for; what they leave open, the preset decides.
 * usable is the number of processors this process may use. */
int plan_make(struct plan *, const struct options *, const struct preset *, const struct catalog *,
              const struct topo *, int usable, struct err *);
void plan_free(struct plan *);

/* Fixed work that no scheduler touches, at each of these Ps, instead of what calibrations
 * the plan has. */
int plan_calibrate(struct plan *, const struct catalog *, const struct topo *, const int *procs, int nprocs,
                   struct err *);

/* What again is where nobody says: AGAIN_DEFAULT, or SCHEDLAB_AGAIN; -EINVAL with a
 * sentence where that is no such number. */
#define AGAIN_DEFAULT 2
int plan_again(struct plan *, struct err *);

/* Whether the time limit leaves a cell time enough to measure, and it is not too much. */
int plan_check(const struct plan *, const struct options *, struct err *);

/* plan_knobs.c: whether every --opt means something to one of the back ends asked for;
 * and the i-th of these, NULL after the last. */
int plan_check_knobs(const struct options *, const struct catalog *, struct err *);
const struct backend *plan_backend(const struct options *, const struct catalog *, int i);

/* layouts.c: over how many layouts the plan is to rotate; and the one that a repetition
 * has, by the seed and its number alone. */
int plan_rotate(struct plan *, const struct options *, const struct catalog *, struct err *);
int plan_layout(const struct plan *, int rep);

/* Copies a string that lives as long as the plan; NULL: out of memory. */
const char *plan_string(struct plan *, const char *s);

/* builds.c: whether each cell is there twice in a row, of the old build and of the new. */
bool plan_in_pairs(const struct plan *);

/* One row to be measured. */
struct step {
	enum row_kind kind;
	int rep;
	const struct cell *cell;
	int layout;             /* plan_layout; calibrations have none */
};

/* How many rows the plan has, and all of them in the order they are run; the
 * array is the caller's to free.  NULL: out of memory. */
int plan_rows(const struct plan *);
struct step *plan_steps(const struct plan *);

#endif
