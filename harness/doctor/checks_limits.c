/* SPDX-License-Identifier: Apache-2.0
 *
 * checks_limits.c: what a process may have, and what it pays for.
 */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/parse.h"
#include "base/text.h"
#include "doctor/checks.h"
#include "machine/conditions.h"
#include "machine/host.h"
#include "machine/thread_limit.h"

/* As many Gs as workloads have by default, each a thread where the model is 1:1. */
#define MANY_THREADS 10000
/* What those take, at most, and some more. */
#define LITTLE_MEMORY ((int64_t)1 << 30)

void check_smt(struct examination *x)
{
	const char *smt = known(x, "smt");
	bool on = !strcmp(smt, "on");
	struct finding *f = found(x, "smt", on ? MINOR : *smt ? FINE : UNKNOWN);

	SAY(f->what, on ? "two processing units share a core (SMT is on)" : *smt ? "each processing unit has a core of "
	    "its own, as far as the machine says (SMT: %.40s)" : "whether processing units share a core cannot be seen "
	    "here%s", smt);
	if (!on)
		return;
	SAY(f->effect, "Two Ps on one core are slower than on two; which it is, the kernel decides anew in each process, "
	    "unless a policy binds them.");
	SAY(f->fix, "echo off | sudo tee /sys/devices/system/cpu/smt/control");
}

void check_mitigations(struct examination *x)
{
	const char *list = known(x, "mitigations");
	bool some = strstr(list, "Mitigation") != NULL;
	struct finding *f = found(x, "mitigations", some ? NOTE : *list ? FINE : UNKNOWN);
	double cost = x->cost.syscall_ns;
	char text[16];
	int n = 0;

	for (const char *p = list; (p = strstr(p, "Mitigation")); p++)
		n++;
	if (some)
		SAY(f->what, "the kernel works around %d flaw%s of the processor", n, n == 1 ? "" : "s");
	else
		SAY(f->what, *list ? "the kernel works around no flaws of the processor" : "whether the kernel works around "
		    "flaws of the processor cannot be seen here");
	if (!isnan(cost))
		SAY(f->effect, "A system call that does nothing takes %s.%s", time_text(cost, text), some ? "  Whatever enters "
		    "the kernel pays for it: threads for each switch, M:N where it parks and wakes an M.  Programs run with "
		    "it, so leave it on, unless the question is what it costs." : "");
	else if (some)
		SAY(f->effect, "Whatever enters the kernel pays for it: 1:1 for each switch.");
	if (some)
		SAY(f->fix, "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX mitigations=off\"' | "
		    "sudo tee /etc/default/grub.d/schedlab.cfg && sudo update-grub  # then reboot; unsafe beside others");
}

void check_cpu_quota(struct examination *x)
{
	const char *quota = known(x, "cgroup_quota");
	bool limited = *quota && strcmp(quota, "none") != 0;
	struct finding *f = found(x, "cpu-quota", limited ? SERIOUS : FINE);

	if (!limited) {
		SAY(f->what, "no cgroup limits the CPU time");
		return;
	}
	SAY(f->what, "a cgroup limits the CPU time to that of %.40s", quota);
	SAY(f->effect, "Who has used its share of a period of 100 ms stands still until the next: Ps that all compute are "
	    "throttled, and a time then is one of the quota, not of the scheduler.");
	SAY(f->fix, "echo max | sudo tee /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cpu.max  # or one above it");
}

/* Cgroups of version 2 alone. */
static bool take_least(const char *dir, bool v2, void *least)
{
	char path[PATH_MAX], *text;
	struct err ignored;
	int64_t bytes;

	if (!v2 || file_get(path_join(path, dir, "memory.max"), 64, &text, NULL, &ignored))
		return false;
	text[strcspn(text, "\n")] = '\0';
	if (parse_int(text, 0, INT64_MAX, &bytes) == 0 && bytes < *(int64_t *)least)
		*(int64_t *)least = bytes;
	free(text);
	return false;
}

void check_memory(struct examination *x)
{
	char cgroups[PATH_MAX], mount[PATH_MAX], size[16];
	int64_t least = INT64_MAX;
	struct finding *f;

	snprintf(cgroups, sizeof cgroups, "%s/proc/self/cgroup", x->asked->root);
	snprintf(mount, sizeof mount, "%s/sys/fs/cgroup", x->asked->root);
	host_each_cgroup(cgroups, mount, take_least, &least);
	f = found(x, "memory", least < LITTLE_MEMORY ? MINOR : FINE);
	if (least == INT64_MAX) {
		SAY(f->what, "no cgroup limits the memory");
		return;
	}
	SAY(f->what, "a cgroup limits the memory to %s", unit_text((double)least, UNIT_BYTES, size));
	if (f->severity == FINE)
		return;
	SAY(f->effect, "Cells with many threads or Gs are killed there (crashed), or measure how the kernel finds pages to "
	    "take back.");
	SAY(f->fix, "echo max | sudo tee /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/memory.max  # or above");
}

void check_threads(struct examination *x)
{
	char what[64] = "";
	int64_t most = thread_limit(x->asked->root, what, sizeof what);
	struct finding *f = found(x, "threads", most < MANY_THREADS ? MINOR : FINE);

	SAY(f->what, "%" PRId64 " threads can be there at once, by %s", most, what);
	if (f->severity == FINE)
		return;
	SAY(f->effect, "Where each G is a thread (1:1), cells that need more do not apply (na), and comparisons lack them.");
	SAY(f->fix, !strncmp(what, "ulimit", 6) ? "ulimit -u unlimited"
	    : !strncmp(what, "vm.", 3) ? "sudo sysctl vm.max_map_count=262144"
	    : !strncmp(what, "kernel.", 7) ? "sudo sysctl kernel.threads-max=126000 kernel.pid_max=4194304"
	    : "echo max | sudo tee /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/pids.max  # or one above it");
}

void check_nice(struct examination *x)
{
	int nice_now = *x->asked->root ? 0 : conditions_read().nice;
	struct finding *f = found(x, "nice", nice_now > 0 ? MINOR : *x->asked->root ? UNKNOWN : FINE);

	SAY(f->what, *x->asked->root ? "a copy of a machine has no priority" : "this process, and so each cell, has the nice "
	    "value %d", nice_now);
	if (nice_now <= 0)
		return;
	SAY(f->effect, "Any other program that wants to run comes first.");
	SAY(f->fix, "sudo renice -n 0 -p $$");
}

void check_counters(struct examination *x)
{
	const char *level = known(x, "perf_event_paranoid");
	bool closed = *level && strspn(level, "0123456789") == strlen(level) && strcmp(level, "2") > 0 && geteuid() != 0;
	struct finding *f = found(x, "counters", closed ? NOTE : *level ? FINE : UNKNOWN);

	SAY(f->what, *level ? "perf_event_paranoid is %.20s" : "performance counters cannot be seen here%s", level);
	if (!closed)
		return;
	SAY(f->effect, "No time depends on it; but perf, which would say why one is as it is, may not count.");
	SAY(f->fix, "sudo sysctl kernel.perf_event_paranoid=1");
}
