/* SPDX-License-Identifier: Apache-2.0
 *
 * runner.h: measures what a plan asks for and a run does not have yet.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include "plan/catalog.h"
#include "plan/plan.h"
#include "results/folder.h"
#include "run/measure.h"

/* Which rows are to be measured again, as the next attempt: by what became of the
 * one that counts. */
struct again {
	bool status[ST_NA + 1], disturbed;
};

/* Appends a row for every step of the plan that is not among rows (n of them), or
 * is to be measured again.
 * 0 when all is there; -EINTR with *interrupt the signal that stopped it;
 * -EINVAL when the rows are not of the plan; or -errno with a sentence.  Every
 * row measured so far is on the disk then. */
int runner_run(struct run *, const struct plan *, const struct catalog *, const struct topo *,
               const struct row *rows, int n, const struct again *, int *interrupt, struct err *);

/* ---- For the tests ----------------------------------------------------------- */

/* Who measures instead of measure_cell. */
typedef int runner_measure(const struct measure *, const struct cell *, int64_t iterations, struct outcome *,
                           int *interrupt, struct err *);
int runner_run_by(runner_measure *, struct run *, const struct plan *, const struct catalog *,
                  const struct topo *, const struct row *rows, int n, const struct again *, int *interrupt,
                  struct err *);

#endif
