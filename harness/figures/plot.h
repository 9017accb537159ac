/* SPDX-License-Identifier: Apache-2.0
 *
 * plot.h: the pictures of a run, drawn from its stored data alone.
 */
#ifndef PLOT_H
#define PLOT_H

#include "base/err.h"

/* Writes DIR/plots/NAME.tsv, then NAME.svg and NAME.png of it, for each figure:
 *     time       time of an operation, by workload and back end
 *     speedup    against the fewest Ps of the run
 *     switches   context switches an operation: the kernel's, the scheduler's
 * A figure without data (a run with one P has no speed-up) is left out, and
 * what an earlier call drew of it is removed.  0, or -errno with a sentence;
 * -ENOENT when there is no gnuplot: the data are written all the same. */
int plot_run(const char *dir, struct err *e);

#endif
