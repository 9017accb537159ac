/* SPDX-License-Identifier: Apache-2.0 */
#include "noise/noise.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* By what fraction a neighbour may slow a PU down before it counts: where the cell itself
 * looked, and before it starts; and in the looks before and after it, of a millisecond each,
 * which a neighbour of a tenth of that slows down by more than a twentieth. */
#define SHARED 0.05
#define SHARED_MOST 0.1
#define WAIT_MOST_NS 500000000
#define NAP_NS 3000000          /* from one look to the next */

static bool among(int cpu, const int *cpus, int n)
{
	for (int i = 0; i < n; i++)
		if (cpus[i] == cpu)
			return true;
	return false;
}

struct ticks ticks_read(const char *stat, const int *cpus, int n)
{
	int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	struct ticks sum = { 0 };
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

static int64_t self_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Whoever blocks such signals to see to them later is not to see to them too late. */
static bool is_wanted(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP);
}

void noise_wait(struct noise_watch *w, const int *cpus, int ncpus, int64_t insist_ns)
{
	int64_t begin = clock_ns(), most = w->patience_ns < WAIT_MOST_NS ? w->patience_ns : WAIT_MOST_NS, waited;

	if (insist_ns)
		most = insist_ns;
	w->looked = true;
	w->neighbour = neighbours_look(&w->neighbours, cpus, ncpus);
	while (w->neighbour > SHARED && clock_ns() - begin < most && !is_wanted()) {
		nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
		w->neighbour = neighbours_look(&w->neighbours, cpus, ncpus);
	}
	waited = clock_ns() - begin;
	w->patience_ns -= waited < w->patience_ns ? waited : w->patience_ns;
}

void noise_begin(struct noise_watch *w, const int *cpus, int ncpus, const int *near, int nnear)
{
	struct ticks ticks = ticks_read("/proc/stat", cpus, ncpus);

	w->cpus = cpus;
	w->ncpus = ncpus;
	w->near = near;
	w->nnear = nnear;
	w->begin_ns = clock_ns();
	w->busy_ns = ticks.busy_ns;
	w->steal_ns = ticks.steal_ns;
	w->self_ns = self_ns();
	w->stalls = stalls_read(&stalls_files, cpus, ncpus);
	others_look(&w->others, near, nnear);
}

struct noise noise_end(struct noise_watch *w, int64_t own_ns)
{
	struct others_used used = others_look(&w->others, w->near, w->nnear);
	struct ticks ticks = ticks_read("/proc/stat", w->cpus, w->ncpus);
	struct noise n = {
		.foreign_ns = used.processes_ns, .kernel_ns = used.kernel_ns,
		.steal_ns = ticks.steal_ns - w->steal_ns, .neighbour = -1,
	};

	n.stalls = stalls_read(&stalls_files, w->cpus, w->ncpus);
	n.stalls = stalls_since(&w->stalls, &n.stalls);
	n.unknown_ns = ticks.busy_ns - w->busy_ns - own_ns - (self_ns() - w->self_ns) -
	               used.processes_ns - used.kernel_ns;
	if (n.unknown_ns < 0)
		n.unknown_ns = 0;
	if (w->patient)
		w->patience_ns += clock_ns() - w->begin_ns;
	if (w->looked) {
		double after = neighbours_look(&w->neighbours, w->cpus, w->ncpus);

		n.neighbour = after > w->neighbour ? after : w->neighbour;
		w->looked = false;
	}
	return n;
}

void noise_free(struct noise_watch *w)
{
	others_free(&w->others);
	neighbours_free(&w->neighbours);
}

/* What others took of the timed part.  Nobody waits for longer than others run; and
 * where nobody knows how long they waited, what others used was spread evenly. */
static int64_t taken_ns(const struct noise *n, const struct noise_cell *c)
{
	if (c->delay_ns < 0)
		return (int64_t)((double)n->foreign_ns * c->timed_ns / (c->wall_ns + 1));
	return c->delay_ns < n->foreign_ns ? c->delay_ns : n->foreign_ns;
}

bool noise_disturbs(const struct noise *n, const struct noise_cell *c)
{
	/* Who keeps a PU near busy takes a share of caches, memory and frequency. */
	if (n->foreign_ns > c->wall_ns / 4)
		return true;
	if (n->neighbour > SHARED_MOST || c->neighbour > SHARED)
		return true;
	/* All that was stolen may have been stolen from the timed part. */
	if (taken_ns(n, c) + n->steal_ns > c->timed_ns / 20)
		return true;
	/* Ticks are rounded, on each PU.  On clearing away threads the kernel spends a third
	 * of what the threads did that did little else. */
	return n->unknown_ns > 30000000 + c->wall_ns * c->ncpus / 20 + (c->threads ? c->own_ns / 2 : 0);
}
