/* SPDX-License-Identifier: Apache-2.0
 *
 * plot_gnuplot.h: one run of gnuplot.
 */
#ifndef PLOT_GNUPLOT_H
#define PLOT_GNUPLOT_H

#include <limits.h>

#include "base/err.h"

/* Finds the folder of the scripts: scripts/plot of a source tree, or
 * share/schedlab/plot of an installed one, in a folder around the executable or
 * in the current one. */
int gnuplot_scripts(char dir[PATH_MAX], struct err *e);

/* Draws OUT, whole or not at all, from DATA: runs SCRIPTS/NAME.gp with
 *     ARG1 data  ARG2 the file to write  ARG3 terminal  ARG4 to ARG6 caption
 * What gnuplot says without failing goes to standard error.  0; -ENOENT:
 * there is no gnuplot; or -errno. */
int gnuplot_draw(const char *scripts, const char *name, const char *data,
                 const char *out, const char *terminal, const char *caption[3],
                 struct err *e);

#endif
