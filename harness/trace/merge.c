/* SPDX-License-Identifier: Apache-2.0
 *
 * Of records with equal times, what made another possible has to come first, and the
 * times do not say which that is: a wake-up takes less time than the clock tells apart.
 * So a record that does not fit what is known is put off until those of the same time
 * in other rings have been tried.
 */
#include "trace/merge.h"

#include <stdlib.h>

#include "trace/trace.h"

static const struct sl__trace_chunk *chunk_of(const struct cursor *c)
{
	return c->ring->chunk[c->chunk].head;
}

/* The time of the record that is next; false: there is none. */
static bool look(struct cursor *c)
{
	uint64_t time;

	while (c->chunk < c->ring->n && c->record == chunk_count(chunk_of(c))) {
		c->chunk++;
		c->record = 0;
		c->fresh = true;
	}
	if (c->chunk == c->ring->n)
		return false;
	time = sl__trace_time(&chunk_records(chunk_of(c))[c->record]);
	if (time > c->time)
		c->time = time;
	return true;
}

static void sink(struct merge *m, size_t i)
{
	struct cursor *c = m->heap[i];

	for (size_t child; (child = 2 * i + 1) < m->n; i = child) {
		if (child + 1 < m->n && m->heap[child + 1]->time < m->heap[child]->time)
			child++;
		if (c->time <= m->heap[child]->time)
			break;
		m->heap[i] = m->heap[child];
	}
	m->heap[i] = c;
}

static void rise(struct merge *m, size_t i, struct cursor *c)
{
	for (; i > 0 && c->time < m->heap[(i - 1) / 2]->time; i = (i - 1) / 2)
		m->heap[i] = m->heap[(i - 1) / 2];
	m->heap[i] = c;
}

static struct cursor *pop(struct merge *m)
{
	struct cursor *first = m->heap[0];

	m->heap[0] = m->heap[--m->n];
	if (m->n)
		sink(m, 0);
	return first;
}

/* Offers what c has of this time.  Whether any was taken; *left: the next was not. */
static bool drain(struct cursor *c, uint64_t time, merge_take *take, void *to, enum merge_fit fit, bool *left,
                  bool *more)
{
	bool any = false;

	*left = false;
	do {
		const struct sl__trace_record *r = &chunk_records(chunk_of(c))[c->record];

		if (!take(to, c, r, fit)) {
			*left = *more = true;
			return any;
		}
		any = true;
		fit = MERGE_FITS;
		c->record++;
		c->fresh = false;
	} while ((*more = look(c)) && c->time == time);
	return any;
}

/* All records of the earliest time. */
static void moment(struct merge *m, struct cursor **same, merge_take *take, void *to)
{
	uint64_t time = m->heap[0]->time;
	size_t n = 0;
	enum merge_fit fit = MERGE_FITS;

	while (m->n && m->heap[0]->time == time)
		same[n++] = pop(m);
	while (n) {
		bool any = false;
		size_t kept = 0;

		for (size_t i = 0; i < n; i++) {
			struct cursor *c = same[i];
			bool left, more;

			any |= drain(c, time, take, to, any ? MERGE_FITS : fit, &left, &more);
			if (left)
				same[kept++] = c;
			else if (more)
				rise(m, m->n++, c);
		}
		n = kept;
		fit = any ? MERGE_FITS : fit + 1;
	}
}

bool merge_run(const struct trace_file *f, merge_take *take, void *to)
{
	struct merge m = { .all = calloc(f->nrings + 1, sizeof *m.all), .heap = calloc(f->nrings + 1, sizeof *m.heap) };
	struct cursor **same = calloc(f->nrings + 1, sizeof *same);
	bool good = m.all && m.heap && same;

	for (size_t i = 0; good && i < f->nrings; i++) {
		m.all[i] = (struct cursor){ .ring = &f->ring[i], .g = TRACE_NONE, .by = TRACE_NONE, .fresh = true };
		if (look(&m.all[i]))
			rise(&m, m.n++, &m.all[i]);
	}
	while (good && m.n)
		moment(&m, same, take, to);
	free(same);
	free(m.all);
	free(m.heap);
	return good;
}
