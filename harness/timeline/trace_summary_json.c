/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_summary_json.c: for programs.  Times are whole nanoseconds.
 */
#include <errno.h>
#include <jansson.h>

#include "timeline/trace_summary.h"

static json_t *integer(int64_t v)
{
	return json_integer((json_int_t)v);
}

static json_t *time_json(const struct summary_time *t)
{
	return json_pack("{s:I, s:I, s:I}", "n", (json_int_t)t->n, "time_ns", (json_int_t)t->time, "longest_ns",
	                 (json_int_t)t->longest);
}

static json_t *states(const struct trace_summary *s)
{
	json_t *all = json_object();

	for (int i = 0; i < TRACE_STATES; i++) {
		json_t *state = time_json(&s->state[i]), *why = json_object();

		for (int j = 1; j < s->t->nreasons; j++)
			if (s->reason[i][j].n)
				json_object_set_new(why, s->t->reason[j], time_json(&s->reason[i][j]));
		json_object_set_new(state, "why", why);
		json_object_set_new(all, trace_state_name[i], state);
	}
	return all;
}

static json_t *delay(const struct summary_delay *d)
{
	if (!d->n)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "n", (json_int_t)d->n, "p50_ns", (json_int_t)d->median, "p90_ns",
	                 (json_int_t)d->p90, "p99_ns", (json_int_t)d->p99, "longest_ns", (json_int_t)d->longest);
}

static json_t *g_number(const struct trace *t, uint32_t g)
{
	return g == TRACE_NONE ? json_null() : integer((int64_t)t->g[g].id);
}

/* by: of the step that ended it; of one in a queue, of itself. */
static json_t *step(const struct trace *t, const struct summary_step *w)
{
	const struct trace_step *s = &t->step[w->step], *by = s;

	if (s->state != TRACE_IS_RUNNABLE)
		by = s->next == TRACE_NONE ? NULL : &t->step[s->next];
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:s}", "g", (json_int_t)t->g[s->g].id, "function",
	                 t->g[s->g].name, "state", trace_state_name[s->state], "why", t->reason[s->reason], "at_ns",
	                 (json_int_t)s->at, "time_ns", (json_int_t)w->time, "beside_idle_ns", (json_int_t)w->beside_idle,
	                 "by", by ? g_number(t, by->by) : json_null(), "ended", by ? t->reason[by->reason] : "");
}

static json_t *steps(const struct trace *t, const struct summary_step *top)
{
	json_t *all = json_array();

	for (int i = 0; i < SUMMARY_TOP && top[i].step != TRACE_NONE; i++)
		json_array_append_new(all, step(t, &top[i]));
	return all;
}

static json_t *at_once(const struct trace_summary *s)
{
	json_t *all = json_array();

	for (int k = 0; k <= s->most; k++)
		json_array_append_new(all, integer(s->at_once[k]));
	return all;
}

static json_t *ps(const struct trace_summary *s)
{
	json_t *all = json_array();

	for (int p = 0; p < s->t->ps; p++)
		json_array_append_new(all, time_json(&s->p[p]));
	return all;
}

static json_t *one(const struct trace_summary *s)
{
	const struct trace *t = s->t;

	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f, s:o, s:o, s:b, "
	                 "s:o, s:o, s:I, s:I, s:I, s:I}",
	                 "backend", t->backend, "model", t->model, "workload", t->workload, "set", t->set, "procs", t->procs, "procs_most", s->procs,
	                 "finished", t->finished, "length_ns", (json_int_t)t->length, "records", (json_int_t)t->records,
	                 "lost", (json_int_t)t->lost, "odd", (json_int_t)t->odd, "created", (json_int_t)s->created, "ended",
	                 (json_int_t)s->ended, "steals", (json_int_t)s->steals, "handoffs", (json_int_t)s->handoffs,
	                 "states", states(s), "queue_delay", delay(&s->queue), "wakeup_delay", delay(&s->wakeup),
	                 "running_average", s->average, "running_ns", at_once(s), "ps", ps(s), "on_cpus", t->on_cpus,
	                 "longest_waits", steps(t, s->wait), "longest_in_queue", steps(t, s->late), "late",
	                 (json_int_t)s->nlate, "late_ns", (json_int_t)s->late_time, "work_ns", (json_int_t)s->work,
	                 "span_ns", (json_int_t)s->span);
}

int trace_summary_put(const struct trace_summary *const *s, int n, FILE *out)
{
	json_t *all = json_array();
	int rc = 0;

	for (int i = 0; i < n; i++)
		rc |= json_array_append_new(all, one(s[i]));
	rc |= json_dumpf(all, out, JSON_INDENT(1));
	json_decref(all);
	fputc('\n', out);
	return rc ? -ENOMEM : 0;
}
