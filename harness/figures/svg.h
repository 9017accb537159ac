/* SPDX-License-Identifier: Apache-2.0
 *
 * svg.h: what gnuplot draws as SVG, as a page can hold it.
 */
#ifndef SVG_H
#define SVG_H

#include "base/err.h"
#include "figures/figures.h"

/* Rewrites DIR/FILE: says what the figure shows, for those who cannot see it, instead of
 * which program drew it; gives its ids the figure's name, so that several figures can stand
 * in one page; and leaves out what changes nothing of the picture, a third to a half of the
 * file.  What is no such file stays as it is.  0, or -errno with a sentence. */
int svg_finish(const char *dir, const char *file, const struct figure_kind *, struct err *);

#endif
