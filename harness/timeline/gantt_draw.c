/* SPDX-License-Identifier: Apache-2.0
 *
 * gantt_draw.c: the picture on paper.  A pixel shows what took most of its time: however
 * many steps there are, a row has as many boxes as pixels at most.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/whole.h"
#include "figures/plot_gnuplot.h"
#include "timeline/gantt.h"

#define AXIS   860              /* px, as in gantt.gp; and two boxes in each */
#define WIDTH  (2 * AXIS)
#define ROW    15
#define TITLE  26
#define LETTER 5.4              /* px of a small letter */

static const struct look { double height; unsigned color; } looks[TRACE_STATES] = {
	[TRACE_IS_RUNNABLE] = { 0.42, 0x6b6b6b }, [TRACE_IS_RUNNING] = { 0.86, 0 }, [TRACE_IS_WAITING] = { 0.12, 0xc4c4c4 },
	[TRACE_IS_CALL] = { 0.42, 0xe3c08f },
};

struct drawing {
	const struct gantt *g;
	FILE *out;
	double unit;            /* ns of the axis' unit */
};

static double x_of(const struct drawing *d, double ns)
{
	return ns / d->unit;
}

static void text(const struct drawing *d, const char *what, double ns, double y, unsigned color, const char *s)
{
	fprintf(d->out, "%s\t%.9g\t\t%.5g\t\t%u\t%s\n", what, x_of(d, ns), y, color, s);
}

/* White on what is dark. */
static unsigned ink(unsigned color)
{
	unsigned light = 3 * (color >> 16) + 6 * (color >> 8 & 0xff) + (color & 0xff);

	return light < 1500 ? 0xffffff : 0;
}

/* What is written in a box, if it is wide enough. */
static void label(const struct drawing *d, const struct gantt_row *r, const struct trace *t, int64_t at, int64_t until,
                  const struct trace_step *s, double y)
{
	double px = (double)(until - at) / (double)(d->g->to - d->g->from) * AXIS;
	bool running = s->state == TRACE_IS_RUNNING;
	char buf[80];

	if (r->p >= 0)
		snprintf(buf, sizeof buf, "G %" PRIu64, t->g[s->g].id);
	else if (running || s->reason == REASON_NONE)
		return;
	else
		snprintf(buf, sizeof buf, "%.60s", t->reason[s->reason]);
	if (px < LETTER * (double)strlen(buf) + 4)
		return;
	text(d, running ? "in" : "over", (double)(at + until) / 2, y - (running ? 0 : 0.45 * ROW - 1),
	     running ? ink(gantt_color(s->g)) : 0x404040, buf);
}

static void box(const struct drawing *d, const struct gantt_row *r, const struct trace *t, int64_t at, int64_t until,
                const struct trace_step *s, double y)
{
	const struct look *look = &looks[s->state];
	double half = look->height * ROW / 2;

	fprintf(d->out, "box\t%.9g\t%.9g\t%.5g\t%.5g\t%u\t\n", x_of(d, (double)at), x_of(d, (double)until), y - half, y + half,
	        s->state == TRACE_IS_RUNNING ? gantt_color(s->g) : look->color);
	label(d, r, t, at, until, s, y);
}

/* What is drawn as one. */
static bool alike(const struct trace_step *a, const struct trace_step *b)
{
	return a && b && a->g == b->g && a->state == b->state && a->reason == b->reason;
}

/* Pixel by pixel: who has most of it, or NULL. */
static void row(const struct drawing *d, const struct gantt_panel *p, const struct gantt_row *r, double y)
{
	int64_t all = d->g->to - d->g->from, begun = 0;
	const struct trace_step *open = NULL;
	size_t i = 0;

	for (int px = 0; px <= WIDTH; px++) {
		int64_t at = d->g->from + all / WIDTH * px + all % WIDTH * px / WIDTH;
		int64_t until = d->g->from + all / WIDTH * (px + 1) + all % WIDTH * (px + 1) / WIDTH, most = 0;
		const struct trace_step *best = NULL;

		for (; px < WIDTH && i < r->n && r->span[i].at < until; i++) {
			int64_t a = r->span[i].at > at ? r->span[i].at : at, b = r->span[i].until < until ? r->span[i].until : until;

			if (b - a > most) {
				most = b - a;
				best = &p->t->step[r->span[i].step];
			}
			if (r->span[i].until > until)
				break;
		}
		if (open && !alike(open, best)) {
			box(d, r, p->t, begun, at, open, y);
			open = NULL;
		}
		if (best && !open) {
			open = best;
			begun = at;
		}
	}
}

static void draw_panel(const struct drawing *d, const struct gantt_panel *p, double *y)
{
	char buf[160], name[80];

	*y += TITLE;
	text(d, "panel", (double)d->g->from, *y - 8, 0, trace_title(p->t, buf));
	for (int i = 0; i < p->nrows; i++) {
		if (i == p->nps)
			*y += 7;
		text(d, "row", (double)d->g->from, *y + ROW / 2.0, 0x303030, gantt_row_name(p, i, name));
		row(d, p, &p->row[i], *y + ROW / 2.0);
		*y += ROW;
	}
	if (p->hidden) {
		snprintf(buf, sizeof buf, "and %" PRIu32 " G%s that ran for less time", p->hidden, p->hidden > 1 ? "s" : "");
		text(d, "over", (double)(d->g->from + d->g->to) / 2, *y + 7, 0x595959, buf);
		*y += ROW;
	}
}

static const char *unit_of(const struct gantt *g, double *ns)
{
	int64_t all = g->to - g->from;

	*ns = all > 2000000000 ? 1e9 : all > 2000000 ? 1e6 : all > 2000 ? 1e3 : 1;
	return *ns > 1e8 ? "s" : *ns > 1e5 ? "ms" : *ns > 1e2 ? "\u00b5s" : "ns";
}

static int put_data(const struct gantt *g, const char *path, char unit[8], struct err *e)
{
	struct drawing d = { .g = g };
	struct whole w;
	double y = 0;
	int rc = whole_begin(&w, path, e);

	if (rc)
		return rc;
	d.out = w.out;
	snprintf(unit, 8, "%s", unit_of(g, &d.unit));
	fputs("what\tx0\tx1\ty0\ty1\tcolor\ttext\n", w.out);
	for (int i = 0; i < g->n; i++)
		draw_panel(&d, &g->panel[i], &y);
	fprintf(w.out, "end\t%.9g\t%.9g\t0\t%.5g\t0\t\n", x_of(&d, (double)g->from), x_of(&d, (double)g->to), y);
	return whole_end(&w, 0, e);
}

int gantt_draw(const struct gantt *g, const char *path, struct err *e)
{
	char scripts[PATH_MAX], data[PATH_MAX], unit[8];
	size_t n = strlen(path);
	const char *kind = n > 4 ? path + n - 3 : "", *slash = strrchr(path, '/');
	static const char reading[] = "Above, who ran on each P; below, what each G did: Running in its colour, Runnable dark, in a "
	                              "call brown, else Waiting, for what is named.";
	char axis[64];
	const char *caption[3] = { reading, axis, "" };
	int rc;

	if (strcmp(kind, "svg") != 0 && strcmp(kind, "png") != 0)
		return err_set(e, -EINVAL, "%.300s: not .svg or .png", path);
	rc = gnuplot_scripts(scripts, e);
	if (rc)
		return rc;
	snprintf(data, sizeof data, "%.*s.%.200s.tsv", (int)(slash ? slash + 1 - path : 0), path, slash ? slash + 1 : path);
	rc = put_data(g, data, unit, e);
	if (rc)
		return rc;
	snprintf(axis, sizeof axis, "time since the first G, %s", unit);
	rc = gnuplot_draw(scripts, "gantt", data, path, kind, caption, e);
	unlink(data);
	return rc;
}
