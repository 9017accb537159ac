/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace_check.h"

#include <stdlib.h>
#include <string.h>

static const char *check_step(const struct trace *t, uint32_t i, const uint32_t *last)
{
	const struct trace_step *s = &t->step[i], *before;

	if (s->g >= t->ng || (s->by != TRACE_NONE && s->by >= t->ng) || s->state > TRACE_IS_ENDED || s->reason >= t->nreasons)
		return "a step names a G, a state or a reason that there is not";
	if (s->at > s->until || s->at < 0 || s->until > t->length)
		return "a step ends before it begins, or beyond the trace";
	if (i && s->at < t->step[i - 1].at)
		return "steps are not in the order of their times";
	if (s->p >= t->ps)
		return "a step is on a P that has no row";
	if (last[s->g] == TRACE_NONE)
		return t->g[s->g].first == i ? NULL : "a G does not know its first step";
	before = &t->step[last[s->g]];
	if (before->next != i || before->until != s->at)
		return "a step does not begin where the one before it ends";
	if (before->state == TRACE_IS_RUNNING && s->state == TRACE_IS_RUNNING)
		return "a G is Running twice in a row";
	return NULL;
}

/* With on[p] the G that runs on P p. */
static const char *check_p(const struct trace_step *s, const struct trace *t, uint32_t *on, const uint32_t *last)
{
	const struct trace_step *before = last[s->g] == TRACE_NONE ? NULL : &t->step[last[s->g]];

	if (before && before->state == TRACE_IS_RUNNING && before->p >= 0)
		on[before->p] = TRACE_NONE;
	if (s->state != TRACE_IS_RUNNING || s->p < 0)
		return NULL;
	if (on[s->p] != TRACE_NONE)
		return "two Gs are Running on a P";
	on[s->p] = s->g;
	return NULL;
}

const char *trace_check(const struct trace *t)
{
	uint32_t *last = malloc((t->ng + 1) * sizeof *last), *on = malloc(((size_t)t->ps + 1) * sizeof *on);
	const char *why = last && on ? NULL : "no memory";

	if (!why) {
		memset(last, 0xff, (t->ng + 1) * sizeof *last);
		memset(on, 0xff, ((size_t)t->ps + 1) * sizeof *on);
	}
	for (uint32_t i = 0; i < t->nsteps && !why; i++) {
		why = check_step(t, i, last);
		why = why ? why : check_p(&t->step[i], t, on, last);
		last[t->step[i].g] = i;
	}
	for (uint32_t g = 0; g < t->ng && !why; g++)
		if (t->g[g].last != last[g] || (last[g] != TRACE_NONE && t->step[last[g]].next != TRACE_NONE))
			why = "a G does not know its last step";
	free(last);
	free(on);
	return why;
}
