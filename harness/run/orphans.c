/* SPDX-License-Identifier: Apache-2.0 */
#include "run/orphans.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define PATIENCE_NS 5000000000

void orphans_adopt(bool on)
{
	prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)on);
}

/* 0 where it cannot be read: then it has ended. */
static pid_t parent_of(const char *pid)
{
	char path[300], stat[512] = "", *name_end;
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(stat, sizeof stat, f))
		*stat = '\0';
	fclose(f);
	/* "12 (a name) S 7 ...", and a name may have anything in it. */
	name_end = strrchr(stat, ')');
	if (name_end)
		sscanf(name_end, ") %*c %d", &parent);
	return parent;
}

/* One of them, or 0. */
static pid_t kill_children(void)
{
	DIR *proc = opendir("/proc");
	pid_t self = getpid(), last = 0;
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)*entry->d_name) || parent_of(entry->d_name) != self)
			continue;
		last = (pid_t)atol(entry->d_name);
		kill(last, SIGKILL);
	}
	if (proc)
		closedir(proc);
	return last;
}

int orphans_end(struct err *e)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	int64_t deadline = clock_ns() + PATIENCE_NS;
	pid_t one = 0;

	do {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);

		if (pid < 0 && errno == ECHILD)
			return 0;
		if (pid != 0)
			continue;
		/* The children of the killed are ours a moment later. */
		one = kill_children();
		nanosleep(&nap, NULL);
	} while (clock_ns() < deadline);
	return err_set(e, -EBUSY, "process %d, which a cell left behind, does not die: it would disturb "
	               "the next ones", (int)one);
}
