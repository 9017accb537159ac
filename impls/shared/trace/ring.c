/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/mman.h>

#include "shared/lock.h"
#include "shared/trace/ring.h"

#define RECORDS (sizeof ((struct sl__buffer *)0)->record / sizeof (struct sl__trace_record))
#define FULL_WAKES 8            /* so many full buffers wake who sleeps until there are some */

_Static_assert(sizeof(struct sl__buffer) <= SL__BUFFER, "a buffer is a page");
_Static_assert(sizeof(struct sl__trace_record) == 16, "a record is two words");

uint32_t sl__tracing;
uint64_t sl__trace_base;

static struct {
	uint32_t lock;
	bool closed;                    /* nothing more comes */
	char *memory;
	size_t size, used;              /* in bytes: what was never taken lies behind */
	struct sl__buffer *free;        /* the last that was freed is still in a cache */
	struct sl__buffer *full, **full_end;
	uint32_t nfull;
	struct sl__ring *rings;         /* all that have had a buffer */
	struct sl__trace_counts counts;
	bool empty;                     /* atomic: none was free */
	bool asleep;                    /* somebody waits for full ones */
	_Atomic uint32_t wake;          /* a futex */
} buffers = { .closed = true };

/* ---- Under buffers.lock --------------------------------------------------------- */

static struct sl__buffer *take_free(void)
{
	struct sl__buffer *b = buffers.free;

	if (b) {
		buffers.free = b->next;
	} else if (buffers.used < buffers.size) {
		b = (struct sl__buffer *)(buffers.memory + buffers.used);
		buffers.used += SL__BUFFER;
	} else {
		__atomic_store_n(&buffers.empty, true, __ATOMIC_RELAXED);
	}
	return b;
}

static void put_full(struct sl__buffer *b, size_t n)
{
	b->head.bytes = (uint32_t)(n * sizeof *b->record);
	b->next = NULL;
	*buffers.full_end = b;
	buffers.full_end = &b->next;
	buffers.nfull++;
	buffers.counts.records += n;
}

/* Others look at the count only when they collect. */
static void count_lost(struct sl__ring *r)
{
	__atomic_store_n(&r->lost, r->lost + 1, __ATOMIC_RELAXED);
}

static uint64_t lost(const struct sl__ring *r)
{
	return __atomic_load_n(&r->lost, __ATOMIC_RELAXED);
}

static void begin_buffer(struct sl__ring *r, struct sl__buffer *b)
{
	b->head = (struct sl__trace_chunk){
		.magic = SL__TRACE_CHUNK, .what = TRACE_RECORDS, .ring = r->kind, .id = r->id,
		.lost = lost(r), .seq = r->seq++,
	};
	buffers.counts.lost += lost(r);
}

static void use_buffer(struct sl__ring *r, struct sl__buffer *b)
{
	r->buffer = b;
	r->end = b ? b->record + RECORDS : NULL;
	__atomic_store_n(&r->at, b ? b->record : NULL, __ATOMIC_RELEASE);
}

/* Acquire: those before it are whole. */
static size_t made(const struct sl__ring *r)
{
	return (size_t)(__atomic_load_n(&r->at, __ATOMIC_ACQUIRE) - r->buffer->record);
}

static void list(struct sl__ring *r)
{
	r->listed = true;
	r->next = buffers.rings;
	r->link = &buffers.rings;
	if (r->next)
		r->next->link = &r->next;
	buffers.rings = r;
}

static void unlist(struct sl__ring *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	r->listed = false;
}

/* The last of a ring, whose writer may be at work. */
static void hand_in(struct sl__ring *r)
{
	if (r->buffer) {
		put_full(r->buffer, made(r));
	} else if (lost(r)) {
		struct sl__buffer *b = take_free();

		/* Without even one for the count, the total has it. */
		if (b) {
			begin_buffer(r, b);
			put_full(b, 0);
		} else {
			buffers.counts.lost += lost(r);
		}
	}
	unlist(r);
}

/* ---- Recording ----------------------------------------------------------------- */

/* Full, or without a buffer.  NULL: the record is lost. */
static __attribute__((noinline)) struct sl__trace_record *more(struct sl__ring *r)
{
	struct sl__buffer *b = NULL;
	bool wake = false;

	/* Not each of a million that are lost waits for the lock. */
	if (!r->buffer && __atomic_load_n(&buffers.empty, __ATOMIC_RELAXED)) {
		count_lost(r);
		return NULL;
	}
	sl__lock_thread(&buffers.lock);
	if (!buffers.closed) {
		if (!r->listed)
			list(r);
		if (r->buffer)
			put_full(r->buffer, RECORDS);
		b = take_free();
		if (b) {
			begin_buffer(r, b);
			__atomic_store_n(&r->lost, 0, __ATOMIC_RELAXED);
		} else {
			count_lost(r);
		}
		use_buffer(r, b);
		wake = buffers.asleep && buffers.nfull >= FULL_WAKES;
		buffers.asleep = buffers.asleep && !wake;
	}
	sl__unlock_thread(&buffers.lock);
	if (wake)
		sl__pool_wake();
	return b ? b->record : NULL;
}

static inline void put(struct sl__ring *r, uint64_t time, enum sl__trace_kind kind, unsigned why,
                       int64_t g, uint32_t arg)
{
	struct sl__trace_record *at = r->at;

	if (sl__unlikely(at == r->end) && !(at = more(r)))
		return;
	at->when = time << 16 | (uint64_t)kind << 8 | why;
	at->who = (uint64_t)g << 24 | (arg & 0xffffff);
	__atomic_store_n(&r->at, at + 1, __ATOMIC_RELEASE);
}

void sl__record(struct sl__ring *r, enum sl__trace_kind kind, unsigned why, int64_t g, uint32_t arg,
                uint64_t *last)
{
	uint64_t now = sl__ticks() - sl__trace_base;

	if (sl__unlikely(now < r->last))
		now = r->last;
	if (last) {
		if (sl__unlikely(now <= *last))
			now = *last + 1;
		*last = now;
	}
	r->last = now;
	put(r, now, kind, why, g, arg);
}

void sl__record_at(struct sl__ring *r, uint64_t time, enum sl__trace_kind kind, unsigned why, int64_t g,
                   uint32_t arg)
{
	if (time < r->last)
		time = r->last;
	r->last = time;
	put(r, time, kind, why, g, arg);
}

void sl__ring_end(struct sl__ring *r)
{
	if (!r->buffer && !lost(r))
		return;
	sl__lock_thread(&buffers.lock);
	if (r->listed)
		hand_in(r);
	r->buffer = NULL;
	sl__unlock_thread(&buffers.lock);
}

/* ---- Writing out ------------------------------------------------------------------ */

bool sl__pool_begin(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	sl__lock_thread(&buffers.lock);
	buffers.closed = false;
	buffers.memory = p;
	buffers.size = bytes;
	buffers.used = 0;
	buffers.free = buffers.full = NULL;
	buffers.full_end = &buffers.full;
	buffers.nfull = 0;
	buffers.rings = NULL;
	buffers.counts = (struct sl__trace_counts){ 0, 0 };
	buffers.empty = buffers.asleep = false;
	atomic_store(&buffers.wake, 0);
	sl__unlock_thread(&buffers.lock);
	return true;
}

void sl__pool_end(bool keep)
{
	if (!keep)
		munmap(buffers.memory, buffers.size);
	buffers.memory = NULL;
}

struct sl__buffer *sl__pool_take(void)
{
	struct sl__buffer *b;

	sl__lock_thread(&buffers.lock);
	b = buffers.full;
	buffers.full = NULL;
	buffers.full_end = &buffers.full;
	buffers.nfull = 0;
	sl__unlock_thread(&buffers.lock);
	return b;
}

void sl__pool_give_back(struct sl__buffer *b)
{
	struct sl__buffer *last = b;

	if (!b)
		return;
	while (last->next)
		last = last->next;
	sl__lock_thread(&buffers.lock);
	last->next = buffers.free;
	buffers.free = b;
	__atomic_store_n(&buffers.empty, false, __ATOMIC_RELAXED);
	sl__unlock_thread(&buffers.lock);
}

void sl__pool_wait(int64_t wait_ns)
{
	bool sleep;

	sl__lock_thread(&buffers.lock);
	sleep = wait_ns || buffers.nfull < FULL_WAKES;
	buffers.asleep = !wait_ns && sleep;
	sl__unlock_thread(&buffers.lock);
	if (sleep)
		sl__futex_wait(&buffers.wake, 0, wait_ns ? sl_now() + wait_ns : 0);
	atomic_store(&buffers.wake, 0);
}

void sl__pool_wake(void)
{
	atomic_store(&buffers.wake, 1);
	sl__futex_wake(&buffers.wake, 1);
}

bool sl__pool_collect(bool patient)
{
	uint32_t free = 0;
	int tries = 0;

	while (!__atomic_compare_exchange_n(&buffers.lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (!patient && ++tries == 1000)
			return false;
		free = 0;
		sl__pause(10);
	}
	buffers.closed = true;
	while (buffers.rings)
		hand_in(buffers.rings);
	sl__unlock_thread(&buffers.lock);
	return true;
}

struct sl__trace_counts sl__pool_counts(void)
{
	struct sl__trace_counts counts;

	sl__lock_thread(&buffers.lock);
	counts = buffers.counts;
	sl__unlock_thread(&buffers.lock);
	return counts;
}
