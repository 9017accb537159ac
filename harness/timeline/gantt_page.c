/* SPDX-License-Identifier: Apache-2.0
 *
 * gantt_page.c: the picture for a browser: data for gantt.js, in as few bytes as a page
 * should have, and the page around them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/gantt.h"

/* A string of JSON within a script element: nothing in it may end that. */
static void string(const char *s, FILE *out)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s == '<' || *s == '>' || *s == '&')
			fprintf(out, "\\u%04x", (unsigned)*s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void html(const char *s, FILE *out)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc(*s, out);
		}
	}
}

/* Gs are called by small numbers, in the order in which they come. */
struct known {
	const struct trace *t;
	uint32_t *index;        /* by G; TRACE_NONE: not yet */
	uint32_t *g, n;
};

static uint32_t index_of(struct known *k, uint32_t g)
{
	if (k->index[g] == TRACE_NONE) {
		k->index[g] = k->n;
		k->g[k->n++] = g;
	}
	return k->index[g];
}

/* Of each span: how long after the last one, how long; on a P which G; of a G its state,
 * why, and by whom, or -1. */
static void row(const struct gantt *g, const struct gantt_panel *p, const struct gantt_row *r, struct known *k, FILE *out)
{
	int64_t last = g->from;

	for (size_t i = 0; i < r->n; i++) {
		const struct gantt_span *sp = &r->span[i];
		const struct trace_step *s = &p->t->step[sp->step];

		fprintf(out, "%s%" PRId64 ",%" PRId64 ",", i ? "," : "", sp->at - last, sp->until - sp->at);
		last = sp->until;
		if (r->p >= 0) {
			fprintf(out, "%" PRIu32, index_of(k, s->g));
			continue;
		}
		fprintf(out, "%d,%d,", s->state, s->reason);
		if (s->by == TRACE_NONE)
			fputs("-1", out);
		else
			fprintf(out, "%" PRIu32, index_of(k, s->by));
	}
}

static void panel(const struct gantt *g, const struct gantt_panel *p, FILE *out)
{
	const struct trace *t = p->t;
	struct known k = { t, malloc(((size_t)t->ng + 1) * sizeof *k.index), malloc(((size_t)t->ng + 1) * sizeof *k.g), 0 };
	char buf[160];

	if (k.index && k.g) {
		memset(k.index, 0xff, ((size_t)t->ng + 1) * sizeof *k.index);
		fputs("{\"title\":", out);
		string(trace_title(t, buf), out);
		fprintf(out, ",\"hidden\":%" PRIu32 ",\"why\":[", p->hidden);
		for (int i = 0; i < t->nreasons; i++) {
			fputs(i ? "," : "", out);
			string(t->reason[i], out);
		}
		fputs("],\"rows\":[", out);
		for (int i = 0; i < p->nrows; i++) {
			fprintf(out, "%s{\"name\":", i ? "," : "");
			string(gantt_row_name(p, i, buf), out);
			if (p->row[i].p < 0)
				fprintf(out, ",\"g\":%" PRIu32, index_of(&k, p->row[i].g));
			fputs(",\"d\":[", out);
			row(g, p, &p->row[i], &k, out);
			fputs("]}", out);
		}
		fputs("],\"gs\":[", out);
		for (uint32_t i = 0; i < k.n; i++) {
			fprintf(out, "%s[", i ? "," : "");
			string(trace_g_name(t, k.g[i], buf), out);
			fprintf(out, ",\"#%06x\"]", gantt_color(k.g[i]));
		}
		fputs("]}", out);
	}
	free(k.index);
	free(k.g);
}

void gantt_section(const struct gantt *g, FILE *out)
{
	char title[160];

	fputs("<figure class=\"gantt\">\n<canvas tabindex=\"0\" role=\"img\" aria-label=\"Who ran where over time:", out);
	for (int i = 0; i < g->n; i++) {
		fputs(i ? "; " : " ", out);
		html(trace_title(g->panel[i].t, title), out);
	}
	fputs("\"></canvas>\n<output></output>\n<figcaption><span class=\"gantt-key\"><i class=\"run\"></i>Running, in its G's colour "
	      "<i class=\"able\"></i>Runnable <i class=\"call\"></i>in a call <i class=\"wait\"></i>Waiting</span> "
	      "Wheel or <kbd>+</kbd> <kbd>-</kbd>: zoom. Drag or <kbd>&larr;</kbd> <kbd>&rarr;</kbd>: move. Double click or "
	      "<kbd>0</kbd>: all.</figcaption>\n"
	      "<noscript><p>This picture needs JavaScript.</p></noscript>\n<script type=\"application/json\">", out);
	fprintf(out, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"panels\":[", g->from, g->to);
	for (int i = 0; i < g->n; i++) {
		fputs(i ? ",\n" : "\n", out);
		panel(g, &g->panel[i], out);
	}
	fputs("]}</script>\n</figure>\n", out);
}

void gantt_page(const struct gantt *g, FILE *out)
{
	char title[160];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", out);
	html(trace_title(g->panel[0].t, title), out);
	if (g->n > 1)
		fprintf(out, ", and %d more", g->n - 1);
	fputs("</title>\n<style>\n"
	      ":root { color-scheme: light dark; }\n"
	      "body { margin: 0 auto; padding: 0 1rem 2rem; max-width: 110rem; font: 16px/1.45 system-ui, sans-serif; }\n", out);
	fputs(gantt_css, out);
	fputs("</style>\n<h1>What happened, and when</h1>\n", out);
	for (int i = 0; i < g->n; i++)
		for (int j = 0; j < g->panel[i].t->nnotes; j++) {
			fputs("<p>", out);
			html(g->panel[i].t->note[j], out);
			fputs("</p>\n", out);
		}
	gantt_section(g, out);
	fputs("<script>\n", out);
	fputs(gantt_js, out);
	fputs("</script>\n", out);
}
