/* SPDX-License-Identifier: Apache-2.0
 *
 * report_figures.c: the run's pictures.  Each is an image of its own, not a part of the
 * page, so that whatever a picture is made of shows as a picture and does nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "figures/figures.h"
#include "report/html.h"
#include "report/section.h"

/* A picture larger than this is not drawn here, and all together are no more than that: the
 * page of the preset standard stays below 2 MB.  What is so large has 60 lines, as the
 * page's own tables do. */
#define SVG_MAX ((size_t)100 << 10)
#define ALL_MAX ((size_t)500 << 10)

static void leave_out(const struct page *p, const struct figure_kind *k, const char *why)
{
	fputs("<p class=\"left-out\">", p->out);
	html_textf(p->out, "%s: %s", k->title, why);
	fputs("</p>\n", p->out);
}

/* Some titles are questions. */
static const char *stop(const struct figure_kind *k)
{
	return strchr("?!", k->title[strlen(k->title) - 1]) ? "" : ".";
}

static void print_picture(const struct page *p, const struct figure_kind *k, const char *svg, size_t n)
{
	fprintf(p->out, "<figure id=\"figure-%s\"><img loading=\"lazy\" alt=\"", k->name);
	html_textf(p->out, "%s%s %s", k->title, stop(k), k->alt);
	fputs("\" src='", p->out);
	html_svg_address(svg, n, p->out);
	fputs("'><figcaption>", p->out);
	html_textf(p->out, "%s%s %s Its data: plots/%s.tsv", k->title, stop(k), k->reading, k->name);
	fputs("</figcaption>", p->out);
	if (k->across)
		page_curves(p, k);
	fputs("</figure>\n", p->out);
}

/* Why a figure is not among the run's pictures. */
static const char *why_not(const struct page *p, const struct figure_kind *k)
{
	struct points points;
	int n = k->points(&points, p->r, p->s) == 0 ? points.n : 0;

	points_free(&points);
	return n ? "not drawn; build/schedlab plot DIR draws it, where there is gnuplot." : k->without;
}

/* *left: how many bytes of pictures the page may still take.  Whether there is one. */
static bool print_figure(const struct page *p, const struct figure_kind *k, size_t *left)
{
	char dir[PATH_MAX], path[PATH_MAX], file[80], *svg;
	size_t n;
	struct err ignored;
	int rc;

	snprintf(file, sizeof file, "%.60s.svg", k->name);
	path_join(path, path_join(dir, results_files(p->r), "plots"), file);
	rc = file_get(path, *left < SVG_MAX ? *left : SVG_MAX, &svg, &n, &ignored);
	if (rc == -EFBIG) {
		leave_out(p, k, "too large for this page; it is in the run's folder plots.");
	} else if (rc) {
		leave_out(p, k, why_not(p, k));
	} else {
		*left -= n;
		print_picture(p, k, svg, n);
		free(svg);
	}
	return !rc;
}

void section_figures(const struct page *p)
{
	size_t left = ALL_MAX;
	bool curves = false;

	fputs("<section id=\"figures\" aria-labelledby=\"figures-h\">\n<h2 id=\"figures-h\">Figures</h2>\n", p->out);
	for (const struct figure_kind *k = figure_kinds; k->name; k++)
		curves |= print_figure(p, k, &left) && k->across;
	if (curves)
		page_curves_script(p);
	fputs("</section>\n", p->out);
}
