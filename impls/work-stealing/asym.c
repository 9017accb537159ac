/* SPDX-License-Identifier: Apache-2.0
 *
 * asym.c: membarrier, and what is done when it is no more.
 *
 * A program may enter a sandbox that refuses it, as a G, in the middle of a run.  Then
 * the frequent sides pass real fences from now on.  But one may just have seen that it
 * need not, and its store not be visible yet: no processor keeps a store back for long,
 * and a thread that the kernel stops meanwhile passes a fence, so the rare side waits.
 */
#include <linux/membarrier.h>
#include <sched.h>

#include "asym.h"

#define VISIBLE_NS 1000000      /* thousands of times as long as it takes */

bool sl__asym;

static bool waiting;            /* atomic: stores of before may not be visible yet */

static long membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

void sl__asym_init(void)
{
	sl__asym = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

static void wait_until_visible(void)
{
	int64_t until = sl_now() + VISIBLE_NS;

	while (sl_now() < until)
		sched_yield();
}

void asym_heavy(void)
{
	full_fence();
	/* Acquire: who sees that it is off sees whether to wait. */
	if (!__atomic_load_n(&sl__asym, __ATOMIC_ACQUIRE)) {
		while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE))
			sched_yield();
	} else if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) {
		__atomic_store_n(&waiting, true, __ATOMIC_RELAXED);
		__atomic_store_n(&sl__asym, false, __ATOMIC_SEQ_CST);
		wait_until_visible();
		__atomic_store_n(&waiting, false, __ATOMIC_RELEASE);
	}
}

void asym_heavy_always(void)
{
	full_fence();
	if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0)
		wait_until_visible();
}
