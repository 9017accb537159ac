/* SPDX-License-Identifier: Apache-2.0
 *
 * report_figures.c: the run's pictures.  Each is an image of its own, not a part of the
 * page, so that whatever a picture is made of shows as a picture and does nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "report/html.h"
#include "report/section.h"

/* A picture larger than this is not drawn here, and would make the page slow. */
#define SVG_MAX ((size_t)400 << 10)
/* And all together no more than this, so that the page stays one that can be sent. */
#define ALL_MAX ((size_t)900 << 10)

static int is_svg(const struct dirent *e)
{
	const char *name = e->d_name, *end = name + strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return end > name && !strcmp(end, ".svg");
}

static void leave_out(const struct page *p, const char *name, const char *why)
{
	fputs("<p class=\"left-out\">", p->out);
	html_textf(p->out, "plots/%s is not shown here: %s", name, why);
	fputs("</p>\n", p->out);
}

/* *left: how many bytes of pictures the page may still take. */
static void print_picture(const struct page *p, const char *dir, const char *name, size_t *left)
{
	char path[PATH_MAX], *svg;
	size_t n;
	struct err ignored;
	int rc = file_get(path_join(path, dir, name), *left < SVG_MAX ? *left : SVG_MAX, &svg, &n, &ignored);

	if (rc) {
		leave_out(p, name, rc == -EFBIG ? "it would make the page too large" : file_why(rc));
		return;
	}
	*left -= n;
	fputs("<figure><img loading=\"lazy\" alt=\"", p->out);
	html_textf(p->out, "The picture %.*s; its data are in plots/%.*s.tsv", (int)strcspn(name, "."), name,
	           (int)strcspn(name, "."), name);
	fputs("\" src='", p->out);
	html_svg_address(svg, n, p->out);
	fputs("'></figure>\n", p->out);
	free(svg);
}

void section_figures(const struct page *p)
{
	char dir[PATH_MAX];
	struct dirent **entries = NULL;
	int n = scandir(path_join(dir, results_files(p->r), "plots"), &entries, is_svg, alphasort);
	size_t left = ALL_MAX;

	fputs("<section id=\"figures\" aria-labelledby=\"figures-h\">\n<h2 id=\"figures-h\">Figures</h2>\n", p->out);
	for (int i = 0; i < n; i++) {
		print_picture(p, dir, entries[i]->d_name, &left);
		free(entries[i]);
	}
	free(entries);
	if (n <= 0)
		fputs("<p>The run has no pictures: <code>build/schedlab plot DIR</code> draws them, where there is gnuplot, "
		      "and <code>build/schedlab report DIR</code> then makes this page anew.</p>\n", p->out);
	fputs("</section>\n", p->out);
}
