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

int affinity_set(const int *cpus, int n)
{
	int most = 0, rc;
	cpu_set_t *set;
	size_t size;

	for (int i = 0; i < n; i++)
		most = cpus[i] > most ? cpus[i] : most;
	set = CPU_ALLOC((size_t)most + 1);
	size = CPU_ALLOC_SIZE((size_t)most + 1);
	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	for (int i = 0; i < n; i++)
		CPU_SET_S((size_t)cpus[i], size, set);
	rc = sched_setaffinity(0, size, set) == 0 ? 0 : -errno;
	CPU_FREE(set);
	return rc;
}
