/* SPDX-License-Identifier: Apache-2.0
 *
 * state.h: what a runner knows: of each step what is there of it, and of each cell what
 * earlier rows taught.
 */
#ifndef STATE_H
#define STATE_H

#include "noise/noise.h"
#include "run/iterations.h"
#include "run/progress.h"
#include "run/runner.h"

/* What there is of one step of the plan; zeroed: nothing. */
struct had {
	int attempts;           /* rows */
	int pass, tries;        /* the last pass it was measured in, and rows of that */
	bool ours;              /* some were measured by this process */
	struct attempt counts;  /* the one that counts */
	double ns_per_op;       /* of that; 0: it has none */
};

/* One more attempt; whether that is the one that counts now. */
bool had_add(struct had *, const struct attempt *, double ns_per_op);

/* Whether others changed its time, and nothing else is wrong with it. */
bool had_disturbed(const struct had *);

/* Its time, if nobody disturbed it; 0: there is none. */
double had_time(const struct had *);

/* By how much a time moved, as a fraction of before; 0 where one of them is 0. */
double moved(double before, double after);

/* Time spent in processes: on first attempts, and on all others. */
struct spent { double first_ns, again_ns; };

void spent_add(struct spent *, int attempt, double ns);

/* Whether there is time for another attempt that takes so long, where each row may have
 * so many more. */
bool spent_allows(const struct spent *, int again, double ns);

/* What earlier rows taught about a cell of the plan. */
struct known {
	int left;               /* steps of it that are to be measured */
	double wall_ns;         /* of its last process; 0: none yet */
	struct iterations iterations;
	bool told;              /* its failing was reported; repeats are counted */
	bool na;                /* it does not apply, and never will in this run */
	char reason[REASON_MAX];
};

struct runner {
	const struct plan *plan;
	struct run *run;
	struct step *steps;
	bool *done;             /* by step */
	struct had *had;        /* by step */
	int ndone;
	int *passes;            /* by repetition: the pass through it, from 0 */
	double *before;         /* by calibration: its time when the pass began; 0: not known */
	int rep;                /* that is measured now */
	int from;               /* the first repetition that was not whole when we came */
	struct spent spent;
	int rows_again, reps_again;     /* measured again by this process */
	bool told_counters;     /* that there are none of the processor */
	bool out_of_time;       /* something was not, for want of time */
	runner_measure *measures;
	struct known *known;    /* by cell; the calibrations are the last */
	struct measure measure;
	struct noise_watch noise;
	struct agreement agreement;
	struct progress progress;
	double timed_ns;        /* of all rows, what was spent in timed loops */
};

struct known *known_of(struct runner *, const struct step *);

void known_learn(struct known *, enum status, const char *reason, double wall_ns);

/* Rows of a repetition: its calibrations, then its cells. */
int block_size(const struct runner *);

/* Whether a step was not measured in the pass that was begun last.  What does not apply
 * is not asked again, and calibrations close the repetition before theirs. */
bool misses_pass(const struct runner *, int step);

/* Finds out what rows there are, marks the steps whose rows are to stay, and learns from
 * these.  -EINVAL with a sentence: they are not of this plan. */
int runner_recall(struct runner *, const struct row *rows, int n, const struct again *, struct err *);

#endif
