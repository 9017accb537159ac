/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto.c: see trace_formats.h.
 *
 * A step becomes a GenericKernelTaskStateEvent, from which Perfetto makes the tracks of
 * CPUs and the states of threads.  It knows one kind of sleep: why a G does not run is a
 * slice on the track of its thread, which begins with the step and ends with it.
 *
 * Times are nanoseconds since the trace began; a ClockSnapshot says when that was.
 */
#include <stdlib.h>
#include <string.h>

#include "shared/trace/format.h"
#include "formats/trace_formats.h"
#include "trace/lanes.h"
#include "formats/protobuf.h"
#include "trace/walk.h"

/* Numbers of fields, by message. */
enum { TRACE_PACKET = 1 };
enum {                          /* TracePacket */
	PACKET_CLOCK_SNAPSHOT = 6, PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_TRACK_EVENT = 11,
	PACKET_INTERNED = 12, PACKET_FLAGS = 13, PACKET_DROPPED = 42, PACKET_DESCRIPTOR = 60, PACKET_FIRST = 87,
	PACKET_TASK_STATE = 117, PACKET_PROCESS_TREE = 122,
};
enum { SEQUENCE_CLEARED = 1, SEQUENCE_NEEDS = 2 };
enum { CLOCKS = 1, CLOCK_ID = 1, CLOCK_TIME = 2 };
enum { CLOCK_IS_REALTIME = 1, CLOCK_IS_MONOTONIC = 3, CLOCK_IS_BOOTTIME = 6 };
enum { TASK_CPU = 1, TASK_COMM = 2, TASK_TID = 3, TASK_STATE = 4 };
enum { TASK_CREATED = 1, TASK_RUNNABLE = 2, TASK_RUNNING = 3, TASK_SLEEP = 4, TASK_SLEEP_HARD = 5, TASK_DESTROYED = 8 };
enum { TREE_PROCESSES = 1, TREE_PID = 1, TREE_COMMAND = 3 };
enum { DESCRIPTOR_UUID = 1, DESCRIPTOR_NAME = 2, DESCRIPTOR_PROCESS = 3, DESCRIPTOR_THREAD = 4, DESCRIPTOR_PARENT = 5 };
enum { PROCESS_PID = 1, PROCESS_NAME = 6, THREAD_PID = 1, THREAD_TID = 2, THREAD_NAME = 5 };
enum {                          /* TrackEvent */
	EVENT_CATEGORY = 3, EVENT_TYPE = 9, EVENT_NAME_ID = 10, EVENT_TRACK = 11, EVENT_NAME = 23, EVENT_FLOWS = 47,
	EVENT_FLOWS_END = 48,
};
enum { EVENT_BEGIN = 1, EVENT_END = 2, EVENT_INSTANT = 3 };
enum { INTERNED_CATEGORIES = 1, INTERNED_NAMES = 2, INTERNED_ID = 1, INTERNED_TEXT = 2 };

enum { TRACK_PROCESS = 1, TRACK_NO_P = 2, TRACK_PS = 16, TRACK_GS = 1 << 20 };     /* uuids: and on from there */

#define SEQUENCE 1
#define NO_TID_CAN_BE INT32_MAX

struct writer {
	const struct trace *t;
	FILE *out;
	uint64_t pid;
	int ps;                         /* so many P tracks are described */
	bool dropped;                   /* before the next packet */
};

static void put(struct writer *w, const struct message *packet)
{
	uint8_t head[2 * VARINT_MAX];
	size_t n = varint_put(head, TRACE_PACKET << 3 | WIRE_BYTES);

	n += varint_put(head + n, packet->n);
	fwrite(head, 1, n, w->out);
	fwrite(packet->byte, 1, packet->n, w->out);
}

static struct message packet_at(int64_t at)
{
	struct message m = { .n = 0 };

	message_uint(&m, PACKET_TIMESTAMP, (uint64_t)at);
	message_uint(&m, PACKET_SEQUENCE, SEQUENCE);
	return m;
}

/* One name that later packets call by its number. */
static void intern(struct writer *w, struct message *packet, unsigned field, uint64_t id, const char *text)
{
	struct message name = { .n = 0 }, all = { .n = 0 };

	message_uint(&name, INTERNED_ID, id);
	message_text(&name, INTERNED_TEXT, text);
	message_put(&all, field, &name);
	message_put(packet, PACKET_INTERNED, &all);
	put(w, packet);
}

/* Names are valid from a packet with SEQUENCE_CLEARED on, until packets are lost. */
static void begin_sequence(struct writer *w, int64_t at)
{
	struct message m = packet_at(at);

	message_uint(&m, PACKET_FLAGS, SEQUENCE_CLEARED);
	if (w->dropped)
		message_uint(&m, PACKET_DROPPED, 1);
	else
		message_uint(&m, PACKET_FIRST, 1);
	w->dropped = false;
	put(w, &m);
	for (int i = 0; i < w->t->nreasons; i++) {
		m = packet_at(at);
		message_uint(&m, PACKET_FLAGS, SEQUENCE_NEEDS);
		intern(w, &m, INTERNED_NAMES, (uint64_t)i + 1, w->t->reason[i]);
	}
	for (int i = 0; i < TRACE_STATES; i++) {
		m = packet_at(at);
		message_uint(&m, PACKET_FLAGS, SEQUENCE_NEEDS);
		intern(w, &m, INTERNED_CATEGORIES, (uint64_t)i + 1, trace_state_name[i]);
	}
}

static void clock_snapshot(struct writer *w)
{
	const struct { uint64_t id; int64_t time; } clocks[] = {
		{ CLOCK_IS_BOOTTIME, 0 }, { CLOCK_IS_MONOTONIC, w->t->mono_ns }, { CLOCK_IS_REALTIME, w->t->wall_ns },
	};
	struct message all = { .n = 0 }, packet = { .n = 0 };

	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		struct message one = { .n = 0 };

		if (i > 0 && clocks[i].time <= 0)
			continue;       /* not known */
		message_uint(&one, CLOCK_ID, clocks[i].id);
		message_uint(&one, CLOCK_TIME, (uint64_t)clocks[i].time);
		message_put(&all, CLOCKS, &one);
	}
	message_put(&packet, PACKET_CLOCK_SNAPSHOT, &all);
	put(w, &packet);
}

static void process(struct writer *w)
{
	struct message packet = packet_at(0), tree = { .n = 0 }, one = { .n = 0 }, track = { .n = 0 };
	char title[160];

	trace_title(w->t, title);
	message_uint(&one, TREE_PID, w->pid);
	message_text(&one, TREE_COMMAND, *w->t->command ? w->t->command : title);
	message_put(&tree, TREE_PROCESSES, &one);
	message_put(&packet, PACKET_PROCESS_TREE, &tree);
	put(w, &packet);

	packet = packet_at(0);
	one.n = 0;
	message_uint(&one, PROCESS_PID, w->pid);
	message_text(&one, PROCESS_NAME, title);
	message_uint(&track, DESCRIPTOR_UUID, TRACK_PROCESS);
	message_put(&track, DESCRIPTOR_PROCESS, &one);
	message_put(&packet, PACKET_DESCRIPTOR, &track);
	put(w, &packet);
}

static void named_track(struct writer *w, uint64_t uuid, const char *name)
{
	struct message packet = packet_at(0), track = { .n = 0 };

	message_uint(&track, DESCRIPTOR_UUID, uuid);
	message_uint(&track, DESCRIPTOR_PARENT, TRACK_PROCESS);
	message_text(&track, DESCRIPTOR_NAME, name);
	message_put(&packet, PACKET_DESCRIPTOR, &track);
	put(w, &packet);
}

static void g_track(struct writer *w, uint32_t g, int64_t at)
{
	struct message packet = packet_at(at), track = { .n = 0 }, thread = { .n = 0 };
	char name[80];

	message_uint(&thread, THREAD_PID, w->pid);
	message_uint(&thread, THREAD_TID, w->t->g[g].id);
	message_text(&thread, THREAD_NAME, trace_g_name(w->t, g, name));
	message_uint(&track, DESCRIPTOR_UUID, TRACK_GS + (uint64_t)g);
	message_put(&track, DESCRIPTOR_THREAD, &thread);
	message_put(&packet, PACKET_DESCRIPTOR, &track);
	put(w, &packet);
}

static void task_state(struct writer *w, uint32_t g, int64_t at, unsigned state, int cpu, bool name)
{
	struct message packet = packet_at(at), task = { .n = 0 };
	char text[80];

	message_uint(&task, TASK_CPU, cpu < 0 ? 0 : (uint64_t)cpu);
	if (name)
		message_text(&task, TASK_COMM, trace_g_name(w->t, g, text));
	message_uint(&task, TASK_TID, w->t->g[g].id);
	message_uint(&task, TASK_STATE, state);
	message_put(&packet, PACKET_TASK_STATE, &task);
	put(w, &packet);
}

static void track_event(struct writer *w, int64_t at, const struct message *event)
{
	struct message packet = packet_at(at);

	message_uint(&packet, PACKET_FLAGS, SEQUENCE_NEEDS);
	message_put(&packet, PACKET_TRACK_EVENT, event);
	put(w, &packet);
}

/* The arrow to step i begins at who made it so. */
static void arrow_from(struct writer *w, const struct trace_step *s, uint64_t i)
{
	struct message event = { .n = 0 };

	message_uint(&event, EVENT_TYPE, EVENT_INSTANT);
	message_uint(&event, EVENT_TRACK, TRACK_GS + (uint64_t)s->by);
	message_text(&event, EVENT_NAME, s->reason == REASON_CREATED ? "creates" : "readies");
	message_fixed64(&event, EVENT_FLOWS, i + 1);
	track_event(w, s->at, &event);
}

static void slice_begins(struct writer *w, const struct trace_step *s, uint64_t i, bool arrow)
{
	struct message event = { .n = 0 };

	message_uint(&event, EVENT_TYPE, EVENT_BEGIN);
	message_uint(&event, EVENT_TRACK, TRACK_GS + (uint64_t)s->g);
	message_uint(&event, EVENT_CATEGORY, (uint64_t)s->state + 1);
	message_uint(&event, EVENT_NAME_ID, (uint64_t)s->reason + 1);
	if (arrow)
		message_fixed64(&event, EVENT_FLOWS_END, i + 1);
	track_event(w, s->at, &event);
}

static void slice_ends(struct writer *w, uint32_t g, int64_t at)
{
	struct message event = { .n = 0 };

	message_uint(&event, EVENT_TYPE, EVENT_END);
	message_uint(&event, EVENT_TRACK, TRACK_GS + (uint64_t)g);
	track_event(w, at, &event);
}

/* slice: by G, whether a slice is open on its track. */
static bool step(struct writer *w, struct lanes *lanes, bool *slice, const struct trace_step *s)
{
	static const unsigned states[] = {
		[TRACE_IS_RUNNABLE] = TASK_RUNNABLE, [TRACE_IS_RUNNING] = TASK_RUNNING, [TRACE_IS_WAITING] = TASK_SLEEP,
		[TRACE_IS_CALL] = TASK_SLEEP_HARD, [TRACE_IS_ENDED] = TASK_DESTROYED,
	};
	uint64_t i = (uint64_t)(s - w->t->step);
	bool first = w->t->g[s->g].first == i, arrow = s->by != TRACE_NONE && s->by != s->g;
	int to, from = lanes_step(lanes, s, &to);

	if (from == -2)
		return false;
	if (first) {
		g_track(w, s->g, s->at);
		if (w->t->g[s->g].made)
			task_state(w, s->g, s->at, TASK_CREATED, -1, true);
	}
	if (slice[s->g])
		slice_ends(w, s->g, s->at);
	if (arrow && w->t->g[s->by].first < i)
		arrow_from(w, s, i);
	/* A CPU is told by the number of the event that ends its slice, too. */
	task_state(w, s->g, s->at, states[s->state], to >= 0 ? to : from, first);
	slice[s->g] = s->state != TRACE_IS_RUNNING && s->state != TRACE_IS_ENDED;
	if (slice[s->g])
		slice_begins(w, s, i, arrow && w->t->g[s->by].first < i);
	return true;
}

static void mark(struct writer *w, const struct trace_mark *m)
{
	struct message event = { .n = 0 };
	char name[128], detail[64];

	mark_detail(w->t, m, detail);
	snprintf(name, sizeof name, "%s%s%s", mark_name(m), *detail ? ": " : "", detail);
	message_uint(&event, EVENT_TYPE, EVENT_INSTANT);
	message_uint(&event, EVENT_TRACK, m->p < 0 || m->p >= w->ps ? (uint64_t)TRACK_NO_P : TRACK_PS + (uint64_t)m->p);
	message_text(&event, EVENT_NAME, name);
	track_event(w, m->at, &event);
}

static void tracks(struct writer *w)
{
	char name[32];

	named_track(w, TRACK_NO_P, "without a P");
	if (w->t->on_cpus)
		return;
	for (w->ps = 0; w->ps < w->t->ps; w->ps++) {
		snprintf(name, sizeof name, "P %d", w->ps);
		named_track(w, TRACK_PS + (uint64_t)w->ps, name);
	}
}

/* A thread whose number is its process's is the main thread: no G may be that. */
static uint64_t number_of_process(const struct trace *t)
{
	bool free = t->pid > 0 && t->pid < NO_TID_CAN_BE;

	for (uint32_t g = 0; free && g < t->ng; g++)
		free = t->g[g].id != (uint64_t)t->pid;
	return free ? (uint64_t)t->pid : NO_TID_CAN_BE;
}

bool perfetto_write(const struct trace *t, FILE *out)
{
	struct writer w = { .t = t, .out = out, .pid = number_of_process(t) };
	struct walk walk = { .t = t };
	bool *slice = calloc(t->ng + 1, sizeof *slice);
	struct lanes lanes;
	bool good = lanes_begin(&lanes, t) && slice;

	clock_snapshot(&w);
	begin_sequence(&w, 0);
	process(&w);
	tracks(&w);
	while (good && walk_next(&walk)) {
		if (walk.loss)
			w.dropped = true;
		if (w.dropped)
			begin_sequence(&w, walk.at);
		if (walk.step)
			good = step(&w, &lanes, slice, walk.step);
		else if (walk.mark)
			mark(&w, walk.mark);
	}
	for (uint32_t g = 0; good && g < t->ng; g++)
		if (slice[g])
			slice_ends(&w, g, t->length);
	lanes_end(&lanes);
	free(slice);
	return good;
}
