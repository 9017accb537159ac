/* SPDX-License-Identifier: Apache-2.0 */
#include "noise/others.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"

struct other {
	pid_t pid;
	bool kernel;            /* a thread of the kernel's */
	int64_t cpu_ns;         /* by its CPU clock */
};

/* Who used less than this is not worth finding out where: idle daemons. */
#define NOTICED_NS 100000

/* Field 9 of a stat file. */
#define PF_KTHREAD 0x00200000

/* The number of a process's CPU clock (clock_getcpuclockid(3) has it, too, but looks
 * first whether there is such a process).  -1: there is none. */
static int64_t cpu_ns(pid_t pid)
{
	struct timespec ts;

	if (clock_gettime((clockid_t)(~(unsigned)pid << 3 | 2), &ts) != 0)
		return -1;
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* The field of a stat file of a process or thread, from 3; -1: there is none.  The name,
 * field 2, is in parentheses and may have some of its own. */
static int64_t stat_field(const char *path, int field)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[1024], *p;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	p = strrchr(text, ')');
	for (int i = 2; p && i < field; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoll(p + 1, NULL, 10) : -1;
}

static bool is_kernel(pid_t pid)
{
	char path[64];
	int64_t flags;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	flags = stat_field(path, 9);
	return flags >= 0 && flags & PF_KTHREAD;
}

static bool among(int64_t cpu, const int *cpus, int n)
{
	for (int i = 0; i < n; i++)
		if (cpus[i] == cpu)
			return true;
	return false;
}

/* Whether a thread of the process was last on one of the PUs. */
static bool was_on(pid_t pid, const int *cpus, int n)
{
	char path[300];
	struct dirent *entry;
	bool found = false;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && !found && (entry = readdir(d))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/stat", (int)pid, entry->d_name);
		found = among(stat_field(path, 39), cpus, n);
	}
	if (d)
		closedir(d);
	return found;
}

static int by_pid(const void *a, const void *b)
{
	return ((const struct other *)a)->pid - ((const struct other *)b)->pid;
}

/* Without its clock there is no process; without memory nobody is added. */
static void add(struct others *o, struct other other)
{
	if (o->n == o->room) {
		int room = o->room ? 2 * o->room : 256;
		struct other *grown = realloc(o->v, sizeof *grown * (size_t)room);

		if (!grown)
			return;
		o->v = grown;
		o->room = room;
	}
	o->v[o->n++] = other;
}

static void count(struct others_used *used, const struct other *o, int64_t ns, const int *cpus, int n)
{
	struct busy busy = { o->pid, ns };

	if (o->kernel) {
		used->kernel_ns += ns;
		return;
	}
	if (ns >= NOTICED_NS && n && !was_on(o->pid, cpus, n))
		return;
	used->processes_ns += ns;
	for (int i = 0; i < OTHERS_BUSIEST; i++) {
		const struct busy less = used->busiest[i];

		if (busy.ns <= less.ns)
			continue;
		used->busiest[i] = busy;
		busy = less;
	}
}

struct others_used others_look(struct others *o, const int *cpus, int n)
{
	struct others now = { 0 };
	struct others_used used = { 0 };
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool first = !o->v;

	while (proc && (entry = readdir(proc))) {
		struct other other, *before = NULL;
		int64_t pid;

		if (parse_int(entry->d_name, 1, INT32_MAX, &pid) || pid == getpid())
			continue;
		other = (struct other){ .pid = (pid_t)pid, .cpu_ns = cpu_ns((pid_t)pid) };
		if (other.cpu_ns < 0)
			continue;
		if (o->n)
			before = bsearch(&other, o->v, (size_t)o->n, sizeof other, by_pid);
		/* A clock that went back is another process of that number. */
		if (before && before->cpu_ns > other.cpu_ns)
			before = NULL;
		other.kernel = before ? before->kernel : is_kernel(other.pid);
		if (!first)
			count(&used, &other, other.cpu_ns - (before ? before->cpu_ns : 0), cpus, n);
		add(&now, other);
	}
	if (proc)
		closedir(proc);
	qsort(now.v, (size_t)now.n, sizeof *now.v, by_pid);
	free(o->v);
	*o = now;
	return used;
}

void others_free(struct others *o)
{
	free(o->v);
	*o = (struct others){ 0 };
}
