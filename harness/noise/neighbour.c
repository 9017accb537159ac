/* SPDX-License-Identifier: Apache-2.0 */
#include "noise/neighbour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "machine/affinity.h"

#define LOOK_NS 1000000         /* on one PU */
#define LOOKS_NS 16000000       /* on all of them together, */
#define PAIRS_LEAST 8           /* but on each so many slices of either loop */
#define FIRST_LOOKS 10          /* at a PU of which nothing is known */
#define GLANCES_LEAST 8
#define ROUNDS 20000            /* of a slice, some 20 us of either loop */

/* The compiler may know nothing of v, so that it computes each step as it is written. */
#define OPAQUE(v) __asm__ volatile("" : "+r"(v))

/* Each step needs the result of the one before. */
static void chain(void)
{
	uint64_t x = 1;

	for (int i = 0; i < ROUNDS; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		OPAQUE(x);
	}
}

/* Six sums that need nothing of each other: as many at once as there are units. */
static void busy(void)
{
	uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;

	for (int i = 0; i < ROUNDS / 2; i++) {
#define STEP(v) v += 7; OPAQUE(v)
#define STEPS STEP(a); STEP(b); STEP(c); STEP(d); STEP(e); STEP(f)
		STEPS; STEPS; STEPS; STEPS;
	}
}

/* Of this thread alone: who takes the PU away meanwhile is seen by others. */
static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t time_of(void (*loop)(void))
{
	int64_t begin = cpu_ns();

	loop();
	return cpu_ns() - begin;
}

/* The mean of the busy slices, and the least of them, by the least of the others: whoever
 * interrupts one of these makes it longer. */
struct look { double mean, least; };

static struct look look_for(int64_t ns)
{
	int64_t end = clock_ns() + ns, alone = INT64_MAX, least = INT64_MAX, sum = 0;
	int n = 0;

	do {
		int64_t c = time_of(chain), b = time_of(busy);

		alone = c < alone ? c : alone;
		least = b < least ? b : least;
		sum += b;
		n++;
	} while (n < PAIRS_LEAST || clock_ns() < end);
	return (struct look){ (double)sum / n / (double)alone, (double)least / (double)alone };
}

static struct ratios *ratios_of(struct neighbours *w, int cpu)
{
	struct ratios *more;

	if (cpu >= w->n) {
		more = realloc(w->pus, ((size_t)cpu + 1) * sizeof *more);
		if (!more)
			return NULL;
		memset(more + w->n, 0, ((size_t)cpu + 1 - (size_t)w->n) * sizeof *more);
		w->pus = more;
		w->n = cpu + 1;
	}
	return &w->pus[cpu];
}

static struct look look_again(struct ratios *r, int64_t ns)
{
	struct look look = look_for(ns);

	if (r->least == 0 || look.least < r->least) {
		r->second = r->least;
		r->least = look.least;
	} else if (r->second == 0 || look.least < r->second) {
		r->second = look.least;
	}
	return look;
}

double neighbours_look(struct neighbours *w, const int *cpus, int n)
{
	int *before, nbefore = affinity_read(&before);
	int64_t ns = LOOKS_NS / (n + 1);
	double most = -1;

	if (nbefore < 1)
		return -1;
	ns = ns < LOOK_NS ? ns : LOOK_NS;
	for (int i = 0; i < n; i++) {
		struct ratios *r = ratios_of(w, cpus[i]);
		struct look look;
		double more;

		if (!r || affinity_set(&cpus[i], 1))
			continue;
		for (int k = r->least > 0 ? FIRST_LOOKS - 1 : 0; k < FIRST_LOOKS; k++)
			look = look_again(r, ns);
		more = look.mean > r->second ? look.mean / r->second - 1 : 0;
		most = more > most ? more : most;
	}
	affinity_set(before, nbefore);
	free(before);
	return most;
}

void neighbours_free(struct neighbours *w)
{
	free(w->pus);
	*w = (struct neighbours){ 0 };
}

void glance(struct glances *g)
{
	int64_t ns = time_of(busy);

	if (!g->n || ns < g->least_ns)
		g->least_ns = ns;
	g->sum_ns += ns;
	g->n++;
}

int64_t glances_ppm(const struct glances *g)
{
	if (g->n < GLANCES_LEAST || g->least_ns <= 0)
		return -1;
	return llround(((double)g->sum_ns / g->n / (double)g->least_ns - 1) * 1e6);
}
