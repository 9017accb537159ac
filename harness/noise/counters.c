/* SPDX-License-Identifier: Apache-2.0 */
#include "noise/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
	enum counter leader;            /* of its group */
} known[COUNTERS] = {
	[COUNTER_CYCLES] = { "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, COUNTER_CYCLES },
	[COUNTER_INSTRUCTIONS] = { "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, COUNTER_CYCLES },
	[COUNTER_BRANCHES] = { "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, COUNTER_BRANCHES },
	[COUNTER_BRANCH_MISSES] = { "branch_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES,
	                            COUNTER_BRANCHES },
	[COUNTER_CACHE_REFERENCES] = { "cache_references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES,
	                               COUNTER_CACHE_REFERENCES },
	[COUNTER_CACHE_MISSES] = { "cache_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
	                           COUNTER_CACHE_REFERENCES },
	[COUNTER_MIGRATIONS] = { "migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS,
	                         COUNTER_MIGRATIONS },
};

const char *counter_name(enum counter c)
{
	return known[c].name;
}

/* ---- The kernel that there is ---------------------------------------------------- */

static int kernel_open(void *arg, struct perf_event_attr *attr, pid_t pid, int group)
{
	long fd = syscall(SYS_perf_event_open, attr, pid, -1, group, PERF_FLAG_FD_CLOEXEC);

	(void)arg;
	return fd < 0 ? -errno : (int)fd;
}

static ssize_t kernel_read(void *arg, int fd, void *buf, size_t size)
{
	ssize_t n = read(fd, buf, size);

	(void)arg;
	return n < 0 ? -errno : n;
}

static void kernel_close(void *arg, int fd)
{
	(void)arg;
	close(fd);
}

static const struct counter_kernel the_kernel = { kernel_open, kernel_read, kernel_close, NULL };

/* ---- Counting --------------------------------------------------------------------- */

/* What the kernel counts itself happens in the kernel: without that it would be a zero. */
static int open_one(const struct counters *c, enum counter which, pid_t pid)
{
	const bool leads = known[which].leader == which;
	struct perf_event_attr attr = {
		.size = sizeof attr, .type = known[which].type, .config = known[which].config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.inherit = 1, .exclude_hv = 1, .exclude_kernel = known[which].type == PERF_TYPE_HARDWARE,
		/* Whoever leads a group starts all of it. */
		.disabled = leads, .enable_on_exec = leads,
	};
	int group = leads ? -1 : c->fd[known[which].leader];

	if (!leads && group < 0)
		return -ENOENT;
	return c->kernel->open(c->kernel->arg, &attr, pid, group);
}

void counters_open(struct counters *c, pid_t pid)
{
	c->kernel = c->kernel ? c->kernel : &the_kernel;
	c->error = 0;
	for (int i = 0; i < COUNTERS; i++) {
		c->fd[i] = open_one(c, (enum counter)i, pid);
		if (c->fd[i] < 0 && i == COUNTER_CYCLES)
			c->error = c->fd[i];
		c->fd[i] = c->fd[i] < 0 ? -1 : c->fd[i];
	}
}

/* A counter that never got its turn says nothing, and neither does a short answer, which
 * the kernel gives of one that it could not count at all. */
static bool read_one(const struct counters *c, int fd, double *value, double *share)
{
	struct { uint64_t value, enabled, running; } said;

	if (c->kernel->read(c->kernel->arg, fd, &said, sizeof said) != sizeof said)
		return false;
	if (!said.running || !said.enabled)
		return false;
	*share = fmin(1, (double)said.running / (double)said.enabled);
	*value = (double)said.value / *share;
	return true;
}

void counters_close(struct counters *c, struct counted *out)
{
	*out = (struct counted){ .share = 1 };
	for (int i = 0; i < COUNTERS; i++) {
		double share = 1;

		if (c->fd[i] < 0)
			continue;
		out->has[i] = read_one(c, c->fd[i], &out->value[i], &share);
		out->share = fmin(out->share, share);
	}
	/* Members first: a group ends with its leader. */
	for (int i = COUNTERS - 1; i >= 0; i--) {
		if (c->fd[i] >= 0)
			c->kernel->close(c->kernel->arg, c->fd[i]);
		c->fd[i] = -1;
	}
}

const char *counters_why(int error, const char *paranoid, char *buf, size_t size)
{
	FILE *f = error == -EACCES || error == -EPERM ? fopen(paranoid, "re") : NULL;
	int level;

	if (f && fscanf(f, "%d", &level) == 1)
		snprintf(buf, size, "not available here: kernel.perf_event_paranoid = %d forbids it", level);
	else if (error == -ENOENT || error == -EOPNOTSUPP || error == -ENODEV)
		snprintf(buf, size, "not available here: this machine shows none");
	else
		snprintf(buf, size, "not available here: %s", strerror(-error));
	if (f)
		fclose(f);
	return buf;
}
