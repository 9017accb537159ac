/* SPDX-License-Identifier: Apache-2.0
 *
 * told.h: what a run can tell by its own blocks, and how often it tells where there is
 * nothing: cells that are there twice are judged as any two cells are.
 */
#ifndef COMPARE_TOLD_H
#define COMPARE_TOLD_H

#include "results/summary.h"

/* Fills s->told, whose lines point into the results and go with summary_free.  A run of
 * more back ends than TOLD_BACKENDS is left unknown.  0, or -errno with a sentence. */
#define TOLD_BACKENDS 64
int told_find(struct told *, const struct results *, struct err *);

#endif
