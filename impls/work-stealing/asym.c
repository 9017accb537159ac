/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/membarrier.h>

#include "asym.h"

bool sl__asym;

static long membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

void sl__asym_init(void)
{
	sl__asym = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

void asym_heavy(void)
{
	full_fence();
	if (sl__asym && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0)
		sl__throw("membarrier was there, and is gone");
}
