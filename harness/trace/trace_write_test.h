/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_write_test.h: traces made up for tests, record by record, by what format.h says
 * and nothing else: not by what records them.  A tick is a nanosecond here.
 *
 *     tw_begin("work-stealing", "M:N", 2);
 *     tw(TRACE_P, 0, 100, TRACE_CREATED, 0, 1, tw_name("main"));
 *     tw_end("/tmp/x.trace");
 */
#ifndef TRACE_WRITE_TEST_H
#define TRACE_WRITE_TEST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "shared/trace/format.h"

#define TW_RINGS 4096
#define TW_NAMES 64

static struct {
	struct sl__trace_file head;
	struct tw_ring {
		uint32_t kind, id, chunks;
		uint64_t lost;
		struct sl__trace_record *r;
		size_t n;
	} ring[TW_RINGS];
	int nrings;
	const char *name[TW_NAMES];
	int nnames;
	char about[512];
	uint64_t time, records, lost;
	int64_t mono_ns;
} tw_;

static inline void tw_begin(const char *backend, const char *model, int procs)
{
	memset(&tw_, 0, sizeof tw_);
	memcpy(tw_.head.magic, SL__TRACE_MAGIC, sizeof tw_.head.magic);
	tw_.head.version = SL__TRACE_VERSION;
	tw_.head.endian = SL__TRACE_ENDIAN;
	tw_.head.clock = TRACE_MONOTONIC;
	tw_.head.procs = (uint32_t)procs;
	tw_.head.wall_ns = 1790000000000000000;
	tw_.head.pid = 4711;
	tw_.mono_ns = 5000000000;
	snprintf(tw_.head.backend, sizeof tw_.head.backend, "%s", backend);
	snprintf(tw_.head.model, sizeof tw_.head.model, "%s", model);
}

static inline uint32_t tw_name(const char *name)
{
	for (int i = 0; i < tw_.nnames; i++)
		if (!strcmp(tw_.name[i], name))
			return (uint32_t)i + 1;
	if (tw_.nnames == TW_NAMES)
		abort();
	tw_.name[tw_.nnames++] = name;
	return (uint32_t)tw_.nnames;
}

static inline void tw_about(const char *key, const char *value)
{
	size_t n = strlen(tw_.about);

	snprintf(tw_.about + n, sizeof tw_.about - n, "%s\t%s\n", key, value);
}

static inline struct tw_ring *tw_ring(uint32_t kind, uint32_t id)
{
	for (int i = 0; i < tw_.nrings; i++)
		if (tw_.ring[i].kind == kind && tw_.ring[i].id == id)
			return &tw_.ring[i];
	if (tw_.nrings == TW_RINGS)
		abort();
	tw_.ring[tw_.nrings] = (struct tw_ring){ .kind = kind, .id = id };
	return &tw_.ring[tw_.nrings++];
}

static inline void tw(uint32_t ring, uint32_t id, uint64_t time, unsigned kind, unsigned why, uint64_t g, uint32_t arg)
{
	struct tw_ring *r = tw_ring(ring, id);

	r->r = realloc(r->r, (r->n + 1) * sizeof *r->r);
	if (!r->r)
		abort();
	r->r[r->n++] = (struct sl__trace_record){ time << 16 | kind << 8 | why, g << 24 | arg };
	tw_.time = time > tw_.time ? time : tw_.time;
	tw_.records++;
}

/* So many are missing before the ring's first. */
static inline void tw_lost(uint32_t ring, uint32_t id, uint64_t n)
{
	tw_ring(ring, id)->lost = n;
	tw_.lost += n;
}

static inline void tw_chunk(FILE *f, struct sl__trace_chunk head, const void *data, size_t n)
{
	static const char zeros[8];

	head.magic = SL__TRACE_CHUNK;
	head.bytes = (uint32_t)((n + 7) / 8 * 8);
	fwrite(&head, sizeof head, 1, f);
	fwrite(data, 1, n, f);
	fwrite(zeros, 1, head.bytes - n, f);
}

static inline void tw_names(FILE *f)
{
	char all[TW_NAMES * 64] = "";
	size_t n = 0;

	for (int i = 0; i < tw_.nnames; i++) {
		struct sl__trace_name head = { (uint32_t)i + 1, (uint32_t)strlen(tw_.name[i]) };

		memcpy(all + n, &head, sizeof head);
		memcpy(all + n + sizeof head, tw_.name[i], head.len);
		n += sizeof head + (head.len + 7) / 8 * 8;
	}
	tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_NAMES }, all, n);
}

/* A ring in chunks of some 100 records, as a recorder's would be. */
static inline void tw_rings(FILE *f)
{
	for (int i = 0; i < tw_.nrings; i++) {
		struct tw_ring *r = &tw_.ring[i];

		for (size_t at = 0, n; at < r->n; at += n) {
			n = r->n - at < 100 ? r->n - at : 100;
			tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_RECORDS, .ring = (uint16_t)r->kind, .id = r->id,
			                                      .lost = at ? 0 : r->lost, .seq = r->chunks++ },
			         r->r + at, n * sizeof *r->r);
		}
	}
}

static inline void tw_end(const char *path)
{
	FILE *f = fopen(path, "w");
	const struct sl__trace_tick ticks[] = { { 0, tw_.mono_ns, 30 }, { tw_.time + 1, tw_.mono_ns + (int64_t)tw_.time + 1, 30 } };
	const struct sl__trace_end end = { tw_.records, tw_.lost, 1000000000, 40 };

	if (!f)
		abort();
	fwrite(&tw_.head, sizeof tw_.head, 1, f);
	tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_CLOCK }, ticks, sizeof *ticks);
	tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_ABOUT }, tw_.about, strlen(tw_.about));
	tw_names(f);
	tw_rings(f);
	tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_CLOCK }, ticks + 1, sizeof *ticks);
	tw_chunk(f, (struct sl__trace_chunk){ .what = TRACE_END }, &end, sizeof end);
	if (fclose(f) != 0)
		abort();
	for (int i = 0; i < tw_.nrings; i++)
		free(tw_.ring[i].r);
}

/* Where the traces of a group of tests go. */
static char path[PATH_MAX];

static inline int tw_make_path(void **state)
{
	int fd = mkstemp(path_temporary(path, "trace"));

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static inline int tw_remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

#endif
