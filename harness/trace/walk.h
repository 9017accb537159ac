/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.h: all of a trace once, in the order of time: what was lost, the steps of Gs, what
 * else happened.
 *
 *     struct walk w = { .t = t };
 *     while (walk_next(&w)) ...
 */
#ifndef TRACE_WALK_H
#define TRACE_WALK_H

#include "trace/trace.h"

struct walk {
	const struct trace *t;
	uint32_t nstep;
	size_t nmark, nloss;
	int64_t at;                             /* one of these is not NULL: */
	const struct trace_step *step;
	const struct trace_mark *mark;
	const struct trace_loss *loss;
};

static inline bool walk_next(struct walk *w)
{
	const struct trace *t = w->t;
	int64_t step = w->nstep < t->nsteps ? t->step[w->nstep].at : INT64_MAX;
	int64_t mark = w->nmark < t->nmarks ? t->mark[w->nmark].at : INT64_MAX;
	int64_t loss = w->nloss < t->nlosses ? t->loss[w->nloss].at : INT64_MAX;

	w->step = NULL;
	w->mark = NULL;
	w->loss = NULL;
	if (loss != INT64_MAX && loss <= step && loss <= mark) {
		w->loss = &t->loss[w->nloss++];
		w->at = loss;
	} else if (step != INT64_MAX && step <= mark) {
		w->step = &t->step[w->nstep++];
		w->at = step;
	} else if (mark != INT64_MAX) {
		w->mark = &t->mark[w->nmark++];
		w->at = mark;
	} else {
		return false;
	}
	return true;
}

/* "steal", "M park": what a mark is called; and what it says beside that: "from P 1", in
 * buf[64]. */
const char *mark_name(const struct trace_mark *);
const char *mark_detail(const struct trace *, const struct trace_mark *, char buf[64]);

#endif
