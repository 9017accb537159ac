/* SPDX-License-Identifier: Apache-2.0
 *
 * stack.c: one slab of address space holds SLAB_SLOTS stacks:
 *
 *     slab                 slot 0                          slot 1
 *     |guard|..............usable..............|sl__stack|gap|guard|....
 *            ^lo                               ^ top      ^ colour
 *
 * Guards.  A function whose frame is larger than the guard may step over it, into the
 * stack below, unless it was compiled with -fstack-clash-protection.  Address space
 * costs nothing, but a page of the kernel's tables covers 2 MiB of it, and a parked G
 * that uses a single page of its stack pays its share of that: 128 bytes with slots of
 * 64 KiB, 168 with these of 84, 256 with 128.  So a guard is 32 KiB, and the stack that
 * no configuration asks for 52: with both, a buffer of 64 KiB, the largest that is
 * usual, is caught in a G that has used up to 20.
 *
 * Colour.  Stacks lie whole pages apart, so the hot end of each would fall into the
 * same few sets of the first-level cache.  The upper end of a stack is therefore
 * lowered by a few cache lines, differently in each slot.
 *
 * Huge pages are refused: the first touch of one stack would make 24 resident.
 *
 * Cold stacks, for which there has been no use for a while, are given back with all
 * that is in them: of such a slot nothing is left but a bit in its slab's word.  They
 * are the first to be taken again.  Their memory goes in ranges of neighbours, for each
 * call interrupts every thread of the process.
 */
#include <string.h>
#include <sys/mman.h>

#include "shared/coro/coro.h"
#include "shared/coro/guard.h"
#include "shared/coro/valgrind.h"
#include "shared/lock.h"

#define GUARD        (32 << 10)
#define SLAB_SLOTS   64         /* the bits of a slab's word */
#define COLOURS      16         /* of a cache line pair each: half a page in all */
#define COLOUR_BYTES 128
#define MAX_SLABS    (1 << 16)
#define COOL_STEP    256

static struct {
	uint32_t lock;
	size_t guard, stack_size, slot_size;    /* slot_size: both */
	char **slabs;                   /* tables of MAX_SLABS, reserved once; or NULL */
	uint64_t *cold;                 /* those that were given back, */
	uint64_t *cooling;              /* or will be: the trimmer's own */
	int nslabs, slots_used;         /* slots_used: of the last slab */
	int ncold, first_cold;          /* first_cold: no slab before it has any */
	int ncooling, next_cooling;     /* likewise */
	bool valgrind;
} stacks;

static void *map(size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void sl__stacks_init(size_t stack_size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	stacks.guard = page < GUARD ? GUARD : page;
	stacks.stack_size = stack_size;
	stacks.slot_size = stacks.guard + ((stack_size + page - 1) & -page);
	stacks.valgrind = sl__on_valgrind();
	sl__guards_init();
	if (stacks.slabs)
		return;
	stacks.slabs = map(MAX_SLABS * (sizeof *stacks.slabs + sizeof *stacks.cold +
	                                sizeof *stacks.cooling), 0);
	stacks.cold = (uint64_t *)(stacks.slabs + MAX_SLABS);
	stacks.cooling = stacks.cold + MAX_SLABS;
}

/* ---- Slots ------------------------------------------------------------- */

static char *slot_of(uint32_t slot)
{
	return stacks.slabs[slot / SLAB_SLOTS] + slot % SLAB_SLOTS * stacks.slot_size;
}

/* The stack in a slot. */
static struct sl__stack *at(uint32_t slot)
{
	char *hi = slot_of(slot) + stacks.slot_size - (size_t)(slot % COLOURS) * COLOUR_BYTES;

	/* The ABI wants the stack aligned to 16, the cache to 64. */
	return (struct sl__stack *)(hi - ((sizeof(struct sl__stack) + 63) & ~(size_t)63));
}

/* A slot that was never used; false: out of memory.  Under the lock, as is: */
static bool new_slot(uint32_t *slot)
{
	if (stacks.nslabs == 0 || stacks.slots_used == SLAB_SLOTS) {
		size_t size = SLAB_SLOTS * stacks.slot_size;
		char *slab = stacks.slabs && stacks.nslabs < MAX_SLABS ? map(size, MAP_STACK) : NULL;

		if (!slab)
			return false;
		madvise(slab, size, MADV_NOHUGEPAGE);
		stacks.slabs[stacks.nslabs] = slab;
		stacks.slots_used = 0;
		/* Release: handlers and reports look without the lock, for they may
		 * have interrupted its holder. */
		__atomic_store_n(&stacks.nslabs, stacks.nslabs + 1, __ATOMIC_RELEASE);
	}
	*slot = (uint32_t)((stacks.nslabs - 1) * SLAB_SLOTS + stacks.slots_used++);
	sl__guard(slot_of(*slot), stacks.guard);
	return true;
}

static uint32_t cold_slot(void)
{
	uint64_t *word;
	int bit;

	while (!stacks.cold[stacks.first_cold])
		stacks.first_cold++;
	word = &stacks.cold[stacks.first_cold];
	bit = __builtin_ctzll(*word);
	*word &= *word - 1;
	stacks.ncold--;
	return (uint32_t)(stacks.first_cold * SLAB_SLOTS + bit);
}

struct sl__stack *sl__stacks_more(int n)
{
	struct sl__stack *list = NULL;

	sl__lock_thread(&stacks.lock);
	while (n-- > 0) {
		struct sl__stack *s;
		uint32_t slot;

		if (stacks.ncold)
			slot = cold_slot();
		else if (!new_slot(&slot))
			break;
		s = at(slot);
		s->lo = slot_of(slot) + stacks.guard;
		s->slot = slot;
		if (stacks.valgrind)
			s->valgrind = (uint32_t)sl__valgrind(SL__VALGRIND_STACK_REGISTER,
			                                     (uintptr_t)s->lo, (uintptr_t)s);
		s->next = list;
		list = s;
	}
	sl__unlock_thread(&stacks.lock);
	return list;
}

struct sl__stack *sl__stack_overflown(uintptr_t addr, uintptr_t sp)
{
	int n = __atomic_load_n(&stacks.nslabs, __ATOMIC_ACQUIRE);

	for (int i = 0; i < n; i++) {
		size_t offset = addr - (uintptr_t)stacks.slabs[i];
		/* A large frame can take the pointer past the guard. */
		size_t above = sp - addr + stacks.slot_size;

		if (offset < SLAB_SLOTS * stacks.slot_size &&
		    offset % stacks.slot_size < stacks.guard && above < 2 * stacks.slot_size)
			return at((uint32_t)(i * SLAB_SLOTS + (int)(offset / stacks.slot_size)));
	}
	return NULL;
}

size_t sl__stack_size(void)
{
	return stacks.stack_size;
}

/* What the tools keep of a stack that is not cold. */
static void forget(struct sl__stack *s)
{
#if SL_TSAN
	if (s->fiber)
		__tsan_destroy_fiber(s->fiber);
	s->fiber = NULL;
#endif
	if (stacks.valgrind)
		sl__valgrind(SL__VALGRIND_STACK_DEREGISTER, s->valgrind, 0);
}

/* ---- Cold stacks ------------------------------------------------------- */

struct sl__stack *sl__stacks_cool(struct sl__stack *list)
{
	for (int n = 0; list && n < COOL_STEP; n++) {
		struct sl__stack *s = list;
		int slab = (int)(s->slot / SLAB_SLOTS);

		list = s->next;
		forget(s);
		stacks.cooling[slab] |= UINT64_C(1) << s->slot % SLAB_SLOTS;
		stacks.ncooling++;
		if (slab < stacks.next_cooling)
			stacks.next_cooling = slab;
	}
	return list;
}

/* Takes the memory of those slots of a slab that have a bit in the word. */
static void empty(char *slab, uint64_t word)
{
	while (word) {
		int first = __builtin_ctzll(word);
		uint64_t rest = word >> first;
		int n = ~rest ? __builtin_ctzll(~rest) : SLAB_SLOTS;

		/* Where it is locked it stays, which does no harm. */
		madvise(slab + (size_t)first * stacks.slot_size, (size_t)n * stacks.slot_size,
		        MADV_DONTNEED);
		word &= first + n < SLAB_SLOTS ? ~UINT64_C(0) << (first + n) : 0;
	}
}

bool sl__stacks_trim(void)
{
	uint64_t word;
	int slab, n;

	if (!stacks.ncooling)
		return false;
	while (!stacks.cooling[stacks.next_cooling])
		stacks.next_cooling++;
	slab = stacks.next_cooling;
	word = stacks.cooling[slab];
	stacks.cooling[slab] = 0;
	n = __builtin_popcountll(word);
	stacks.ncooling -= n;
	if (!stacks.valgrind)
		empty(stacks.slabs[slab], word);
	sl__lock_thread(&stacks.lock);
	stacks.cold[slab] |= word;
	stacks.ncold += n;
	if (slab < stacks.first_cold)
		stacks.first_cold = slab;
	sl__unlock_thread(&stacks.lock);
	return stacks.ncooling > 0;
}

/* ---- The end ------------------------------------------------------------ */

void sl__stacks_fini(void)
{
	for (int i = 0; i < stacks.nslabs; i++) {
		int slots = i == stacks.nslabs - 1 ? stacks.slots_used : SLAB_SLOTS;

		for (int j = 0; (SL_TSAN || stacks.valgrind) && j < slots; j++)
			if (!((stacks.cold[i] | stacks.cooling[i]) >> j & 1))
				forget(at((uint32_t)(i * SLAB_SLOTS + j)));
		munmap(stacks.slabs[i], SLAB_SLOTS * stacks.slot_size);
		stacks.slabs[i] = NULL;
		stacks.cold[i] = stacks.cooling[i] = 0;
	}
	stacks.nslabs = stacks.slots_used = 0;
	stacks.ncold = stacks.first_cold = stacks.ncooling = stacks.next_cooling = 0;
}
