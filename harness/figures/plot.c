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
#include "figures/plot_data.h"
#include "figures/plot_gnuplot.h"
#include "topo/topo.h"

static const struct figure_kind {
	const char *name;
	int (*points)(struct points *, const struct results *, const struct summary *);
} figures[] = {
	{ "time", points_time },
	{ "speedup", points_speedup },
	{ "switches", points_switches },
};
#define FIGURES (sizeof figures / sizeof *figures)

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
	fputs("quantity\trow\tworkload\tseries\tbackend\tprocs\tvalue\tlow\thigh\t"
	      "samples\tcoverage_pct\tstate\n", f);
	for (int i = 0; i < p->n; i++) {
		const struct point *v = &p->v[i];
		const struct stats_median *m = &v->value;

		fprintf(f, "%s\t%d\t%s\t%d\t%s\t%d\t", v->quantity, v->row,
		        v->label, v->series, v->cell->backend, v->cell->procs);
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

/* ---- Captions ------------------------------------------------------------- */

#define CAPTION 600

/* How to read it. */
static void caption_reading(char *buf, const struct results *r, const struct summary *s)
{
	char notes[NOTES], *rest = notes, *note;
	int least = 0, most = 0;
	double coverage = 1;
	size_t n = 0;

	results_notes(r, notes, sizeof notes);
	while (*notes && (note = strsep(&rest, "\n")))
		n += (size_t)snprintf(buf + n, CAPTION - n, "%s. ", note);
	for (int i = 0; i < s->n; i++) {
		const struct stats_median *m = &s->figures[i].ns_per_op;

		if (!m->n)
			continue;
		least = !least || m->n < least ? m->n : least;
		most = m->n > most ? m->n : most;
		coverage = fmin(coverage, m->coverage);
	}
	if (most < 2) {
		snprintf(buf + n, CAPTION - n, "One repetition, so no intervals.");
		return;
	}
	n += snprintf(buf + n, CAPTION - n, "Points are medians of ");
	n += least == most ? snprintf(buf + n, CAPTION - n, "%d", most)
	                   : snprintf(buf + n, CAPTION - n, "%d to %d", least, most);
	snprintf(buf + n, CAPTION - n, " repetitions, a process each; bars cover the "
	         "true median with %.1f %% confidence%s.",
	         floor(1000 * coverage) / 10, least == most ? "" : " or more");
}

/* What was measured where. */
static void caption_origin(char *buf, const struct results *r, const struct summary *s)
{
	char path[PATH_MAX], machine[200];
	struct topo *t;
	struct err e;
	size_t n;

	if (topo_open(&t, path_join(path, r->dir, "topology.xml"), NULL, &e) == 0) {
		topo_describe(t, machine, sizeof machine);
		topo_close(t);
	} else {
		snprintf(machine, sizeof machine, "%s", results_fact(r, "cpu_model"));
	}
	n = snprintf(buf, CAPTION, "%s", *machine ? machine : "unnamed machine");
	if (*results_fact(r, "kernel"))
		n += snprintf(buf + n, CAPTION - n, " \u00b7 Linux %.40s",
		              results_fact(r, "kernel"));
	n += snprintf(buf + n, CAPTION - n, " \u00b7 commit %.12s",
	              *results_fact(r, "commit") ? results_fact(r, "commit") : "unknown");
	if (*results_fact(r, "started"))
		n += snprintf(buf + n, CAPTION - n, " \u00b7 %.10s",
		              results_fact(r, "started"));
	if (s->ncalibrations && s->calibrations[0].ns_per_op.n > 2)
		snprintf(buf + n, CAPTION - n, " \u00b7 noise %.2f %%", 100 * s->noise);
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

static int draw(const char *plots, const char *name, const char *caption[3],
                struct err *e)
{
	char scripts[PATH_MAX], data[PATH_MAX], out[PATH_MAX], file[64];
	int rc = gnuplot_scripts(scripts, e);

	snprintf(file, sizeof file, "%s.tsv", name);
	path_join(data, plots, file);
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals && !rc; i++) {
		snprintf(file, sizeof file, "%s.%s", name, terminals[i]);
		rc = gnuplot_draw(scripts, name, data, path_join(out, plots, file),
		                  terminals[i], caption, e);
	}
	return rc;
}

/* The data of all figures first: they are there whatever becomes of gnuplot. */
static int draw_all(const struct results *r, const struct summary *s,
                    const char *plots, struct err *e)
{
	char reading[CAPTION], origin[CAPTION], told[TOLD_TEXT];
	const char *caption[] = { reading, origin, summary_told_text(s, told, sizeof told) };
	bool has[FIGURES];
	struct points p;
	int rc = 0;

	caption_reading(reading, r, s);
	caption_origin(origin, r, s);
	for (size_t i = 0; i < FIGURES && !rc; i++) {
		if (figures[i].points(&p, r, s))
			return err_set(e, -ENOMEM, "out of memory");
		has[i] = p.n > 0;
		if (has[i])
			rc = put_points(&p, plots, figures[i].name, e);
		else
			forget(plots, figures[i].name);
		points_free(&p);
	}
	for (size_t i = 0; i < FIGURES && !rc; i++)
		if (has[i])
			rc = draw(plots, figures[i].name, caption, e);
	return rc;
}

int plot_run(const char *dir, struct err *e)
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
		rc = draw_all(&r, &s, plots, e);
	summary_free(&s);
	results_free(&r);
	return rc;
}
