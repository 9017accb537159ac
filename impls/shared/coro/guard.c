/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.c: where the kernel has MADV_GUARD_INSTALL (6.13), a guard is a mark in the
 * page table, and a slab of stacks stays one mapping.  Elsewhere mprotect makes it two
 * mappings a stack, of which a process may have vm.max_map_count (65,530): half of
 * them are ours to use, then stacks come without a guard, and a warning.
 *
 * SCHEDLAB_GUARD=mprotect takes the second way in any case.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "shared/coro/guard.h"
#include "shared/coro/valgrind.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

static enum { GUARD_MADVISE, GUARD_MPROTECT, GUARD_NONE } way;
static long guards_left;        /* mprotect: how many more mappings allow */

static long max_map_count(void)
{
	FILE *f = sl__fopen("/proc/sys/vm/max_map_count");
	long n = 65530;

	if (f) {
		if (fscanf(f, "%ld", &n) != 1)
			n = 65530;
		fclose(f);
	}
	return n;
}

/* An emulator may take advice that it does not know, and do nothing: so the kernel is
 * asked whether the page can be touched.  It is not touched, nor given to a system call
 * that reads it, for valgrind would read it first. */
static bool can_madvise(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool can;

	if (p == MAP_FAILED)
		return false;
	can = madvise(p, page, MADV_GUARD_INSTALL) == 0 &&
	      madvise(p, page, MADV_POPULATE_READ) != 0 && errno == EFAULT;
	munmap(p, page);
	return can;
}

void sl__guards_init(void)
{
	const char *force = getenv("SCHEDLAB_GUARD");
	static int can = -1;

	/* Two mappings a stack; half of what there is stays for the program. */
	guards_left = max_map_count() / 4;
	/* valgrind knows what mprotect does. */
	if (can < 0)
		can = !sl__on_valgrind() && can_madvise();
	way = can && !(force && strcmp(force, "mprotect") == 0) ? GUARD_MADVISE : GUARD_MPROTECT;
}

void sl__guard(char *at, size_t size)
{
	if (way == GUARD_MADVISE && madvise(at, size, MADV_GUARD_INSTALL) != 0)
		way = GUARD_MPROTECT;
	if (way == GUARD_MPROTECT &&
	    (guards_left-- <= 0 || mprotect(at, size, PROT_NONE) != 0)) {
		way = GUARD_NONE;
		sl__warn("stacks beyond this one have no guard page: "
		         "vm.max_map_count is nearly used up");
	}
}
