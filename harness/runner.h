/* SPDX-License-Identifier: Apache-2.0
 *
 * runner.h: measures what a plan asks for and a run does not have yet.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include "catalog.h"
#include "plan.h"
#include "results_run.h"

/* Appends a row for every step of the plan that is not among rows (n of them).
 * 0 when all is there; -EINTR with *interrupt the signal that stopped it;
 * -EINVAL when the rows are not of the plan; or -errno with a sentence.  Every
 * row measured so far is on the disk then. */
int runner_run(struct run *, const struct plan *, const struct catalog *, const struct topo *,
               const struct row *rows, int n, int *interrupt, struct err *);

#endif
