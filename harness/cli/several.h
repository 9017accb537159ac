/* SPDX-License-Identifier: Apache-2.0
 *
 * several.h: several runs of one plan, one after the other, in a folder that says how
 * many there are to be (compare/between.h).
 */
#ifndef SEVERAL_H
#define SEVERAL_H

#include "cli/cmd.h"
#include "compare/between.h"
#include "plan/plan.h"

struct again;

/* Measures them, and says how far apart they are; goes on with those that are there.
 * Each has the plan, but a seed of its own.  The exit status.
 * tell: of each run. */
int several_start(const char *dir, const struct runs_plan *, struct plan *, struct catalog *, const struct topo *,
                  int argc, char **argv, enum tell, struct err *);
int several_resume(const char *dir, const struct runs_plan *, const struct again *, struct catalog *,
                   const struct topo *, int argc, char **argv, enum tell, struct err *);

#endif
