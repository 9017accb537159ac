/* SPDX-License-Identifier: Apache-2.0 */
#include "noise/stalls.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/files.h"
#include "machine/host.h"

const struct stalls_files stalls_files = {
	"/proc/self/cgroup", "/sys/fs/cgroup", "/proc/pressure/memory", "/sys/devices/system/cpu",
};

/* v2 counts in microseconds.  The root of v2 has no quota, and says nothing. */
static bool add_throttled(const char *dir, bool v2, void *sum)
{
	char path[PATH_MAX], line[128];
	FILE *f = fopen(path_join(path, dir, "cpu.stat"), "re");
	int64_t *ns = sum, v;

	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, v2 ? "throttled_usec %" SCNd64 : "throttled_time %" SCNd64, &v) == 1 && v >= 0)
			*ns = (*ns < 0 ? 0 : *ns) + (v2 ? 1000 * v : v);
	}
	if (f)
		fclose(f);
	return false;
}

static int64_t memory_ns(const char *pressure)
{
	FILE *f = fopen(pressure, "re");
	int64_t us = -1;

	if (f && fscanf(f, "some avg10=%*f avg60=%*f avg300=%*f total=%" SCNd64, &us) != 1)
		us = -1;
	if (f)
		fclose(f);
	return us < 0 ? -1 : 1000 * us;
}

static int64_t frequency_khz(const char *dir, const int *cpus, int n)
{
	int64_t sum = 0, khz;

	for (int i = 0; i < n; i++) {
		char name[64], path[PATH_MAX];
		FILE *f;
		bool told;

		snprintf(name, sizeof name, "cpu%d/cpufreq/scaling_cur_freq", cpus[i]);
		f = fopen(path_join(path, dir, name), "re");
		told = f && fscanf(f, "%" SCNd64, &khz) == 1 && khz > 0;
		if (f)
			fclose(f);
		if (!told)
			return -1;
		sum += khz;
	}
	return n > 0 ? sum / n : -1;
}

struct stalls stalls_read(const struct stalls_files *f, const int *cpus, int n)
{
	struct stalls s = { .throttled_ns = -1, .memory_ns = memory_ns(f->pressure),
	                    .frequency_khz = frequency_khz(f->cpus, cpus, n) };

	host_each_cgroup(f->cgroups, f->mount, add_throttled, &s.throttled_ns);
	return s;
}

static int64_t since(int64_t before, int64_t now)
{
	return before < 0 || now < before ? -1 : now - before;
}

struct stalls stalls_since(const struct stalls *before, const struct stalls *now)
{
	return (struct stalls){ since(before->throttled_ns, now->throttled_ns),
	                        since(before->memory_ns, now->memory_ns), now->frequency_khz };
}
