/* SPDX-License-Identifier: Apache-2.0 */
#include "shared/wait/plant.h"

uint32_t sl__planted;

void sl__plant_spin(uint32_t decisions)
{
	uint64_t turns = (uint64_t)decisions * __atomic_load_n(&sl__planted, __ATOMIC_RELAXED) / 256;

	for (; turns > 0; turns--)
		__asm__ volatile("");
}
