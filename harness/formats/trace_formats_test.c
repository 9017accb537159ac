/* SPDX-License-Identifier: Apache-2.0
 *
 * The files for other programs, taken apart again by a reader that knows the rules of
 * each: those of Perfetto's importer of generic kernels, and of Go's own reader.  Of
 * traces of a scheduler that does everything at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "formats/trace_formats.h"
#include "formats/gobatch.h"
#include "trace/trace_check.h"
#include "trace/trace_random_test.h"

static char made[PATH_MAX + 8];

struct bytes { const uint8_t *p, *end; };

static uint64_t varint(struct bytes *b)
{
	uint64_t v = 0;

	for (int shift = 0; shift < 70; shift += 7) {
		assert_true(b->p < b->end);
		v |= (uint64_t)(*b->p & 0x7f) << shift;
		if (!(*b->p++ & 0x80))
			return v;
	}
	fail_msg("a number of more than ten bytes");
	return 0;
}

/* The next field of a message: its number, and its value or its bytes.  0: the end. */
static uint64_t field(struct bytes *m, uint64_t *v, struct bytes *inner)
{
	uint64_t key, n;

	if (m->p == m->end)
		return 0;
	key = varint(m);
	switch (key & 7) {
	case 0: *v = varint(m); break;
	case 1:
		assert_true(m->end - m->p >= 8);
		*v = 0;
		for (int i = 7; i >= 0; i--)
			*v = *v << 8 | m->p[i];
		m->p += 8;
		break;
	case 2:
		n = varint(m);
		assert_true((uint64_t)(m->end - m->p) >= n);
		*inner = (struct bytes){ m->p, m->p + n };
		m->p += n;
		break;
	default: fail_msg("wire type %d", (int)(key & 7));
	}
	return key >> 3;
}

static uint64_t value(struct bytes m, uint64_t number)
{
	struct bytes inner;
	uint64_t v = 0, found = 0, f;

	while ((f = field(&m, &v, &inner)))
		if (f == number)
			found = v;
	return found;
}

static struct bytes inner_of(struct bytes m, uint64_t number)
{
	struct bytes inner = { NULL, NULL }, found = { NULL, NULL };
	uint64_t v, f;

	while ((f = field(&m, &v, &inner)))
		if (f == number)
			found = inner;
	return found;
}

static char *export(const struct trace *t, const char *format, size_t *n)
{
	struct err e = { "" };
	char *data = NULL;

	if (trace_export(t, trace_format_named(format), made, &e) || file_get(made, 1 << 28, &data, n, &e))
		fail_msg("%s", e.msg);
	return data;
}

static void load(struct trace *t, uint64_t seed)
{
	struct err e = { "" };

	random_trace(path, seed, 1 + (int)seed % RT_PS);
	if (trace_read(t, path, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(t->odd, 0);
	assert_null(trace_check(t));
}

/* ---- Perfetto --------------------------------------------------------------------- */

struct perfetto {
	uint64_t state[RT_GS + 1], on[64];      /* of a tid; the tid on a CPU */
	int depth[RT_GS + 1];                   /* of slices, by index of G */
	int created, ended, begun, arrows, arrowheads, dropped, cleared;
	uint64_t time;
};

static void task_state(struct perfetto *p, struct bytes m)
{
	uint64_t cpu = value(m, 1), tid = value(m, 3), state = value(m, 4);

	assert_in_range(tid, 1, RT_GS);
	assert_in_range(state, 1, 8);
	assert_true(cpu < 64);
	if (p->state[tid] == 3 && p->on[cpu] == tid)
		p->on[cpu] = 0;
	assert_false(p->state[tid] == 8);
	switch (state) {
	case 1:
		assert_int_equal(p->state[tid], 0);
		p->created++;
		break;
	case 3:
		assert_int_not_equal(p->state[tid], 3);
		assert_int_equal(p->on[cpu], 0);
		p->on[cpu] = tid;
		break;
	case 8: p->ended++; break;
	}
	/* What ends a run names the CPU of it. */
	for (int i = 0; i < 64 && state != 3; i++)
		assert_int_not_equal(p->on[i], tid);
	p->state[tid] = state;
}

static void track_event(struct perfetto *p, struct bytes m)
{
	uint64_t type = value(m, 9), track = value(m, 11);

	if (track < 1 << 20) {
		assert_int_equal(type, 3);
		return;
	}
	track -= 1 << 20;
	assert_true(track < RT_GS);
	p->arrows += value(m, 47) != 0;
	p->arrowheads += value(m, 48) != 0;
	if (type == 1) {
		assert_int_equal(p->depth[track]++, 0);
		assert_true(value(m, 10) > 0 && value(m, 3) > 0);
		p->begun++;
	} else if (type == 2) {
		assert_int_equal(--p->depth[track], 0);
	} else {
		assert_int_equal(type, 3);
		assert_non_null(inner_of(m, 23).p);
	}
}

static void read_perfetto(struct perfetto *p, char *data, size_t n)
{
	struct bytes file = { (uint8_t *)data, (uint8_t *)data + n }, packet, inner;
	uint64_t v;

	memset(p, 0, sizeof *p);
	while (field(&file, &v, &packet)) {
		if (value(packet, 8)) {
			assert_true(value(packet, 8) >= p->time);
			p->time = value(packet, 8);
		}
		p->cleared += value(packet, 13) == 1;
		p->dropped += value(packet, 42) != 0;
		inner = inner_of(packet, 117);
		if (inner.p)
			task_state(p, inner);
		inner = inner_of(packet, 11);
		if (inner.p)
			track_event(p, inner);
	}
	for (int i = 0; i < RT_GS; i++)
		assert_int_equal(p->depth[i], 0);
}

static void perfetto(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct perfetto p;
		struct trace t;
		uint32_t steps = 0;
		size_t n;
		char *data;

		load(&t, seed);
		data = export(&t, "perfetto", &n);
		read_perfetto(&p, data, n);
		free(data);
		for (uint32_t i = 0; i < t.nsteps; i++)
			steps += t.step[i].state != TRACE_IS_RUNNING && t.step[i].state != TRACE_IS_ENDED;
		assert_int_equal(p.created, rt_.born);
		assert_int_equal(p.ended, rt_.dead);
		assert_int_equal(p.begun, steps);
		assert_int_equal(p.arrows, p.arrowheads);
		assert_true(p.arrows > 0);
		assert_int_equal(p.dropped, 0);
		assert_int_equal(p.cleared, 1);
		trace_free(&t);
	}
}

/* What was lost is said at its place, and names are given again behind it. */
static void perfetto_lost(void **state)
{
	struct perfetto p;
	struct trace t;
	size_t n;
	char *data = NULL;

	(void)state;
	load(&t, 3);
	t.loss = calloc(2, sizeof *t.loss);
	assert_non_null(t.loss);
	t.loss[t.nlosses++] = (struct trace_loss){ t.length / 2, 5, 0 };
	t.loss[t.nlosses++] = (struct trace_loss){ t.length, 7, -1 };
	data = export(&t, "perfetto", &n);
	read_perfetto(&p, data, n);
	free(data);
	assert_int_equal(p.dropped, 2);
	assert_int_equal(p.cleared, 3);
	trace_free(&t);
}

/* ---- Go ---------------------------------------------------------------------------- */

enum { G_NOT, G_RUNNABLE, G_RUNNING, G_CALL, G_WAITING };
enum { P_NOT, P_RUNNING, P_IDLE, P_CALL };

struct go_reader {
	struct go_m { struct bytes at; uint64_t base, time; bool open; int g, p; struct bytes batch[64]; uint64_t start[64];
	              int nbatches, next; } m[512];
	int g[RT_GS + 1], p[64];
	uint64_t gseq[RT_GS + 1], pseq[64];
	int created, ended, runs, nstrings, nstacks, frequencies;
};
static struct go_reader *go;

static int nargs(int type)
{
	static const int8_t n[] = { [10] = 2, [11] = 0, [12] = 3, [13] = 2, [14] = 3, [16] = 2, [17] = 0, [19] = 2,
	                            [20] = 2, [21] = 3, [22] = 2, [23] = 0, [24] = 0, [25] = 3 };

	assert_true(type >= 10 && type <= 25 && type != 15 && type != 18);
	return n[type];
}

/* Whether the event can be next, and what it changes, as order.go has it. */
static bool advance(struct go_m *m, int type, const uint64_t *a)
{
	int g = m->g, p = m->p;

	switch (type) {
	case GO_PROC_STATUS:
		assert_int_equal(go->p[a[0]], P_NOT);
		go->p[a[0]] = P_RUNNING;
		m->p = (int)a[0];
		return true;
	case GO_PROC_START:
		if (go->p[a[0]] != P_IDLE || a[1] != go->pseq[a[0]] + 1 || p >= 0)
			return false;
		go->pseq[a[0]]++;
		go->p[a[0]] = P_RUNNING;
		m->p = (int)a[0];
		return true;
	case GO_PROC_STOP:
		assert_true(p >= 0);
		go->p[p] = P_IDLE;
		m->p = -1;
		return true;
	case GO_PROC_STEAL:
		if (go->p[a[0]] != P_CALL || a[1] != go->pseq[a[0]] + 1)
			return false;
		assert_int_equal(go->m[a[2]].p, (int)a[0]);
		go->pseq[a[0]]++;
		go->p[a[0]] = P_IDLE;
		go->m[a[2]].p = -1;
		return true;
	case GO_CREATE:
		assert_true(p >= 0 && (g < 0 || go->g[g] == G_RUNNING));
		assert_int_equal(go->g[a[0]], G_NOT);
		assert_in_range(a[1], 1, go->nstacks);
		go->g[a[0]] = G_RUNNABLE;
		go->created++;
		return true;
	case GO_START:
		if (go->g[a[0]] != G_RUNNABLE || a[1] != go->gseq[a[0]] + 1)
			return false;
		assert_true(p >= 0 && g < 0);
		go->gseq[a[0]]++;
		go->g[a[0]] = G_RUNNING;
		m->g = (int)a[0];
		go->runs++;
		return true;
	case GO_UNBLOCK:
		if (go->g[a[0]] != G_WAITING || a[1] != go->gseq[a[0]] + 1)
			return false;
		go->gseq[a[0]]++;
		go->g[a[0]] = G_RUNNABLE;
		return true;
	case GO_SYSCALL_END_BLOCKED:
		if (p >= 0 && go->p[p] == P_CALL)
			return false;
		assert_true(g >= 0 && go->g[g] == G_CALL);
		go->g[g] = G_RUNNABLE;
		m->g = -1;
		return true;
	}
	assert_true(g >= 0 && p >= 0);
	assert_int_equal(go->g[g], type == GO_SYSCALL_END ? G_CALL : G_RUNNING);
	switch (type) {
	case GO_SYSCALL_BEGIN:
		assert_int_equal(a[0], ++go->pseq[p]);
		go->g[g] = G_CALL;
		go->p[p] = P_CALL;
		return true;
	case GO_SYSCALL_END:
		assert_int_equal(go->p[p], P_CALL);
		go->g[g] = G_RUNNING;
		go->p[p] = P_RUNNING;
		go->runs++;
		return true;
	case GO_DESTROY: go->ended++; break;
	default: assert_in_range(a[0], 1, go->nstrings);
	}
	go->g[g] = type == GO_DESTROY ? G_NOT : type == GO_STOP ? G_RUNNABLE : G_WAITING;
	m->g = -1;
	return true;
}

/* Looks at the next event of an M: its time, or UINT64_MAX. */
static uint64_t peek(struct go_m *m)
{
	struct bytes b;

	while (!m->open || m->at.p == m->at.end) {
		if (m->next == m->nbatches)
			return UINT64_MAX;
		m->at = m->batch[m->next];
		m->time = m->start[m->next++];
		m->open = true;
	}
	b = m->at;
	b.p++;
	return m->time + varint(&b);
}

static bool next(struct go_m *m)
{
	struct bytes b = m->at;
	uint64_t a[4] = { 0 }, time;
	int type = *b.p++;

	time = m->time + varint(&b);
	for (int i = 0; i < nargs(type); i++)
		a[i] = varint(&b);
	if (!advance(m, type, a))
		return false;
	m->at = b;
	m->time = time;
	return true;
}

static void batch(struct bytes *file)
{
	uint64_t m, time, n;

	assert_int_equal(*file->p++, GO_EVENT_BATCH);
	assert_int_equal(varint(file), 1);
	m = varint(file);
	time = varint(file);
	n = varint(file);
	assert_true(n <= 64 << 10 && (uint64_t)(file->end - file->p) >= n);
	if (m == GO_NO_M) {
		struct bytes b = { file->p + 1, file->p + n };

		switch (*file->p) {
		case GO_FREQUENCY:
			assert_int_equal(varint(&b), 1000000000);
			go->frequencies++;
			break;
		case GO_STRINGS:
			while (b.p < b.end) {
				assert_int_equal(*b.p++, GO_STRING);
				assert_int_equal(varint(&b), ++go->nstrings);
				b.p += varint(&b);
			}
			break;
		case GO_STACKS:
			while (b.p < b.end) {
				assert_int_equal(*b.p++, GO_STACK);
				assert_int_equal(varint(&b), ++go->nstacks);
				assert_int_equal(varint(&b), 1);
				varint(&b);
				assert_in_range(varint(&b), 1, go->nstrings);
				varint(&b);
				varint(&b);
			}
			break;
		default: fail_msg("a table of what");
		}
		assert_ptr_equal(b.p, b.end);
	} else {
		struct go_m *mp = &go->m[m];

		assert_true(m < 512 && mp->nbatches < 64);
		mp->start[mp->nbatches] = time;
		mp->batch[mp->nbatches++] = (struct bytes){ file->p, file->p + n };
	}
	file->p += n;
}

static void read_go(char *data, size_t n)
{
	struct bytes file = { (uint8_t *)data + 16, (uint8_t *)data + n };

	memset(go, 0, sizeof *go);
	for (int i = 0; i < 512; i++)
		go->m[i].g = go->m[i].p = -1;
	assert_memory_equal(data, "go 1.22 trace\0\0\0", 16);
	while (file.p < file.end)
		batch(&file);
	assert_int_equal(go->frequencies, 1);
	for (;;) {
		uint64_t order[512], least = UINT64_MAX;
		bool any = false;

		for (int i = 0; i < 512; i++) {
			order[i] = peek(&go->m[i]);
			least = order[i] < least ? order[i] : least;
		}
		if (least == UINT64_MAX)
			break;
		/* The earliest, or if none of these can be, any. */
		for (int late = 0; late < 2 && !any; late++)
			for (int i = 0; i < 512 && !any; i++)
				any = order[i] != UINT64_MAX && (late || order[i] == least) && next(&go->m[i]);
		if (!any)
			fail_msg("no event can be next");
	}
}

static void gotrace(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 30; seed++) {
		struct trace t;
		int runs = 0;
		size_t n;
		char *data;

		load(&t, seed);
		data = export(&t, "go", &n);
		read_go(data, n);
		free(data);
		for (uint32_t i = 0; i < t.nsteps; i++)
			runs += t.step[i].state == TRACE_IS_RUNNING;
		assert_int_equal(go->created, rt_.born);
		assert_int_equal(go->ended, rt_.dead);
		assert_int_equal(go->runs, runs);
		trace_free(&t);
	}
}

/* ---- CSV ---------------------------------------------------------------------------- */

/* Takes a field off the line; what was in quotes is without them. */
static bool csv_field(const char **line, char *buf)
{
	const char *p = *line;
	bool quoted = *p == '"';

	p += quoted;
	for (; quoted || (*p != ',' && *p != '\n'); p++) {
		if (quoted && *p == '"' && *++p != '"')
			break;
		*buf++ = *p;
	}
	*buf = '\0';
	*line = p + (*p == ',');
	return *p == ',';
}

static void csv(void **state)
{
	struct trace t;
	size_t n;
	char *data, *line;
	bool seen = false;
	uint32_t lines = 0;

	(void)state;
	load(&t, 7);
	data = export(&t, "csv", &n);
	line = strchr(data, '\n') + 1;
	for (; *line; line = strchr(line, '\n') + 1) {
		const char *at = line;
		char f[9][256];

		for (int i = 0; i < 8; i++)
			assert_true(csv_field(&at, f[i]));
		assert_false(csv_field(&at, f[8]));
		assert_int_equal(*at, '\n');
		seen |= !strcmp(f[7], "a, \"quoted\" reason");
		lines++;
	}
	assert_true(seen);
	assert_int_equal(lines, t.nsteps + t.nmarks);
	free(data);
	trace_free(&t);
}

static void formats(void **state)
{
	(void)state;
	assert_string_equal(trace_format_of("a/b.perfetto-trace")->name, "perfetto");
	assert_string_equal(trace_format_of("x.pftrace")->name, "perfetto");
	assert_string_equal(trace_format_of("x.csv")->name, "csv");
	assert_null(trace_format_of(".csv"));
	assert_null(trace_format_of("x.json"));
	assert_null(trace_format_named("json"));
}

static int make_paths(void **state)
{
	int rc = tw_make_path(state);

	snprintf(made, sizeof made, "%s.made", path);
	go = malloc(sizeof *go);
	return go ? rc : -1;
}

static int remove_paths(void **state)
{
	free(go);
	unlink(made);
	return tw_remove_path(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perfetto),
		cmocka_unit_test(perfetto_lost),
		cmocka_unit_test(gotrace),
		cmocka_unit_test(csv),
		cmocka_unit_test(formats),
	};

	return cmocka_run_group_tests(tests, make_paths, remove_paths);
}
