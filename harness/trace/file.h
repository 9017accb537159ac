/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h: the file of a trace, taken apart: its rings, its names, its clock.  Records
 * are looked at where they lie; nothing here knows what they mean.
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "shared/trace/format.h"

struct file_chunk {
	const struct sl__trace_chunk *head;
	size_t at;                      /* where in the file */
};

/* A ring: its chunks, by seq. */
struct file_ring {
	const struct file_chunk *chunk;
	size_t n;
};

struct trace_file {
	char *data;
	size_t size;
	const struct sl__trace_file *head;
	struct file_chunk *chunk;       /* of records, by ring and seq */
	size_t nchunks;
	struct file_ring *ring;
	size_t nrings;
	char **name;                    /* by id; NULL: none of this id.  name[0] is "?" */
	size_t nnames;
	struct sl__trace_tick *tick;    /* in the order of their times */
	size_t nticks;
	char *about;                    /* lines of a key, a tab and a value; made plain */
	const struct sl__trace_end *end;        /* NULL: it was not finished */
	size_t left_out;                /* bytes behind the last whole chunk */
};

/* Longer files are refused: in memory a trace takes three times as much. */
#define TRACE_FILE_MAX ((size_t)2 << 30)

/* 0, or -errno with a sentence: the file cannot be read, is no trace, is of another
 * version or byte order, or is damaged before its end. */
int trace_file_read(struct trace_file *, const char *path, struct err *);
void trace_file_free(struct trace_file *);

/* The value under the key in "about", in buf of the size; "": none. */
const char *trace_file_about(const struct trace_file *, const char *key, char *buf, size_t size);

static inline const struct sl__trace_record *chunk_records(const struct sl__trace_chunk *c)
{
	return (const struct sl__trace_record *)(c + 1);
}

static inline size_t chunk_count(const struct sl__trace_chunk *c)
{
	return c->bytes / sizeof(struct sl__trace_record);
}

#endif
