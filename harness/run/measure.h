/* SPDX-License-Identifier: Apache-2.0
 *
 * measure.h: one cell: its command line, its process, its outcome.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "noise/noise.h"
#include "plan/catalog.h"
#include "results/outcome.h"
#include "run/proc.h"

struct measure {
	const struct catalog *catalog;
	const struct topo *topo;
	const char *scratch;            /* a folder for what the cell writes */
	double min_time_s, timeout_s;
	int layout;                     /* of the cell program; 0: as it is linked by default */
	const struct counter_kernel *counter_kernel;    /* NULL: the one that there is */
	struct noise_watch *noise;      /* of whoever measures cell after cell */
	int sigfd;
	void (*tick)(void *arg);
	void *arg;
};

/* Measures a cell, with so many iterations or, if 0, as many as take the least time: 0 with its outcome, whatever that is; -EINTR with *interrupt
 * the signal that we got, and no outcome; or -errno with a sentence when no
 * process could be started, or the program is no longer the one that it was. */
int measure_cell(const struct measure *, const struct cell *, int64_t iterations, struct outcome *,
                 int *interrupt, struct err *);

/* What the end of a process says by itself; ST_OK still needs outcome_read. */
void outcome_judge(struct outcome *, struct proc_end *, double timeout_s);

#endif
