/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_csv.c: see trace_formats.h.  Lines are in the order of their beginnings; what is no step has
 * no end.
 */
#include <inttypes.h>
#include <string.h>

#include "formats/trace_formats.h"
#include "trace/walk.h"

/* RFC 4180: in quotes if it must be, and quotes twice. */
static void field(const char *text, FILE *out)
{
	if (!strpbrk(text, ",\"")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void g_fields(const struct trace *t, uint32_t g, FILE *out)
{
	if (g == TRACE_NONE) {
		fputs(",,", out);
		return;
	}
	fprintf(out, ",%" PRIu64 ",", t->g[g].id);
	field(t->g[g].name, out);
}

static void number(int64_t v, bool known, FILE *out)
{
	if (known)
		fprintf(out, ",%" PRId64, v);
	else
		fputc(',', out);
}

static void step(const struct trace *t, const struct trace_step *s, FILE *out)
{
	bool ended = s->state == TRACE_IS_ENDED;

	fprintf(out, "%" PRId64 ",", s->at);
	if (!ended)
		fprintf(out, "%" PRId64, s->until);
	fprintf(out, ",%s", ended ? "ended" : trace_state_name[s->state]);
	g_fields(t, s->g, out);
	number(s->p, s->p >= 0, out);
	number(s->m, s->m > 0, out);
	fputc(',', out);
	field(t->reason[s->reason], out);
	number(s->by == TRACE_NONE ? 0 : (int64_t)t->g[s->by].id, s->by != TRACE_NONE, out);
	fputc('\n', out);
}

static void mark(const struct trace *t, const struct trace_mark *m, FILE *out)
{
	char detail[64];

	fprintf(out, "%" PRId64 ",,%s", m->at, mark_name(m));
	g_fields(t, m->g, out);
	number(m->p, m->p >= 0, out);
	fputs(",,", out);
	field(mark_detail(t, m, detail), out);
	fputs(",\n", out);
}

bool csv_write(const struct trace *t, FILE *out)
{
	struct walk w = { .t = t };

	fputs("start_ns,end_ns,what,g,function,p,m,why,by_g\n", out);
	while (walk_next(&w)) {
		if (w.step)
			step(t, w.step, out);
		else if (w.mark)
			mark(t, w.mark, out);
		else
			fprintf(out, "%" PRId64 ",,lost,,,,,%" PRIu64 " records,\n", w.at, w.loss->n);
	}
	return true;
}
