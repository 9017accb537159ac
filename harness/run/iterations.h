/* SPDX-License-Identifier: Apache-2.0
 *
 * iterations.h: how many iterations a cell is to time.  Google Benchmark finds that out
 * by attempts, which take as long as what is then measured: once for each cell is
 * enough.
 */
#ifndef ITERATIONS_H
#define ITERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "results/outcome.h"

/* What the processes of a cell have taught; zeroed is ready. */
struct iterations {
	int64_t n;              /* for the next process; 0: it has to find out */
	bool settled;
};

/* Learns from a process that was given now->n: how many iterations take the least time,
 * and what a process costs beside what it times; n then grows until that is a fifth of
 * all, fivefold at most.  Half of what the first process cost were its attempts, which
 * the second one does not have: that settles it. */
void iterations_learn(struct iterations *now, const struct outcome *);

/* How long its timed part took; 0: it has none. */
double timed_ns(const struct outcome *);

#endif
