/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/probes.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"

#define BATCHES 20
#define BATCH 500
#define WAKEUPS 200
#define SLEEPS 60
#define NAP_NS 100000

struct probes probes_none(void)
{
	return (struct probes){ NAN, NAN, NAN, NAN, NAN, NAN };
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *v, int n, double q)
{
	if (!n)
		return NAN;
	qsort(v, (size_t)n, sizeof *v, by_value);
	return v[(int)(q * (n - 1))];
}

static void read_clock(void)
{
	clock_ns();
}

static void call_system(void)
{
	syscall(SYS_getppid);
}

/* The median of batches: whoever interrupts one changes that one. */
static double cost_of(void (*call)(void))
{
	double v[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		int64_t begin = clock_ns();

		for (int k = 0; k < BATCH; k++)
			call();
		v[i] = (double)(clock_ns() - begin) / BATCH;
	}
	return quantile(v, BATCHES, 0.5);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}

static double oversleep(void)
{
	double v[SLEEPS];

	for (int i = 0; i < SLEEPS; i++) {
		int64_t begin = clock_ns();

		nap();
		v[i] = (double)(clock_ns() - begin - NAP_NS);
	}
	return quantile(v, SLEEPS, 0.5);
}

static void *sleep_without_slack(void *late)
{
	if (prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) == 0)
		*(double *)late = oversleep();
	return NULL;
}

/* Who sleeps on a pipe: what is in it is when it was written. */
struct sleeper {
	int from;
	double late[WAKEUPS];
	int n;
};

static void *sleep_on_pipe(void *arg)
{
	struct sleeper *s = arg;
	int64_t written;

	while (s->n < WAKEUPS && read(s->from, &written, sizeof written) == sizeof written)
		s->late[s->n++] = (double)(clock_ns() - written);
	return NULL;
}

static void measure_wakeups(struct probes *p)
{
	struct sleeper s = { .n = 0 };
	pthread_t thread;
	int ends[2];

	if (pipe(ends) != 0)
		return;
	s.from = ends[0];
	if (pthread_create(&thread, NULL, sleep_on_pipe, &s) == 0) {
		bool whole = true;

		for (int i = 0; i < WAKEUPS && whole; i++) {
			int64_t now;

			nap();
			now = clock_ns();
			whole = write(ends[1], &now, sizeof now) == sizeof now;
		}
		close(ends[1]);
		pthread_join(thread, NULL);
		p->wakeup_ns = quantile(s.late, s.n, 0.5);
		p->late_wakeup_ns = quantile(s.late, s.n, 0.9);
	} else {
		close(ends[1]);
	}
	close(ends[0]);
}

struct probes probes_measure(void)
{
	struct probes p = probes_none();
	pthread_t thread;

	p.clock_ns = cost_of(read_clock);
	p.syscall_ns = cost_of(call_system);
	p.slack_ns = oversleep();
	if (pthread_create(&thread, NULL, sleep_without_slack, &p.no_slack_ns) == 0)
		pthread_join(thread, NULL);
	measure_wakeups(&p);
	return p;
}
