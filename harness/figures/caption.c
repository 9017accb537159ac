/* SPDX-License-Identifier: Apache-2.0
 *
 * caption.c: what stands below every figure.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "topo/topo.h"

/* Appends; what has no room is cut. */
static void __attribute__((format(printf, 2, 3))) say(char buf[CAPTION], const char *format, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf + n, CAPTION - n, format, ap);
	va_end(ap);
}

/* How to read it. */
static void reading(char *buf, const struct results *r, const struct summary *s)
{
	char notes[NOTES], *rest = notes, *note;
	int least = 0, most = 0;
	double coverage = 1;

	results_notes(r, notes, sizeof notes);
	while (*notes && (note = strsep(&rest, "\n")))
		say(buf, "%s. ", note);
	for (int i = 0; i < s->n; i++) {
		const struct stats_median *m = &s->figures[i].ns_per_op;

		if (!m->n)
			continue;
		least = !least || m->n < least ? m->n : least;
		most = m->n > most ? m->n : most;
		coverage = fmin(coverage, m->coverage);
	}
	if (most < 2) {
		say(buf, "One repetition, so no intervals.");
		return;
	}
	if (least == most)
		say(buf, "Medians of n = %d repetitions", most);
	else
		say(buf, "Medians of n = %d to %d repetitions", least, most);
	say(buf, ", a process each; intervals cover the true median with %.1f %% confidence%s.",
	    floor(1000 * coverage) / 10, least == most ? "" : " or more");
}

/* The Ps and the policies of the plan, each once. */
static void places(char *buf, const struct results *r)
{
	const char *before = " \u00b7 P = ";
	int last = 0, next;

	do {
		next = 0;
		for (int i = 0; i < r->ncells; i++)
			if (r->cells[i].procs > last && (!next || r->cells[i].procs < next))
				next = r->cells[i].procs;
		if (next)
			say(buf, "%s%d", before, next);
		before = ", ";
		last = next;
	} while (next);
	before = " \u00b7 pinning ";
	for (int i = 0; i < r->ncells; i++) {
		int k = 0;

		while (k < i && strcmp(r->cells[k].pin, r->cells[i].pin) != 0)
			k++;
		if (k == i) {
			say(buf, "%s%.40s", before, r->cells[i].pin);
			before = ", ";
		}
	}
}

/* What was measured where. */
static void origin(char *buf, const struct results *r, const struct summary *s)
{
	char path[PATH_MAX], machine[200];
	struct topo *t;
	struct err e;

	if (topo_open(&t, path_join(path, r->dir, "topology.xml"), NULL, &e) == 0) {
		topo_describe(t, machine, sizeof machine);
		topo_close(t);
	} else {
		snprintf(machine, sizeof machine, "%s", results_fact(r, "cpu_model"));
	}
	say(buf, "%s", *machine ? machine : "unnamed machine");
	if (*results_fact(r, "kernel"))
		say(buf, " \u00b7 Linux %.40s", results_fact(r, "kernel"));
	places(buf, r);
	say(buf, " \u00b7 commit %.12s", *results_fact(r, "commit") ? results_fact(r, "commit") : "unknown");
	if (*results_fact(r, "started"))
		say(buf, " \u00b7 %.10s", results_fact(r, "started"));
	if (s->ncalibrations && s->calibrations[0].ns_per_op.n > 2)
		say(buf, " \u00b7 noise %.2f %%", 100 * s->noise);
}

void figure_caption(struct caption *c, const struct results *r, const struct summary *s)
{
	*c = (struct caption){ 0 };
	reading(c->reading, r, s);
	origin(c->origin, r, s);
	summary_told_text(s, c->told, sizeof c->told);
}
