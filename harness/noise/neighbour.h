/* SPDX-License-Identifier: Apache-2.0
 *
 * neighbour.h: whether somebody whom this kernel cannot see computes on the same core.
 *
 * A core with simultaneous multithreading runs two threads, which share its units.  A
 * hypervisor may give one of these threads to this guest, and the other to another guest:
 * nothing is stolen then, and no frequency changes, but what is measured takes up to 1.8
 * times as long for as long as the neighbour computes.  Nobody tells a guest; it can be
 * measured.  Of two short loops one keeps the core's units busy, and takes longer beside
 * a neighbour; the other waits for its own results alone, and does not.  The time of one
 * by that of the other has the neighbour in it, and has no frequency in it.
 */
#ifndef NEIGHBOUR_H
#define NEIGHBOUR_H

#include <stdint.h>

/* What is remembered of each PU from look to look; zeroed is ready. */
struct neighbours {
	struct ratios { double least, second; } *pus;  /* of the loops, in all looks; 0: none yet */
	int n;
};

/* How much longer the busy loop takes now than where nobody shares the core, a fraction,
 * on the PU where it is most; -1: it cannot be seen.  What it takes without a neighbour
 * is the least that was ever seen on that PU but one, for that one may be an accident.
 * Takes 1 ms for each PU, less of more than 16, and 10 ms for one that was never looked
 * at; the calling thread runs on each of them meanwhile. */
double neighbours_look(struct neighbours *, const int *cpus, int n);

void neighbours_free(struct neighbours *);

/* A program that is measured sees more, if it glances at the core it runs on now and then,
 * with its clocks stopped: 20 us each.  Zeroed is ready. */
struct glances {
	int64_t least_ns, sum_ns;
	int n;
};

void glance(struct glances *);

/* By how many millionths the mean glance took longer than the shortest; -1: there are too
 * few to tell. */
int64_t glances_ppm(const struct glances *);

#endif
