/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void trace_count(const struct trace *t, int64_t at, int n[TRACE_STATES])
{
	memset(n, 0, TRACE_STATES * sizeof *n);
	for (uint32_t i = 0; i < t->nsteps && t->step[i].at <= at; i++)
		if (at < t->step[i].until)
			n[t->step[i].state]++;
}

const char *trace_title(const struct trace *t, char buf[160])
{
	int n = snprintf(buf, 160, "%s%s%s, P = %d", t->workload, *t->workload ? " on " : "", t->backend, t->procs);

	if (*t->set && n < 100)
		snprintf(buf + n, 160 - (size_t)n, ", %.50s", t->set);
	return buf;
}

const char *trace_g_name(const struct trace *t, uint32_t g, char buf[80])
{
	if (g == TRACE_NONE)
		snprintf(buf, 80, "nobody");
	else
		snprintf(buf, 80, "G %" PRIu64 " (%.40s)", t->g[g].id, t->g[g].name);
	return buf;
}

const char *trace_by(const struct trace *t, const struct trace_step *s, char buf[120])
{
	char name[80];

	switch (s->reason) {
	case REASON_SLEPT: snprintf(buf, 120, "its time"); break;
	case REASON_DESCRIPTOR: snprintf(buf, 120, "its descriptor"); break;
	case REASON_READIED: case REASON_CREATED: snprintf(buf, 120, "%s", trace_g_name(t, s->by, name)); break;
	default: snprintf(buf, 120, "%s", t->reason[s->reason]);
	}
	return buf;
}
