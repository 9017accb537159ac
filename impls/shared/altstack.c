/* SPDX-License-Identifier: Apache-2.0
 *
 * altstack.c: the pool that alternate signal stacks come from.  Threads that are
 * Gs come and go by the thousand, so a stack is used again, and nothing is ever
 * written to one that no signal needs: its record lies apart, with those of its
 * slab, and it stays address space.
 *
 * Below each is a page that cannot be touched.  That makes two mappings of a stack, and a
 * process may have 65,530, of which each thread needs two already.  So that guards are not
 * what limits the number of threads, only the first GUARDS stacks have one.
 */
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "shared/altstack.h"
#include "shared/lock.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

#define SLAB 64
#define ROOM (32 << 10)         /* for the handler: a backtrace, printed */
#define GUARDS 2048

struct sl__altstack {
	struct sl__altstack *next;
	bool is_new;
	stack_t own, before;
};

static uint32_t lock;
static struct sl__altstack *unused;
static int guards;

size_t sl__signal_frame(void)
{
	size_t n = getauxval(AT_MINSIGSTKSZ);

	/* Where the kernel does not say: as much as the largest of those. */
	return n ? n : 5120;
}

/* Under the lock. */
static void more(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = page + ((sl__signal_frame() + ROOM + page - 1) & -page);
	size_t records = (SLAB * sizeof(struct sl__altstack) + page - 1) & -page;
	char *slab = mmap(NULL, records + SLAB * size, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	struct sl__altstack *a = (struct sl__altstack *)slab;

	if (slab == MAP_FAILED)
		return;
	for (int i = 0; i < SLAB; i++) {
		a[i].own = (stack_t){ .ss_sp = slab + records + (size_t)i * size + page,
		                      .ss_size = size - page };
		a[i].is_new = true;
		a[i].next = unused;
		unused = &a[i];
	}
}

static void guard(struct sl__altstack *a)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (a->is_new && guards < GUARDS)
		guards += mprotect((char *)a->own.ss_sp - page, page, PROT_NONE) == 0;
	a->is_new = false;
}

struct sl__altstack *sl__altstack_begin(void)
{
	struct sl__altstack *a;

	sl__lock_thread(&lock);
	if (!unused)
		more();
	a = unused;
	if (a) {
		unused = a->next;
		guard(a);
	}
	sl__unlock_thread(&lock);
	if (a)
		sigaltstack(&a->own, &a->before);
	return a;
}

void sl__altstack_end(struct sl__altstack *a)
{
	if (!a)
		return;
	/* First: the next thread's handlers run on it. */
	sigaltstack(&a->before, NULL);
	sl__lock_thread(&lock);
	a->next = unused;
	unused = a;
	sl__unlock_thread(&lock);
}
