/* SPDX-License-Identifier: Apache-2.0
 *
 * lessons.h: a run of the preset lessons, held against the claims.
 */
#ifndef LESSONS_H
#define LESSONS_H

#include <stdio.h>

#include "results/results.h"
#include "results/summary.h"
#include "verdicts/claims.h"
#include "verdicts/seen.h"

enum judgement {
	NOT_MEASURED,           /* the run has none of its cells, or they do not apply here */
	HOLDS,                  /* the whole interval is within the bounds */
	REFUTED,                /* all of it is outside */
	TOO_NOISY,              /* neither; or too few repetitions say anything, since there
	                           are no more, or others disturbed them */
};
const char *judgement_name(enum judgement);

struct finding {
	const struct check *check;
	struct seen seen;
	enum judgement judgement;
	const char *reason;             /* why nothing was seen; "" */
};

struct lesson {
	const struct claim *claim;
	struct finding findings[CHECKS];
	int n;
	enum judgement judgement;       /* refuted if a finding is, else too noisy if one
	                                   is, else holds if one does */
};

struct lessons {
	struct lesson *v;
	int n;
};

/* One for each claim.  -EINVAL with a sentence when the run has none of the
 * cells.  Points into the results. */
int lessons_make(struct lessons *, const struct results *, const struct claim *, struct err *);
void lessons_free(struct lessons *);

/* Whether no claim is refuted: what is published is not counted. */
bool lessons_hold(const struct lessons *);

/* What was found of this back end, the first if several; NULL: nothing was asked. */
const struct finding *lesson_of(const struct lesson *, const char *backend);

/* lessons_print.c: for people, 80 columns. */
void lessons_print(const struct lessons *, const struct results *, const struct summary *, FILE *);

/* "sum chunks=8 P=1 by sum chunks=1 P=1": what a check is of; its back end is left
 * out.  Returns buf. */
const char *check_text(const struct check *, char *buf, size_t size);

/* lessons_json.c: for programs; 0 or -errno. */
int lessons_put(const struct lessons *, const struct results *, const struct summary *, FILE *);

#endif
