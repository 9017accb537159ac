/* SPDX-License-Identifier: Apache-2.0
 *
 * procs.c: how many Ps, and where the number came from.
 *
 * In order: what sl_config asks for; SCHEDLAB_PROCS; the PUs that the thread's
 * affinity leaves, or the cgroup's CPU quota rounded up if that is less.  A P
 * more than the quota pays for makes every G wait for the next quota period.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shared/affinity.h"
#include "shared/altstack.h"
#include "shared/internal.h"

#define STACK_LEAST (16 << 10)
#define STACK_ROOM  (8 << 10)

static int affinity(void)
{
	struct sl__cpus set;
	int n;

	sl__affinity(0, &set);
	n = sl__cpus_count(&set);
	return n > 0 ? n : 1;
}

/* Reads up to n numbers from path; "max" counts as -1.  True if all are there. */
static bool numbers(const char *path, int n, long long *v)
{
	FILE *f = sl__fopen(path);
	char text[32];
	int i;

	if (!f)
		return false;
	for (i = 0; i < n && fscanf(f, "%31s", text) == 1; i++)
		v[i] = strcmp(text, "max") == 0 ? -1 : strtoll(text, NULL, 10);
	fclose(f);
	return i == n;
}

static int quota_to_procs(long long quota, long long period, int procs)
{
	long long n;

	if (quota <= 0 || period <= 0)
		return procs;
	n = (quota + period - 1) / period;
	return n < procs ? (int)n : procs;
}

/* The quota of one cgroup directory, as a bound on procs. */
static int quota_of(const char *path, bool v2, int procs)
{
	char file[4200];
	long long v[2];

	if (v2) {
		snprintf(file, sizeof file, "/sys/fs/cgroup%s/cpu.max", path);
		return numbers(file, 2, v) ? quota_to_procs(v[0], v[1], procs) : procs;
	}
	snprintf(file, sizeof file, "/sys/fs/cgroup/cpu%s/cpu.cfs_quota_us", path);
	if (!numbers(file, 1, &v[0]))
		return procs;
	snprintf(file, sizeof file, "/sys/fs/cgroup/cpu%s/cpu.cfs_period_us", path);
	return numbers(file, 1, &v[1]) ? quota_to_procs(v[0], v[1], procs) : procs;
}

/* The smallest quota of the process's cgroup and its parents, v2 or v1.  In a
 * container the path may be the host's, while the mount shows the container's
 * own cgroup as its root: where the walk up ends. */
static int quota(int procs)
{
	FILE *f = sl__fopen("/proc/self/cgroup");
	char line[4096];

	if (!f)
		return procs;
	while (fgets(line, sizeof line, f)) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;
		char *slash;

		if (!path)
			continue;
		*controllers++ = *path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (*controllers && !strstr(controllers, "cpu"))
			continue;
		while ((slash = strrchr(path, '/'))) {
			procs = quota_of(path, !*controllers, procs);
			*slash = '\0';
		}
		procs = quota_of("", !*controllers, procs);
	}
	fclose(f);
	return procs;
}

long sl__env(const char *name, long least, long most, long otherwise)
{
	const char *value = getenv(name);
	char *end;
	long v;

	if (!value || !*value)
		return otherwise;
	v = strtol(value, &end, 10);
	if (*end || v < least || v > most)
		sl__fatal("%s=%s is not a number from %ld to %ld", name, value, least, most);
	return v;
}

int sl__procs_default(const char **source)
{
	int asked = (int)sl__env("SCHEDLAB_PROCS", 1, SL_PROCS_MAX, 0);
	int allowed, n;

	if (asked) {
		*source = "SCHEDLAB_PROCS";
		return asked;
	}
	allowed = affinity();
	n = quota(allowed);
	*source = n < allowed ? "cgroup quota" : "affinity";
	return n < SL_PROCS_MAX ? n : SL_PROCS_MAX;
}

int sl__configure(const struct sl_config *cfg, struct sl_config *out,
                  const char **source)
{
	static const struct sl_config none;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), least;
	const char *preempt = getenv("SCHEDLAB_PREEMPT");

	*out = cfg ? *cfg : none;
	if (out->procs < 0 || out->procs > SL_PROCS_MAX)
		return -EINVAL;
	if (out->cpus && out->procs == 0)
		return -EINVAL;
	if (out->procs == 0)
		out->procs = sl__procs_default(source);
	else
		*source = "sl_config";
	/* What the kernel puts there for a signal of the program's, and room to work in. */
	least = sl__signal_frame() + STACK_ROOM;
	if (least < STACK_LEAST)
		least = STACK_LEAST;
	if (out->stack_size == 0)
		out->stack_size = least < SL_STACK_DEFAULT ? SL_STACK_DEFAULT : 2 * least;
	if (out->stack_size < least || out->stack_size > (size_t)1 << 32)
		return -EINVAL;
	out->stack_size = (out->stack_size + page - 1) & -page;
	if (preempt && strcmp(preempt, "off") == 0)
		out->no_preempt = true;
	return 0;
}
