/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/thread_limit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct least {
	const char *root;
	int64_t threads;
	char *what;
	size_t size;
};

static void take(struct least *l, int64_t threads, const char *what)
{
	if (threads >= l->threads)
		return;
	l->threads = threads < 0 ? 0 : threads;
	snprintf(l->what, l->size, "%s", what);
}

/* The number that a file holds; -1 where it holds none ("max") or is missing. */
static int64_t number(const char *root, const char *dir, const char *name)
{
	char path[PATH_MAX];
	long long v;
	FILE *f;
	int n;

	if (snprintf(path, sizeof path, "%s%s/%s", root, dir, name) >= (int)sizeof path)
		return -1;
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fscanf(f, "%lld", &v);
	fclose(f);
	return n == 1 ? v : -1;
}

/* Threads of the whole system: the 7 in "0.03 0.11 0.06 1/7 4711". */
static int64_t in_use(const char *root)
{
	char path[PATH_MAX];
	long long threads = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/proc/loadavg", root);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%*s %*s %*s %*[0-9]/%lld", &threads) != 1)
		threads = 0;
	fclose(f);
	return threads;
}

/* A group has what it and each of its parents leave. */
static void walk_cgroup(struct least *l, const char *mount, char *group)
{
	char dir[PATH_MAX];

	for (;;) {
		char *slash = strrchr(group, '/');
		int64_t max, now;

		if (snprintf(dir, sizeof dir, "%s%s", mount, group) >= (int)sizeof dir)
			return;
		max = number(l->root, dir, "pids.max");
		now = number(l->root, dir, "pids.current");
		if (max >= 0)
			take(l, max - (now > 0 ? now : 0), "the cgroup's pids.max");
		if (!slash)
			return;
		*slash = '\0';
	}
}

/* Lines such as "0::/user/me" (v2) and "8:pids:/user/me" (v1). */
static void cgroup(struct least *l)
{
	char path[PATH_MAX], line[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof path, "%s/proc/self/cgroup", l->root);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof line, f)) {
		char *group = line, *controllers;

		line[strcspn(line, "\n")] = '\0';
		strsep(&group, ":");
		controllers = strsep(&group, ":");
		if (!group)
			continue;
		if (!*controllers)
			walk_cgroup(l, "/sys/fs/cgroup", group);
		else if (!strcmp(controllers, "pids"))
			walk_cgroup(l, "/sys/fs/cgroup/pids", group);
	}
	fclose(f);
}

int64_t thread_limit(const char *root, char *what, size_t size)
{
	struct least l = { root, INT64_MAX, what, size };
	int64_t used = in_use(root), v;
	struct rlimit rl;

	take(&l, THREAD_LIMIT_MAX, "schedlab's own bound");
	v = number(root, "/proc/sys/kernel", "threads-max");
	if (v >= 0)
		take(&l, v - used, "kernel.threads-max");
	v = number(root, "/proc/sys/kernel", "pid_max");
	if (v >= 0)
		take(&l, v - used, "kernel.pid_max");
	/* A stack and its guard are a mapping each. */
	v = number(root, "/proc/sys/vm", "max_map_count");
	if (v >= 0)
		take(&l, v / 2, "vm.max_map_count");
	/* It does not bind root.  What else the user runs counts against it too,
	 * but is not cheap to know. */
	if (geteuid() != 0 && getrlimit(RLIMIT_NPROC, &rl) == 0 && rl.rlim_cur < INT64_MAX)
		take(&l, (int64_t)rl.rlim_cur, "ulimit -u");
	cgroup(&l);
	return l.threads;
}
