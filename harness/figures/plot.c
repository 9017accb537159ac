/* SPDX-License-Identifier: Apache-2.0 */
#include "figures/plot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "compare/told.h"
#include "figures/figures.h"
#include "figures/plot_gnuplot.h"
#include "figures/svg.h"

/* More than the figures there are. */
#define KINDS_MAX 32

static const char *const terminals[] = { "svg", "png" };

static const char *state_of(const struct point *p)
{
	if (p->flat)
		return "flat";
	if (p->status != ST_OK)
		return status_name(p->status);
	return p->value.n ? "ok" : "none";
}

static void print_points(const struct points *p, FILE *f)
{
	fputs("quantity\trow\tworkload\tseries\tbackend\tprocs\tpin\tx\tvalue\tlow\thigh\t"
	      "samples\tcoverage_pct\tstate\n", f);
	for (int i = 0; i < p->n; i++) {
		const struct point *v = &p->v[i];
		const struct stats_median *m = &v->value;

		fprintf(f, "%s\t%d\t%s\t%d\t%s\t%d\t%s\t", v->quantity, v->row,
		        v->label, v->series, v->cell->backend, v->cell->procs, v->cell->pin);
		if (isfinite(v->x))
			fprintf(f, "%.9g", v->x);
		fputc('\t', f);
		if (m->n)
			fprintf(f, "%.9g\t%.9g\t%.9g\t%d\t%.4g", m->median, m->low,
			        m->high, m->n, 100 * m->coverage);
		else
			fputs("\t\t\t\t", f);
		fprintf(f, "\t%s\n", state_of(v));
	}
}

static int put_points(const struct points *p, const char *plots, const char *name,
                      struct err *e)
{
	char file[64], *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int rc;

	if (!f)
		return err_set(e, -ENOMEM, "out of memory");
	print_points(p, f);
	snprintf(file, sizeof file, "%s.tsv", name);
	rc = fclose(f) == 0 ? file_put(plots, file, text, n, e)
	                    : err_set(e, -ENOMEM, "out of memory");
	free(text);
	return rc;
}

/* ---- Drawing ---------------------------------------------------------------- */

static void forget(const char *plots, const char *name)
{
	static const char *const endings[] = { "tsv", "svg", "png" };
	char file[64], path[PATH_MAX];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(file, sizeof file, "%s.%s", name, endings[i]);
		unlink(path_join(path, plots, file));
	}
}

static int draw(const char *plots, const struct figure_kind *k, const char *caption[3],
                struct err *e)
{
	char scripts[PATH_MAX], data[PATH_MAX], out[PATH_MAX], file[64];
	int rc = gnuplot_scripts(scripts, e);

	snprintf(file, sizeof file, "%s.tsv", k->name);
	path_join(data, plots, file);
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals && !rc; i++) {
		snprintf(file, sizeof file, "%s.%s", k->name, terminals[i]);
		rc = gnuplot_draw(scripts, k->name, data, path_join(out, plots, file),
		                  terminals[i], caption, e);
		if (!rc && !strcmp(terminals[i], "svg"))
			rc = svg_finish(plots, file, k, e);
	}
	return rc;
}

/* The data of all figures first: they are there whatever becomes of gnuplot. */
static int draw_all(const struct results *r, const struct summary *s,
                    const char *plots, FILE *why, struct err *e)
{
	struct caption c;
	const char *caption[] = { c.reading, c.origin, c.told };
	bool has[KINDS_MAX] = { false };
	const struct figure_kind *k;
	struct points p;
	int rc = 0;

	figure_caption(&c, r, s);
	for (k = figure_kinds; k->name && !rc; k++) {
		if (k->points(&p, r, s))
			return err_set(e, -ENOMEM, "out of memory");
		has[k - figure_kinds] = p.n > 0;
		if (p.n) {
			rc = put_points(&p, plots, k->name, e);
		} else {
			forget(plots, k->name);
			if (why)
				fprintf(why, "left out: %s: %s\n", k->name, k->without);
		}
		points_free(&p);
	}
	for (k = figure_kinds; k->name && !rc; k++)
		if (has[k - figure_kinds])
			rc = draw(plots, k, caption, e);
	return rc;
}

int plot_run(const char *dir, FILE *why, struct err *e)
{
	char plots[PATH_MAX];
	struct results r;
	struct summary s;
	int rc = results_read(&r, dir, e);

	if (rc)
		return rc;
	rc = summary_make(&s, &r, e);
	if (!rc)
		rc = told_find(&s.told, &r, e);
	if (!rc)
		rc = dir_make(path_join(plots, dir, "plots"), e);
	if (!rc)
		rc = draw_all(&r, &s, plots, why, e);
	summary_free(&s);
	results_free(&r);
	return rc;
}
