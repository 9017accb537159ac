/* SPDX-License-Identifier: Apache-2.0
 *
 * ring.h: records, from who makes them to who writes them out.
 *
 * A ring has one writer at a time, who fills a buffer of 4 KiB: two stores for a record, and
 * one that publishes it.  When the buffer is full, the writer gives it to the list of the
 * full ones and takes a free one.  All buffers are of one piece of memory, 64 MiB or
 * SCHEDLAB_TRACE_MIB.  If none is free, records are counted and not made, so what there is is
 * whole, and the memory is bounded.
 *
 *     the ring's writer                   who collects it at the end, any thread
 *     the record                          (sl__tracing = 0)
 *     at + 1 (release)                    at (acquire): so many are whole
 *     full: under buffers.lock the        under buffers.lock: so the buffer and at are
 *         buffer goes, another is taken       of each other
 *
 * So whoever still records then, in a G that was abandoned say, does no harm; it has its
 * buffer for good.
 *
 * ORDER.  Two CPUs' counters show the same time, but neither waits for the instructions
 * around it.  What comes after in the life of a G must not seem to have come before.  So a G
 * keeps the time of its last record, where those that hand it on make it visible, and the
 * next one is at least a tick later; and no record is before the one before it in its ring.
 * Dropped: lfence before rdtsc, which takes 10 ns more, and helps only if the counters agree
 * to the tick.
 */
#ifndef SL_TRACE_RING_H
#define SL_TRACE_RING_H

#include "shared/trace/clock.h"

struct sl__buffer;

struct sl__ring {
	struct sl__trace_record *at;    /* where the next one goes.  Atomic: see above */
	struct sl__trace_record *end;   /* both NULL: it has no buffer */
	struct sl__buffer *buffer;
	uint64_t last;                  /* the time of the last record */
	uint64_t lost;                  /* since the buffer, or while there is none */
	uint32_t id, seq;
	uint16_t kind;                  /* enum sl__trace_ring */
	bool listed;                    /* in buffers.rings */
	struct sl__ring *next, **link;
};

static inline void sl__ring_init(struct sl__ring *r, enum sl__trace_ring kind, uint32_t id)
{
	*r = (struct sl__ring){ .kind = (uint16_t)kind, .id = id };
}

/* Atomic: 1 while records are wanted.  Everything that records looks here first. */
extern uint32_t sl__tracing SL__HIDDEN;

#define sl__is_tracing() sl__unlikely(__atomic_load_n(&sl__tracing, __ATOMIC_RELAXED))

/* The time that the trace counts from, in ticks. */
extern uint64_t sl__trace_base SL__HIDDEN;

/* A record, by the ring's writer, which must not be preempted meanwhile.  last: of the G that
 * it is about, or NULL. */
void sl__record(struct sl__ring *, enum sl__trace_kind, unsigned why, int64_t g, uint32_t arg,
                uint64_t *last);

/* The same of something that was at time, as far as the order of the ring allows. */
void sl__record_at(struct sl__ring *, uint64_t time, enum sl__trace_kind, unsigned why, int64_t g,
                   uint32_t arg);

/* The ring's writer has no more to record: what it has goes to the full ones. */
void sl__ring_end(struct sl__ring *);

/* ---- For who writes them out ---------------------------------------------- */

#define SL__BUFFER 4096

struct sl__buffer {
	struct sl__buffer *next;
	struct sl__trace_chunk head;    /* complete, once it is full */
	struct sl__trace_record record[(SL__BUFFER - 8 - 32) / 16];
};

bool sl__pool_begin(size_t bytes);      /* false: out of memory */

/* keep: somebody may still have a ring, so the memory stays. */
void sl__pool_end(bool keep);

/* The full ones, in the order in which they became full; NULL: there are none. */
struct sl__buffer *sl__pool_take(void);
void sl__pool_give_back(struct sl__buffer *);           /* such a list */

/* Waits until there are some full ones, if wait_ns is 0, or for so long; or until somebody
 * wakes it. */
void sl__pool_wait(int64_t wait_ns);
void sl__pool_wake(void);               /* who waits, or will next */

/* Of all rings: what they have goes to the full ones, and nothing more comes. */
bool sl__pool_collect(bool patient);    /* false: the lock is held, perhaps for ever */

struct sl__trace_counts { uint64_t records, lost; };
struct sl__trace_counts sl__pool_counts(void);  /* of what was given to the full ones */

#endif
