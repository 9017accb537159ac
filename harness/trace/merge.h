/* SPDX-License-Identifier: Apache-2.0
 *
 * merge.h: the records of all rings, in the order of their times.
 */
#ifndef TRACE_MERGE_H
#define TRACE_MERGE_H

#include "trace/file.h"

/* Where a ring is being read. */
struct cursor {
	const struct file_ring *ring;
	size_t chunk, record;
	uint64_t time;                  /* ticks, of the record that is next; never less than before */
	bool fresh;                     /* the chunk's first record is next: see its lost */
	uint32_t g, by;                 /* for who takes the records: the G of the ring, who
	                                   made the next record */
	bool by_said;
};

struct merge {
	struct cursor *all, **heap;     /* those with records left, the earliest first */
	size_t n;
};

/* Whether a record has to fit what is known: MERGE_CAN, it is what may come, but not what
 * would come if a record of the same time came first. */
enum merge_fit { MERGE_FITS, MERGE_CAN, MERGE_MUST };

/* Takes a record, or says that it does not fit: then others of the same time are tried
 * first, and it is offered again with less asked. */
typedef bool merge_take(void *to, struct cursor *, const struct sl__trace_record *, enum merge_fit);

/* Offers each record.  False: no memory. */
bool merge_run(const struct trace_file *, merge_take *, void *to);

#endif
