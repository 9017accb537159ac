/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/plain.h"
#include "trace/room.h"

#define CHUNK_MAX  (1u << 20)
#define NAMES_MAX  (1u << 20)
#define NAME_MAX_  200

static int no_memory(const char *path, struct err *e)
{
	return err_set(e, -ENOMEM, "no memory left for the trace %.300s", path);
}

static int check_head(const struct trace_file *f, const char *path, struct err *e)
{
	const struct sl__trace_file *h = f->head;

	if (f->size < sizeof h->magic || memcmp(h->magic, SL__TRACE_MAGIC, sizeof h->magic) != 0)
		return err_set(e, -EINVAL, "%.300s is no trace: it does not begin as one", path);
	if (f->size < sizeof *h)
		return err_set(e, -EINVAL, "%.300s ends within its first %zu bytes: nothing was recorded", path, sizeof *h);
	if (h->endian != SL__TRACE_ENDIAN)
		return err_set(e, -EINVAL, "%.300s was written on a machine with another byte order: read it there", path);
	if (h->version != SL__TRACE_VERSION)
		return err_set(e, -EINVAL, "%.300s is a trace of version %u; this schedlab reads version %u", path, h->version,
		               SL__TRACE_VERSION);
	if (!memchr(h->backend, '\0', sizeof h->backend) || !memchr(h->model, '\0', sizeof h->model) || h->procs < 1 ||
	    h->procs > INT16_MAX)
		return err_set(e, -EINVAL, "%.300s is damaged: its head names no back end, or no number of Ps", path);
	return 0;
}

static int damaged(const char *path, size_t at, const char *what, struct err *e)
{
	return err_set(e, -EINVAL, "%.300s is damaged: at byte %zu %s", path, at, what);
}

static bool take_name(struct trace_file *f, uint32_t id, const char *text, uint32_t len)
{
	char **grown;

	if (id >= f->nnames) {
		size_t n = f->nnames ? f->nnames : 64;

		while (n <= id)
			n *= 2;
		grown = realloc(f->name, n * sizeof *grown);
		if (!grown)
			return false;
		memset(grown + f->nnames, 0, (n - f->nnames) * sizeof *grown);
		f->name = grown;
		f->nnames = n;
	}
	free(f->name[id]);
	f->name[id] = strndup(text, len < NAME_MAX_ ? len : NAME_MAX_);
	return f->name[id] && text_plain(f->name[id]);
}

static int take_names(struct trace_file *f, const struct sl__trace_chunk *c, const char *path, size_t at, struct err *e)
{
	const char *p = (const char *)(c + 1), *end = p + c->bytes;

	while (p < end) {
		const struct sl__trace_name *n = (const void *)p;
		size_t left = (size_t)(end - p) - sizeof *n;

		if (n->len > left || n->id == 0 || n->id >= NAMES_MAX)
			return damaged(path, at, "is a name with no such length or number", e);
		if (!take_name(f, n->id, p + sizeof *n, n->len))
			return no_memory(path, e);
		p += sizeof *n + (n->len + 7u) / 8 * 8;
	}
	return 0;
}

static int take_ticks(struct trace_file *f, const struct sl__trace_chunk *c, const char *path, struct err *e)
{
	const struct sl__trace_tick *t = (const void *)(c + 1);

	for (size_t n = c->bytes / sizeof *t; n > 0; n--, t++) {
		/* What does not go on from the last one tells nothing. */
		if (f->nticks && (t->time <= f->tick[f->nticks - 1].time || t->ns <= f->tick[f->nticks - 1].ns))
			continue;
		if (!room_for((void **)&f->tick, f->nticks, sizeof *f->tick))
			return no_memory(path, e);
		f->tick[f->nticks++] = *t;
	}
	return 0;
}

static int take_about(struct trace_file *f, const struct sl__trace_chunk *c, const char *path, struct err *e)
{
	size_t old = f->about ? strlen(f->about) : 0, n = strnlen((const char *)(c + 1), c->bytes);
	char *grown = old + n < CHUNK_MAX ? realloc(f->about, old + n + 2) : NULL;

	if (!grown)
		return no_memory(path, e);
	memcpy(grown + old, c + 1, n);
	memcpy(grown + old + n, "\n", 2);
	f->about = grown;
	return 0;
}

static int take_records(struct trace_file *f, const struct sl__trace_chunk *c, const char *path, size_t at,
                        struct err *e)
{
	if (c->bytes % sizeof(struct sl__trace_record) || c->ring > TRACE_KERNEL ||
	    (c->ring == TRACE_P && c->id > INT16_MAX))
		return damaged(path, at, "are records of no ring that there is", e);
	if (!room_for((void **)&f->chunk, f->nchunks, sizeof *f->chunk))
		return no_memory(path, e);
	f->chunk[f->nchunks++] = (struct file_chunk){ c, at };
	return 0;
}

static int take_chunk(struct trace_file *f, const struct sl__trace_chunk *c, const char *path, size_t at, struct err *e)
{
	if (f->end)
		return damaged(path, at, "something follows its end", e);
	switch (c->what) {
	case TRACE_RECORDS: return take_records(f, c, path, at, e);
	case TRACE_NAMES: return take_names(f, c, path, at, e);
	case TRACE_CLOCK: return take_ticks(f, c, path, e);
	case TRACE_ABOUT: return take_about(f, c, path, e);
	case TRACE_END:
		if (c->bytes != sizeof *f->end)
			return damaged(path, at, "is an end of another length", e);
		f->end = (const void *)(c + 1);
		return 0;
	default: return damaged(path, at, "is a chunk of a kind that there is not", e);
	}
}

static int take_chunks(struct trace_file *f, const char *path, struct err *e)
{
	size_t at = sizeof *f->head;
	int rc = 0;

	while (!rc && f->size - at >= sizeof(struct sl__trace_chunk)) {
		const struct sl__trace_chunk *c = (const void *)(f->data + at);

		if (c->magic != SL__TRACE_CHUNK || c->bytes % 8 || c->bytes > CHUNK_MAX)
			return damaged(path, at, "no chunk begins", e);
		if (c->bytes > f->size - at - sizeof *c)
			break;          /* the one that was being written */
		rc = take_chunk(f, c, path, at, e);
		at += sizeof *c + c->bytes;
	}
	f->left_out = f->size - at;
	if (!rc && f->end && f->left_out)
		return damaged(path, at, "something follows its end", e);
	return rc;
}

static int by_ring(const void *a, const void *b)
{
	const struct sl__trace_chunk *x = ((const struct file_chunk *)a)->head, *y = ((const struct file_chunk *)b)->head;

	if (x->ring != y->ring)
		return x->ring < y->ring ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int make_rings(struct trace_file *f, const char *path, struct err *e)
{
	if (f->nchunks)
		qsort(f->chunk, f->nchunks, sizeof *f->chunk, by_ring);
	for (size_t i = 0; i < f->nchunks; i++) {
		const struct sl__trace_chunk *c = f->chunk[i].head, *before = i ? f->chunk[i - 1].head : NULL;

		if (!before || before->ring != c->ring || before->id != c->id) {
			if (!room_for((void **)&f->ring, f->nrings, sizeof *f->ring))
				return no_memory(path, e);
			f->ring[f->nrings++] = (struct file_ring){ &f->chunk[i], 0 };
		} else if (before->seq == c->seq) {
			return damaged(path, f->chunk[i].at, "are records that came before", e);
		} else if (f->end && before->seq + 1 != c->seq) {
			return damaged(path, f->chunk[i].at, "are records, and those before them are not there", e);
		}
		f->ring[f->nrings - 1].n++;
	}
	return 0;
}

/* Line by line: a tab stays one. */
static void make_plain(char *about)
{
	for (char *line = about, *end; line && *line; line = end + 1) {
		char *tab;

		end = strchr(line, '\n');
		*end = '\0';
		tab = strchr(line, '\t');
		if (tab)
			*tab = '\0';
		text_plain(line);
		if (tab) {
			text_plain(tab + 1);
			*tab = '\t';
		}
		*end = '\n';
	}
}

int trace_file_read(struct trace_file *f, const char *path, struct err *e)
{
	int rc;

	*f = (struct trace_file){ 0 };
	rc = file_get(path, TRACE_FILE_MAX, &f->data, &f->size, e);
	if (!rc) {
		f->head = (const void *)f->data;
		rc = check_head(f, path, e);
	}
	if (!rc && !take_name(f, 0, "?", 1))
		rc = no_memory(path, e);
	if (!rc)
		rc = take_chunks(f, path, e);
	if (!rc)
		rc = make_rings(f, path, e);
	if (rc) {
		trace_file_free(f);
		return rc;
	}
	make_plain(f->about);
	return 0;
}

void trace_file_free(struct trace_file *f)
{
	for (size_t i = 0; i < f->nnames; i++)
		free(f->name[i]);
	free(f->name);
	free(f->tick);
	free(f->about);
	free(f->chunk);
	free(f->ring);
	free(f->data);
	*f = (struct trace_file){ 0 };
}

const char *trace_file_about(const struct trace_file *f, const char *key, char *buf, size_t size)
{
	size_t k = strlen(key);

	*buf = '\0';
	for (const char *line = f->about; line && *line; line = strchr(line, '\n') + 1) {
		size_t n = strcspn(line, "\n");

		if (n <= k || memcmp(line, key, k) != 0 || line[k] != '\t')
			continue;
		n -= k + 1;
		n = n < size ? n : size - 1;
		memcpy(buf, line + k + 1, n);
		buf[n] = '\0';
		text_plain(buf);        /* it may have been cut within a letter */
		break;
	}
	return buf;
}
