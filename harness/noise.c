/* SPDX-License-Identifier: Apache-2.0 */
#include "noise.h"

#include <stdio.h>
#include <unistd.h>

static bool among(int cpu, const int *cpus, int n)
{
	for (int i = 0; i < n; i++)
		if (cpus[i] == cpu)
			return true;
	return false;
}

struct noise noise_read(const char *stat, const int *cpus, int n)
{
	int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	struct noise sum = { 0 };
	FILE *f = fopen(stat, "re");
	char line[512];

	while (f && fgets(line, sizeof line, f)) {
		long long user, nice, system, idle, iowait, irq, softirq, steal;
		int cpu;

		if (sscanf(line, "cpu%d %lld %lld %lld %lld %lld %lld %lld %lld", &cpu, &user,
		           &nice, &system, &idle, &iowait, &irq, &softirq, &steal) != 9 ||
		    !among(cpu, cpus, n))
			continue;
		sum.busy_ns += (user + nice + system + irq + softirq) * tick_ns;
		sum.steal_ns += steal * tick_ns;
	}
	if (f)
		fclose(f);
	return sum;
}

bool noise_disturbs(int64_t taken_ns, int64_t wall_ns, int ncpus)
{
	return taken_ns > 30000000 + wall_ns * ncpus / 20;
}
