/* SPDX-License-Identifier: Apache-2.0
 *
 * builds.h: a plan of two builds, whose cells are held against each other.
 *
 * Each cell is there twice, once of the old build and right behind it of the new one.
 * Within a repetition both are measured one after the other, so that what disturbs the
 * machine for longer than a cell takes cancels.  Who comes first is as random as all
 * else in the order, and the layout is the same number in both.
 */
#ifndef BUILDS_H
#define BUILDS_H

#include "plan/plan.h"

/* Sections of meta.json: dir, and of version, commit, compiler, flags ... what is known. */
#define BUILD_OLD_FACTS "old_build"
#define BUILD_NEW_FACTS "new_build"

/* The new build's catalog gets the old one's, and both have the layouts that both have. */
void builds_pair(struct catalog *new, struct catalog *old);

/* -EINVAL with a sentence where a difference between them would not be that of the
 * sources: another architecture, another toolchain of a back end. */
int builds_check(const struct catalog *, const struct plan *, struct err *);

/* Makes the plan one of two builds. */
int builds_plan(struct plan *, struct err *);

/* Adds what is known of both to the facts of a run. */
int builds_facts(const struct catalog *, struct facts *, struct err *);

#endif
