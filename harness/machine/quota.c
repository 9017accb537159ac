/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/quota.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "machine/host.h"

#define PERIOD_US 100000        /* the kernel's default, and that of containers */

static const char prefix[] = "schedlab-";

/* No O_CREAT: the kernel makes these files. */
static int put(const char *dir, const char *name, const char *text, struct err *e)
{
	char path[PATH_MAX];
	int fd = open(path_join(path, dir, name), O_WRONLY | O_CLOEXEC), rc;

	rc = fd < 0 ? -errno : write_all(fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
	return rc ? err_set(e, rc, "cannot write %s: %s", path, strerror(-rc)) : 0;
}

static bool hands_cpu_on(const char *dir)
{
	char path[PATH_MAX], word[64];
	FILE *f = fopen(path_join(path, dir, "cgroup.subtree_control"), "re");
	bool found = false;

	while (f && !found && fscanf(f, "%63s", word) == 1)
		found = !strcmp(word, "cpu");
	if (f)
		fclose(f);
	return found;
}

struct parent {
	char dir[PATH_MAX];
	bool v2;
};

/* In v2 a cgroup of processes has no controllers for others below it; so it is
 * some cgroup above ours, mostly. */
static bool take_parent(const char *dir, bool v2, void *arg)
{
	struct parent *p = arg;
	char file[PATH_MAX];

	if (v2 ? !hands_cpu_on(dir) : access(path_join(file, dir, "cpu.cfs_quota_us"), F_OK) != 0)
		return false;
	snprintf(p->dir, sizeof p->dir, "%s", dir);
	p->v2 = v2;
	return true;
}

/* What runners left that are no more. */
static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[PATH_MAX];

	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name;
		long pid = strncmp(name, prefix, sizeof prefix - 1) ? 0 : atol(name + sizeof prefix - 1);

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			rmdir(path_join(path, dir, name));
	}
	if (d)
		closedir(d);
}

int quota_make(struct quota *q, const char *cgroups, const char *mount, int64_t pct, struct err *e)
{
	int64_t us = pct * PERIOD_US / 100;
	struct parent parent;
	char name[40], text[64];
	int rc;

	q->dir[0] = '\0';
	if (!host_each_cgroup(cgroups, mount, take_parent, &parent))
		return err_set(e, -ENOTSUP, "no CPU quota can be set here: there is no cgroup, v1 or v2, "
		               "that could have one below it with a quota");
	sweep(parent.dir);
	snprintf(name, sizeof name, "%s%ld", prefix, (long)getpid());
	path_join(q->dir, parent.dir, name);
	if (mkdir(q->dir, 0755) != 0 && errno != EEXIST) {
		rc = err_set(e, -errno, "no CPU quota can be set here: cannot make %.300s: %s", q->dir,
		             strerror(errno));
		q->dir[0] = '\0';
		return rc;
	}
	if (parent.v2) {
		snprintf(text, sizeof text, "%" PRId64 " %d", us, PERIOD_US);
		rc = put(q->dir, "cpu.max", text, e);
	} else {
		snprintf(text, sizeof text, "%d", PERIOD_US);
		rc = put(q->dir, "cpu.cfs_period_us", text, e);
		snprintf(text, sizeof text, "%" PRId64, us);
		rc = rc ? rc : put(q->dir, "cpu.cfs_quota_us", text, e);
	}
	if (rc)
		quota_remove(q);
	return rc;
}

int quota_enter(const struct quota *q, struct err *e)
{
	return put(q->dir, "cgroup.procs", "0", e);
}

void quota_remove(struct quota *q)
{
	const struct timespec nap = { .tv_nsec = 10000000 };

	/* Who was in it may still be on its way out; what stays the next runner sweeps. */
	for (int i = 0; *q->dir && rmdir(q->dir) != 0 && errno == EBUSY && i < 100; i++)
		nanosleep(&nap, NULL);
	q->dir[0] = '\0';
}
