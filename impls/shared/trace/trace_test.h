/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_test.h: a trace as its file tells it, for tests: read whole, checked by its form,
 * and its records in one order.
 */
#ifndef TRACE_TEST_H
#define TRACE_TEST_H

#include <fcntl.h>
#include <sys/stat.h>

#include "conform/conform.h"
#include "shared/trace/format.h"

struct event {
	struct sl__trace_record r;
	uint64_t time;
	uint32_t ring;          /* enum sl__trace_ring << 24 | id */
	size_t at;              /* in the file */
};

struct trace {
	char *file;
	size_t size;
	const struct sl__trace_file *head;
	struct event *event;
	size_t n;
	struct sl__trace_end end;
	bool ended;
	uint64_t lost;
	int clocks;
};

/* A name of its own for the file, which the test removes. */
static inline const char *trace_path(void)
{
	static char path[64];

	if (!*path)
		snprintf(path, sizeof path, "/tmp/schedlab-trace-test-%d", (int)getpid());
	return path;
}

/* The program's next runs are traced; NULL: no more. */
static inline void trace_to(const char *path)
{
	if (path)
		setenv("SCHEDLAB_TRACE", path, 1);
	else
		unsetenv("SCHEDLAB_TRACE");
}

static inline int earlier(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static inline void take_records(struct trace *t, const struct sl__trace_chunk *c, size_t at)
{
	static struct { uint32_t ring, seq; uint64_t time; } ring[1 << 14];
	static size_t rings;
	uint32_t name = (uint32_t)c->ring << 24 | c->id;
	size_t i = 0, n = c->bytes / sizeof(struct sl__trace_record);

	if (t->n == 0 && c->seq == 0 && !t->event)
		rings = 0;
	/* The last that was seen is the likeliest. */
	for (i = rings; i > 0 && ring[i - 1].ring != name; i--)
		;
	if (i == 0) {
		check(rings < sizeof ring / sizeof *ring);
		ring[rings].ring = name;
		ring[rings].seq = 0;
		ring[rings].time = 0;
		i = ++rings;
	}
	i--;
	check(c->bytes % sizeof(struct sl__trace_record) == 0);
	check(c->seq == ring[i].seq++);
	t->lost += c->lost;
	t->event = realloc(t->event, (t->n + n + 1) * sizeof *t->event);
	check(t->event != NULL);
	for (size_t k = 0; k < n; k++) {
		struct event *e = &t->event[t->n++];

		*e = (struct event){ .ring = name, .at = at + k };
		memcpy(&e->r, t->file + at + k * sizeof e->r, sizeof e->r);
		e->at = at + k * sizeof e->r;
		e->time = sl__trace_time(&e->r);
		check(e->time >= ring[i].time);
		ring[i].time = e->time;
	}
}

/* A file of this process: what is not so is a failed check. */
static inline void trace_read(struct trace *t, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = sizeof *t->head;

	*t = (struct trace){ 0 };
	check(fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= (off_t)at);
	t->size = (size_t)st.st_size;
	t->file = malloc(t->size);
	check(t->file != NULL);
	for (size_t n = 0; n < t->size;) {
		ssize_t r = read(fd, t->file + n, t->size - n);

		check(r > 0);
		n += (size_t)r;
	}
	close(fd);
	t->head = (const void *)t->file;
	check(!memcmp(t->head->magic, SL__TRACE_MAGIC, 8) && t->head->version == SL__TRACE_VERSION);
	check(t->head->endian == SL__TRACE_ENDIAN && !strcmp(t->head->backend, SL_BACKEND));
	while (at < t->size) {
		const struct sl__trace_chunk *c = (const void *)(t->file + at);

		check(!t->ended && t->size - at >= sizeof *c && c->magic == SL__TRACE_CHUNK);
		at += sizeof *c;
		check(c->bytes % 8 == 0 && c->bytes <= 1 << 20 && c->bytes <= t->size - at);
		if (c->what == TRACE_RECORDS) {
			take_records(t, c, at);
		} else if (c->what == TRACE_END) {
			check(c->bytes == sizeof t->end);
			memcpy(&t->end, t->file + at, sizeof t->end);
			t->ended = true;
		} else {
			t->clocks += c->what == TRACE_CLOCK;
			check(c->what < TRACE_END);
		}
		at += c->bytes;
	}
	check(t->n > 0);
	check(t->ended && t->end.records == t->n && t->end.lost >= t->lost);
	check(t->clocks >= 2);
	qsort(t->event, t->n, sizeof *t->event, earlier);
}

static inline void trace_free(struct trace *t)
{
	free(t->file);
	free(t->event);
	*t = (struct trace){ 0 };
}

/* The text of a name; "" if the file has none. */
static inline void trace_name(const struct trace *t, uint32_t id, char out[128])
{
	const struct sl__trace_chunk *c;

	out[0] = '\0';
	for (size_t at = sizeof *t->head; at < t->size; at += sizeof *c + c->bytes) {
		const char *p = t->file + at + sizeof *c, *end;

		c = (const void *)(t->file + at);
		end = p + c->bytes;
		while (c->what == TRACE_NAMES && p < end) {
			const struct sl__trace_name *name = (const void *)p;

			check((size_t)(end - p) >= sizeof *name && (size_t)(end - p) - sizeof *name >= name->len);
			if (name->id == id)
				snprintf(out, 128, "%.*s", (int)name->len, p + sizeof *name);
			p += sizeof *name + ((name->len + 7u) & ~7u);
		}
	}
}

/* How many records of a kind there are. */
static inline size_t trace_count(const struct trace *t, enum sl__trace_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += sl__trace_kind(&t->event[i].r) == kind;
	return n;
}

#endif
