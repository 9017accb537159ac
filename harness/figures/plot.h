/* SPDX-License-Identifier: Apache-2.0
 *
 * plot.h: the pictures of a run, drawn from its stored data alone.
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdio.h>

#include "base/err.h"

/* Writes DIR/plots/NAME.tsv, then NAME.svg and NAME.png of it, for each of the figures
 * (figures.h).  One without data is left out, what an earlier call drew of it is removed,
 * and a line that says why goes to why, unless that is NULL.  0, or -errno with a
 * sentence; -ENOENT when there is no gnuplot: the data are written all the same. */
int plot_run(const char *dir, FILE *why, struct err *e);

#endif
