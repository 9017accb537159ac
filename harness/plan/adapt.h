/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt.h: a plan that was made elsewhere, as far as it can be measured here.
 *
 * A cell keeps all that it is; its PUs are picked anew, by the same policy, and a
 * parameter that its workload did not have then gets its default.  One that
 * this build or this machine cannot measure is left out.  A cell whose Ps had a
 * processor each is left out where they would have to share, for it would be another.
 */
#ifndef ADAPT_H
#define ADAPT_H

#include "plan/plan.h"

struct adaptation {
	const char **why;       /* of each cell of the plan as it was: why it is left out; NULL:
	                           it is not.  The plan's strings */
	int ncells, layouts;    /* as they were */
};

/* Takes the cells out of the plan that cannot be measured here, or that size, if given,
 * does not have at any P; and calibrates anew.  usable: as plan_make has it.  0, or
 * -errno with a sentence: nothing is left.  Free the adaptation in either case. */
int plan_adapt(struct plan *, struct adaptation *, const struct plan *size, const struct catalog *,
               const struct topo *, int usable, struct err *);

/* Each reason once, and how many cells have it; NULL after the last.  *at begins as 0. */
const char *adaptation_next(const struct adaptation *, int *at, int *n);
void adaptation_free(struct adaptation *);

#endif
