/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/affinity.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

static int read_set(size_t max, int **cpus)
{
	cpu_set_t *set = CPU_ALLOC(max);
	size_t size = CPU_ALLOC_SIZE(max);
	int n = 0;

	if (!set)
		return -ENOMEM;
	if (sched_getaffinity(0, size, set) < 0) {
		n = -errno;
		CPU_FREE(set);
		return n;
	}
	*cpus = malloc(CPU_COUNT_S(size, set) * sizeof **cpus);
	if (!*cpus) {
		CPU_FREE(set);
		return -ENOMEM;
	}
	for (size_t cpu = 0; cpu < 8 * size; cpu++)
		if (CPU_ISSET_S(cpu, size, set))
			(*cpus)[n++] = (int)cpu;
	CPU_FREE(set);
	return n;
}

int affinity_read(int **cpus)
{
	int n = -EINVAL;

	/* The kernel refuses a set smaller than its own. */
	for (size_t max = 1024; max <= 1 << 20 && n == -EINVAL; max *= 2)
		n = read_set(max, cpus);
	return n;
}
