/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/host.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/parse.h"
#include "machine/affinity.h"

/* Reads a file of one or two numbers, "max" being infinite; how many it had. */
static int numbers(const char *path, double v[2])
{
	char text[2][32];
	FILE *f = fopen(path, "re");
	int n;

	if (!f)
		return 0;
	n = fscanf(f, "%31s %31s", text[0], text[1]);
	fclose(f);
	for (int i = 0; i < n; i++) {
		int64_t x;

		v[i] = parse_int(text[i], 0, INT64_MAX, &x) ? INFINITY : (double)x;
	}
	return n < 0 ? 0 : n;
}

/* The quota set on one cgroup, v2 or v1. */
static double quota_at(const char *dir, bool v2)
{
	double v[2], period[2];
	char file[PATH_MAX];

	if (v2) {
		if (numbers(path_join(file, dir, "cpu.max"), v) != 2)
			return INFINITY;
	} else {
		if (numbers(path_join(file, dir, "cpu.cfs_quota_us"), v) != 1 ||
		    numbers(path_join(file, dir, "cpu.cfs_period_us"), period) != 1)
			return INFINITY;
		v[1] = period[0];
	}
	return v[0] > 0 && v[1] > 0 ? v[0] / v[1] : INFINITY;
}

/* Whether "cpu" is among the controllers of a v1 hierarchy: "cpu,cpuacct". */
static bool has_cpu(const char *controllers)
{
	for (const char *p = controllers; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (!strncmp(p, "cpu", 3) && (!p[3] || p[3] == ','))
			return true;
	return false;
}

bool host_each_cgroup(const char *cgroups, const char *mount,
                      bool (*see)(const char *dir, bool v2, void *arg), void *arg)
{
	FILE *f = fopen(cgroups, "re");
	bool enough = false;
	char line[4096];

	while (f && !enough && fgets(line, sizeof line, f)) {
		char *rest = line, *path, dir[PATH_MAX];
		const char *controllers;

		strsep(&rest, ":");
		controllers = strsep(&rest, ":");
		path = rest;
		if (!path || (*controllers && !has_cpu(controllers)))
			continue;
		path[strcspn(path, "\n")] = '\0';
		/* A container may see its host's path here, but its own cgroup at
		 * the root of the mount: which is where this ends. */
		for (;;) {
			char *slash = strrchr(path, '/');

			snprintf(dir, sizeof dir, "%.*s%s%s", PATH_MAX / 4, mount, *controllers ? "/cpu" : "", path);
			enough = see(dir, !*controllers, arg);
			if (enough || !*path)
				break;
			*(slash ? slash : path) = '\0';
		}
	}
	if (f)
		fclose(f);
	return enough;
}

static bool take_least(const char *dir, bool v2, void *least)
{
	*(double *)least = fmin(*(double *)least, quota_at(dir, v2));
	return false;
}

double host_quota(const char *cgroups, const char *mount)
{
	double least = INFINITY;

	host_each_cgroup(cgroups, mount, take_least, &least);
	return least;
}

int host_usable(const char **source)
{
	int *cpus = NULL, n = affinity_read(&cpus);
	double quota = ceil(host_quota("/proc/self/cgroup", "/sys/fs/cgroup"));

	free(cpus);
	n = n < 1 ? 1 : n;
	*source = quota < n ? "cgroup quota" : "affinity";
	n = quota < n ? (int)quota : n;
	return n < PROCS_MAX ? n : PROCS_MAX;
}

int host_procs(const char **source, struct err *e)
{
	const char *env = getenv("SCHEDLAB_PROCS");
	int64_t n;

	if (!env || !*env)
		return host_usable(source);
	if (parse_int(env, 1, PROCS_MAX, &n))
		return err_set(e, -EINVAL, "SCHEDLAB_PROCS=%.60s: not a number of processors "
		               "from 1 to %d", env, PROCS_MAX);
	*source = "SCHEDLAB_PROCS";
	return (int)n;
}
