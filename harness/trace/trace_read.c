/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_read.c: what each record means for the G that it is about.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "base/text.h"
#include "trace/file.h"
#include "trace/merge.h"
#include "trace/room.h"
#include "trace/states.h"

const char *const trace_state_name[TRACE_STATES] = { "Runnable", "Running", "Waiting", "in a call" };

static const char *const fixed[REASON_FIXED] = {
	[REASON_NONE] = "", [REASON_CREATED] = "created", [REASON_READIED] = "readied", [REASON_YIELDED] = "yielded",
	[REASON_SLICE_OVER] = "slice over", [REASON_STOPPED] = "stopped by a signal",
	[REASON_CALLED_OFF] = "need not wait", [REASON_SLEPT] = "time had come", [REASON_DESCRIPTOR] = "descriptor ready",
	[REASON_CALL_OVER] = "call over", [REASON_PREEMPTED] = "preempted by the kernel",
	[REASON_WOKEN] = "woken by the kernel", [REASON_LOST] = "unknown, records lost",
	[REASON_CALL] = "blocking call", [REASON_KERNEL] = "blocked in the kernel",
};

struct reading {
	struct trace *t;
	const struct trace_file *f;
	struct states s;
	uint16_t *reason_of;            /* by the id of a name; 0: it is no reason yet */
	bool full;
};

__attribute__((format(printf, 2, 3)))
static void note(struct trace *t, const char *fmt, ...)
{
	va_list ap;

	if (t->nnotes == TRACE_NOTES)
		return;
	va_start(ap, fmt);
	vsnprintf(t->note[t->nnotes], sizeof t->note[0], fmt, ap);
	va_end(ap);
	text_plain(t->note[t->nnotes++]);
}

static int add_reason(struct reading *r, const char *text)
{
	char *copy = strdup(text);

	if (!copy || r->t->nreasons >= UINT16_MAX || !room_for((void **)&r->t->reason, (size_t)r->t->nreasons, sizeof copy)) {
		free(copy);
		r->full |= r->t->nreasons < UINT16_MAX;
		return REASON_NONE;
	}
	r->t->reason[r->t->nreasons] = copy;
	return r->t->nreasons++;
}

static const char *name_of(const struct reading *r, uint32_t id)
{
	return id < r->f->nnames && r->f->name[id] ? r->f->name[id] : r->f->name[0];
}

static uint16_t waiting_for(struct reading *r, uint32_t id)
{
	if (id >= r->f->nnames || !r->f->name[id])
		id = 0;
	if (!r->reason_of[id])
		r->reason_of[id] = (uint16_t)add_reason(r, r->f->name[id]);
	return r->reason_of[id];
}

static int ring_p(const struct cursor *c)
{
	const struct sl__trace_chunk *head = c->ring->chunk[0].head;

	return head->ring == TRACE_P ? (int)head->id : -1;
}

/* From what the records have to have said of a G before a record can be. */
static bool follows(enum said said, unsigned kind, unsigned why, enum merge_fit fit)
{
	switch (kind) {
	case TRACE_CREATED: return said == SAID_NOTHING;
	case TRACE_RUNNING:
		return said == SAID_RUNNABLE || (fit == MERGE_CAN && (said == SAID_WAITING || said == SAID_CALL));
	case TRACE_RUNNABLE:
		switch (why) {
		case TRACE_YIELDED: case TRACE_SLICE_OVER: return said == SAID_RUNNING;
		case TRACE_CALL_OVER: return said == SAID_CALL;
		default: return said == SAID_WAITING;
		}
	default: return said == SAID_RUNNING;
	}
}

static bool fits(const struct reading *r, const struct cursor *c, uint32_t g, unsigned kind, unsigned why,
                 enum merge_fit fit)
{
	int p = ring_p(c);

	if (!follows(r->s.live[g].said, kind, why, fit))
		return false;
	return kind != TRACE_RUNNING || p < 0 || r->s.on[p] == TRACE_NONE;
}

static uint16_t why_runnable(unsigned why)
{
	static const uint8_t reason[TRACE_WHYS] = {
		[TRACE_READIED] = REASON_READIED, [TRACE_YIELDED] = REASON_YIELDED, [TRACE_SLICE_OVER] = REASON_SLICE_OVER,
		[TRACE_CALLED_OFF] = REASON_CALLED_OFF, [TRACE_SLEPT] = REASON_SLEPT,
		[TRACE_DESCRIPTOR] = REASON_DESCRIPTOR, [TRACE_CALL_OVER] = REASON_CALL_OVER,
	};

	return why < TRACE_WHYS ? reason[why] : REASON_LOST;
}

/* A record of a G's life. */
static void live(struct reading *r, struct cursor *c, const struct sl__trace_record *rec, uint32_t g, int64_t at)
{
	unsigned kind = sl__trace_kind(rec), why = sl__trace_why(rec);
	uint32_t arg = sl__trace_arg(rec), by = c->by_said ? c->by : c->g;
	struct states *s = &r->s;
	int p = ring_p(c);

	switch (kind) {
	case TRACE_CREATED:
		r->t->g[g].name = name_of(r, arg);
		r->t->g[g].by = by;
		r->t->g[g].made = true;
		states_say(s, g, SAID_RUNNABLE, at, REASON_CREATED, by, -1, 0);
		return;
	case TRACE_RUNNABLE:
		states_say(s, g, SAID_RUNNABLE, at, why_runnable(why), why == TRACE_READIED ? by : TRACE_NONE, -1, 0);
		break;
	case TRACE_RUNNING:
		states_say(s, g, SAID_RUNNING, at, REASON_NONE, TRACE_NONE, p, (int32_t)arg);
		if (p >= 0)
			c->g = g;
		return;
	case TRACE_WAITING: states_say(s, g, SAID_WAITING, at, waiting_for(r, arg), TRACE_NONE, -1, 0); break;
	case TRACE_CALL: states_say(s, g, SAID_CALL, at, REASON_CALL, TRACE_NONE, p, 0); break;
	case TRACE_STOPPED: states_say(s, g, SAID_RUNNABLE, at, REASON_STOPPED, TRACE_NONE, -1, 0); break;
	case TRACE_ENDED: states_say(s, g, SAID_ENDED, at, REASON_NONE, TRACE_NONE, -1, 0); break;
	}
	if (p >= 0 && c->g == g)
		c->g = TRACE_NONE;
}

static void mark(struct reading *r, const struct cursor *c, const struct sl__trace_record *rec, int64_t at)
{
	struct trace *t = r->t;

	if (!room_for((void **)&t->mark, t->nmarks, sizeof *t->mark)) {
		r->full = true;
		return;
	}
	t->mark[t->nmarks++] = (struct trace_mark){
		.at = at, .g = states_g(&r->s, sl__trace_g(rec)), .arg = sl__trace_arg(rec), .p = (int16_t)ring_p(c),
		.kind = (uint8_t)sl__trace_kind(rec), .why = (uint8_t)sl__trace_why(rec),
	};
}

static void loss(struct reading *r, int p, uint64_t n, int64_t at)
{
	struct trace *t = r->t;

	t->lost += n;
	if (!room_for((void **)&t->loss, t->nlosses, sizeof *t->loss))
		r->full = true;
	else
		t->loss[t->nlosses++] = (struct trace_loss){ at, n, p };
}

static void kernel(struct reading *r, struct cursor *c, const struct sl__trace_record *rec, int64_t at)
{
	uint64_t tid = sl__trace_g(rec);
	uint32_t arg = sl__trace_arg(rec), g;

	switch (sl__trace_kind(rec)) {
	case TRACE_G_IS:
		g = states_g(&r->s, tid);
		if (c->ring->chunk[0].head->ring == TRACE_THREAD)
			c->g = g;
		states_thread(&r->s, g, arg, at);
		break;
	case TRACE_ON_CPU:
		r->t->on_cpus = true;
		states_cpu(&r->s, tid, CPU_ON, arg <= INT16_MAX ? (int)arg : -1, at);
		break;
	case TRACE_OFF_CPU:
		states_cpu(&r->s, tid, sl__trace_why(rec) == TRACE_PREEMPTED ? CPU_PREEMPTED : CPU_BLOCKED, -1, at);
		break;
	case TRACE_KERNEL_LOST: loss(r, -1, arg ? arg : 1, at); break;
	default: r->t->odd++;
	}
}

static bool take(void *to, struct cursor *c, const struct sl__trace_record *rec, enum merge_fit fit)
{
	struct reading *r = to;
	int64_t at = (int64_t)((double)c->time * r->t->ns_per_tick);
	const struct sl__trace_chunk *head = c->ring->chunk[c->chunk].head;
	unsigned kind = sl__trace_kind(rec);

	if (c->fresh && head->lost) {
		loss(r, ring_p(c), head->lost, at);
		if (head->ring != TRACE_THREAD)
			c->g = TRACE_NONE;
	}
	c->fresh = false;
	if (kind >= TRACE_CREATED && kind <= TRACE_ENDED) {
		uint32_t g = states_g(&r->s, sl__trace_g(rec));
		bool good = g != TRACE_NONE && fits(r, c, g, kind, sl__trace_why(rec), fit == MERGE_FITS ? fit : MERGE_CAN);

		if (!good && fit != MERGE_MUST)
			return false;
		r->t->odd += !good;
		if (g != TRACE_NONE)
			live(r, c, rec, g, at);
	} else if (kind >= TRACE_G_IS) {
		kernel(r, c, rec, at);
	} else if (kind != TRACE_BY) {
		mark(r, c, rec, at);
	}
	c->by_said = kind == TRACE_BY || (c->by_said && kind >= TRACE_P_START);
	if (kind == TRACE_BY)
		c->by = states_g(&r->s, sl__trace_g(rec));
	r->t->length = at;
	r->t->records++;
	return true;
}

static int64_t within(int64_t at, int64_t from, int64_t to)
{
	return at < from ? from : at > to ? to : at;
}

/* Until the first G there is nothing to see, nor is there after the last: its creation is
 * time 0, and the end of all is that of the last, if none lives. */
static void keep_to_steps(struct trace *t)
{
	int64_t from = t->nsteps ? t->step[0].at : 0;
	uint32_t over = 0;

	while (over < t->ng && (t->g[over].over || t->g[over].first == TRACE_NONE))
		over++;
	if (over == t->ng && t->nsteps)
		t->length = t->step[t->nsteps - 1].at;

	for (uint32_t i = 0; i < t->nsteps; i++) {
		t->step[i].at -= from;
		t->step[i].until -= from;
	}
	for (uint32_t g = 0; g < t->ng; g++) {
		t->g[g].created -= t->g[g].first == TRACE_NONE ? t->g[g].created : from;
		t->g[g].ended -= from;
	}
	for (size_t i = 0; i < t->nmarks; i++)
		t->mark[i].at = within(t->mark[i].at, from, t->length) - from;
	for (size_t i = 0; i < t->nlosses; i++)
		t->loss[i].at = within(t->loss[i].at, from, t->length) - from;
	t->length -= from;
	t->wall_ns += t->wall_ns < INT64_MAX / 2 ? from : 0;
	t->mono_ns += t->mono_ns ? from : 0;
}

static int clock_of(struct trace *t, const struct trace_file *f, const char *path, struct err *e)
{
	static const char *const names[] = {
		[TRACE_TSC] = "time stamp counter", [TRACE_CNTVCT] = "virtual counter", [TRACE_MONOTONIC] = "CLOCK_MONOTONIC",
	};
	const struct sl__trace_tick *first = f->tick, *last = f->nticks ? &f->tick[f->nticks - 1] : NULL;

	if (f->head->clock > TRACE_MONOTONIC)
		return err_set(e, -EINVAL, "%.300s is damaged: its head names a clock that there is not", path);
	snprintf(t->clock, sizeof t->clock, "%s", names[f->head->clock]);
	if (f->nticks > 1)
		t->ns_per_tick = (double)(last->ns - first->ns) / (double)(last->time - first->time);
	else if (f->head->clock == TRACE_MONOTONIC)
		t->ns_per_tick = 1;
	else if (f->end && f->end->ticks_per_s)
		t->ns_per_tick = 1e9 / (double)f->end->ticks_per_s;
	else
		return err_set(e, -EINVAL, "%.300s ends before it says how long a tick of its clock is", path);
	/* A clock of 10 kHz is none to trace with, nor is there one of 100 GHz. */
	if (!(t->ns_per_tick >= 0.01 && t->ns_per_tick <= 1e5))
		return err_set(e, -EINVAL, "%.300s is damaged: no clock ticks every %g ns", path, t->ns_per_tick);
	if (f->nticks)
		t->mono_ns = first->ns - (int64_t)((double)first->time * t->ns_per_tick);
	t->off_ns = f->end && f->end->off_ns < INT64_MAX ? (int64_t)f->end->off_ns : 0;
	return 0;
}

static void say_what_is_missing(struct trace *t, const struct trace_file *f)
{
	char size[16];

	if (!t->finished)
		note(t, "The trace was not finished, as its program was killed or the disk was full: what is there ends "
		     "here%s%s.", f->left_out ? ", but for " : "",
		     f->left_out ? unit_text((double)f->left_out, UNIT_BYTES, size) : "");
	if (t->lost)
		note(t, "%" PRIu64 " records were lost, for want of memory, in %zu place%s: states there are uncertain.", t->lost,
		     t->nlosses, t->nlosses == 1 ? "" : "s");
	if (t->odd)
		note(t, "%" PRIu64 " of %" PRIu64 " records do not fit those before them%s.", t->odd, t->records,
		     t->lost ? ", as is to be expected where some were lost" : "");
	if (t->off_ns > 1000)
		note(t, "Its clock and CLOCK_MONOTONIC were up to %s apart.", time_text((double)t->off_ns, size));
}

/* What the words of the command say, if nothing else does: "--workload=fib", "--set n=3". */
static void by_command(const char *command, const char *flag, char *buf, size_t size)
{
	const char *at = strstr(command, flag);
	size_t n;

	if (*buf || !at)
		return;
	at += strlen(flag);
	n = strcspn(at, " ");
	snprintf(buf, size, "%.*s", (int)(n < size ? n : size - 1), at);
	text_plain(buf);
}

static void about(struct trace *t, const struct trace_file *f)
{
	snprintf(t->backend, sizeof t->backend, "%.31s", f->head->backend);
	snprintf(t->model, sizeof t->model, "%.15s", f->head->model);
	text_plain(t->backend);
	text_plain(t->model);
	trace_file_about(f, "workload", t->workload, sizeof t->workload);
	trace_file_about(f, "set", t->set, sizeof t->set);
	trace_file_about(f, "command", t->command, sizeof t->command);
	by_command(t->command, " --workload=", t->workload, sizeof t->workload);
	by_command(t->command, " --set ", t->set, sizeof t->set);
	trace_file_about(f, "kernel", t->kernel, sizeof t->kernel);
	t->procs = t->ps = (int)f->head->procs;
	t->pid = f->head->pid;
	t->wall_ns = f->head->wall_ns;
	t->finished = f->end;
}

static int read_file(struct trace *t, struct trace_file *f, const char *path, struct err *e)
{
	struct reading r = { .t = t, .f = f };
	int rc = clock_of(t, f, path, e);
	bool good;

	if (rc)
		return rc;
	about(t, f);
	r.reason_of = calloc(f->nnames, sizeof *r.reason_of);
	good = r.reason_of && states_begin(&r.s, t);
	for (int i = 0; good && i < REASON_FIXED; i++)
		add_reason(&r, fixed[i]);
	good = good && merge_run(f, take, &r);
	good = states_end(&r.s) && good && !r.full;
	free(r.reason_of);
	if (!good)
		return err_set(e, -ENOMEM, "no memory left for the trace %.300s", path);
	keep_to_steps(t);
	if (t->on_cpus)
		t->ps = t->ps > t->procs ? t->ps : t->procs;
	t->name = f->name;
	t->nnames = f->nnames;
	f->name = NULL;
	f->nnames = 0;
	say_what_is_missing(t, f);
	return 0;
}

int trace_read(struct trace *t, const char *path, struct err *e)
{
	struct trace_file f;
	int rc;

	*t = (struct trace){ 0 };
	rc = trace_file_read(&f, path, e);
	if (rc)
		return rc;
	rc = read_file(t, &f, path, e);
	trace_file_free(&f);
	if (rc)
		trace_free(t);
	return rc;
}

void trace_free(struct trace *t)
{
	for (int i = 0; i < t->nreasons; i++)
		free(t->reason[i]);
	for (size_t i = 0; i < t->nnames; i++)
		free(t->name[i]);
	free(t->reason);
	free(t->name);
	free(t->g);
	free(t->step);
	free(t->mark);
	free(t->loss);
	*t = (struct trace){ 0 };
}
