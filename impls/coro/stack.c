/* SPDX-License-Identifier: Apache-2.0
 *
 * stack.c: one slab of address space holds SLAB_SLOTS stacks:
 *
 *     slab                 slot 0                          slot 1
 *     |guard|..............usable..............|sl__stack|gap|guard|....
 *            ^lo                               ^ top      ^ colour
 *
 * Guards.  Where the kernel has MADV_GUARD_INSTALL (6.13), a guard is a mark in
 * the page table and a slab stays one mapping.  Elsewhere mprotect makes it two
 * mappings a stack, of which a process may have vm.max_map_count (65,530): half
 * of them are ours to use, then stacks come without a guard, and a warning.
 *
 * Colour.  Stacks lie a power of two apart, so the hot end of each would fall
 * into the same few sets of the first-level cache.  The upper end of a stack is
 * therefore lowered by a few cache lines, differently in each slot.
 *
 * Huge pages are refused: the first touch of one stack would make 32 resident.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lock.h"
#include "coro/coro.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define SLAB_SLOTS   64
#define COLOURS      16         /* of a cache line pair each: half a page in all */
#define COLOUR_BYTES 128
#define MAX_SLABS    (1 << 16)
enum { RECORD_CHUNK = 256 << 10 };       /* an enum: debuggers read it too */

enum guard { GUARD_MADVISE, GUARD_MPROTECT, GUARD_NONE };

static struct {
	uint32_t lock;
	size_t page, stack_size, record_size;
	enum guard guard;
	bool madvise;                   /* the kernel has such guards */
	long guards_left;               /* mprotect: how many more mappings allow */
	char **slabs;                   /* a table of MAX_SLABS, reserved once */
	int nslabs, slots_used;         /* slots_used: of the last slab */
	char **chunks;                  /* of records; likewise */
	int nchunks;
	size_t chunk_used;
} pool;

static void *map(size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static long max_map_count(void)
{
	FILE *f = fopen("/proc/sys/vm/max_map_count", "re");
	long n = 65530;

	if (f) {
		if (fscanf(f, "%ld", &n) != 1)
			n = 65530;
		fclose(f);
	}
	return n;
}

/* Whether the page at p cannot be touched any more.  An emulator may take advice
 * that it does not know, and do nothing. */
static bool guarded(const char *p)
{
	return syscall(SYS_faccessat, AT_FDCWD, p, F_OK) != 0 && errno == EFAULT;
}

static bool can_madvise(void)
{
	char *p = map(pool.page, 0);
	bool can = p && madvise(p, pool.page, MADV_GUARD_INSTALL) == 0 && guarded(p);

	if (p)
		munmap(p, pool.page);
	return can;
}

void sl__stacks_init(size_t stack_size, size_t record_size)
{
	const char *force = getenv("SCHEDLAB_GUARD");

	pool.page = (size_t)sysconf(_SC_PAGESIZE);
	pool.stack_size = stack_size;
	pool.record_size = record_size;
	/* Two mappings a stack; half of what there is stays for the program. */
	pool.guards_left = max_map_count() / 4;
	if (!pool.slabs) {
		pool.madvise = can_madvise();
		pool.slabs = map(MAX_SLABS * sizeof *pool.slabs, 0);
		pool.chunks = map(MAX_SLABS * sizeof *pool.chunks, 0);
	}
	pool.guard = pool.madvise && !(force && strcmp(force, "mprotect") == 0) ?
	             GUARD_MADVISE : GUARD_MPROTECT;
}

static void protect(char *guard)
{
	if (pool.guard == GUARD_MADVISE &&
	    madvise(guard, pool.page, MADV_GUARD_INSTALL) != 0)
		pool.guard = GUARD_MPROTECT;
	if (pool.guard == GUARD_MPROTECT &&
	    (pool.guards_left-- <= 0 || mprotect(guard, pool.page, PROT_NONE) != 0)) {
		pool.guard = GUARD_NONE;
		sl__warn("stacks beyond this one have no guard page: "
		         "vm.max_map_count is nearly used up");
	}
}

/* Counts the table's next entry.  Release: handlers and reports look without
 * the lock, for they may have interrupted its holder. */
static void publish(int *n)
{
	__atomic_store_n(n, *n + 1, __ATOMIC_RELEASE);
}

/* The stack in slot i of a slab. */
static struct sl__stack *at(char *slab, int i)
{
	char *hi = slab + (size_t)(i + 1) * pool.stack_size -
	           (size_t)(i % COLOURS) * COLOUR_BYTES;
	/* The ABI wants the stack aligned to 16, the cache to 64. */
	return (struct sl__stack *)(hi - ((sizeof(struct sl__stack) + 63) & ~(size_t)63));
}

struct sl__stack *sl__stacks_more(int n)
{
	struct sl__stack *list = NULL;

	sl__lock_thread(&pool.lock);
	while (n-- > 0) {
		struct sl__stack *s;
		char *slab;

		if (pool.nslabs == 0 || pool.slots_used == SLAB_SLOTS) {
			size_t size = SLAB_SLOTS * pool.stack_size;

			slab = pool.nslabs < MAX_SLABS ? map(size, MAP_STACK) : NULL;
			if (!slab)
				break;
			madvise(slab, size, MADV_NOHUGEPAGE);
			pool.slabs[pool.nslabs] = slab;
			pool.slots_used = 0;
			publish(&pool.nslabs);
		}
		slab = pool.slabs[pool.nslabs - 1];

		protect(slab + (size_t)pool.slots_used * pool.stack_size);
		s = at(slab, pool.slots_used);
		s->lo = slab + (size_t)pool.slots_used * pool.stack_size + pool.page;
		pool.slots_used++;
		s->next = list;
		list = s;
	}
	sl__unlock_thread(&pool.lock);
	return list;
}

struct sl__stack *sl__stack_overflown(uintptr_t addr, uintptr_t sp)
{
	int n = __atomic_load_n(&pool.nslabs, __ATOMIC_ACQUIRE);

	for (int i = 0; i < n; i++) {
		size_t offset = addr - (uintptr_t)pool.slabs[i];
		/* A large frame can take the pointer past the guard. */
		size_t above = sp - addr + pool.stack_size;

		if (offset < SLAB_SLOTS * pool.stack_size &&
		    offset % pool.stack_size < pool.page && above < 2 * pool.stack_size)
			return at(pool.slabs[i], (int)(offset / pool.stack_size));
	}
	return NULL;
}

size_t sl__stack_size(void)
{
	return pool.stack_size;
}

void *sl__records_more(int n)
{
	size_t size = (size_t)n * pool.record_size;
	char *p = NULL;

	sl__lock_thread(&pool.lock);
	if (pool.nchunks == 0 || pool.chunk_used + size > RECORD_CHUNK) {
		char *chunk = pool.nchunks < MAX_SLABS ? map(RECORD_CHUNK, 0) : NULL;

		if (!chunk)
			goto out;
		pool.chunks[pool.nchunks] = chunk;
		pool.chunk_used = 0;
		publish(&pool.nchunks);
	}
	p = pool.chunks[pool.nchunks - 1] + pool.chunk_used;
	pool.chunk_used += size;
out:
	sl__unlock_thread(&pool.lock);
	return p;
}

void sl__records_each(void (*fn)(void *, void *), void *arg)
{
	int n = __atomic_load_n(&pool.nchunks, __ATOMIC_ACQUIRE);

	for (int i = 0; i < n; i++) {
		size_t used = i == n - 1 ? pool.chunk_used :
		              RECORD_CHUNK / pool.record_size * pool.record_size;

		for (size_t at = 0; at + pool.record_size <= used; at += pool.record_size)
			fn(pool.chunks[i] + at, arg);
	}
}

void sl__stacks_fini(void)
{
	for (int i = 0; i < pool.nslabs; i++) {
#if SL_TSAN
		int slots = i == pool.nslabs - 1 ? pool.slots_used : SLAB_SLOTS;

		for (int j = 0; j < slots; j++) {
			struct sl__stack *s = at(pool.slabs[i], j);

			if (s->fiber)
				__tsan_destroy_fiber(s->fiber);
		}
#endif
		munmap(pool.slabs[i], SLAB_SLOTS * pool.stack_size);
		pool.slabs[i] = NULL;
	}
	for (int i = 0; i < pool.nchunks; i++)
		munmap(pool.chunks[i], RECORD_CHUNK);
	pool.nslabs = pool.nchunks = 0;
	pool.slots_used = 0;
	pool.chunk_used = 0;
}
