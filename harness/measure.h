/* SPDX-License-Identifier: Apache-2.0
 *
 * measure.h: one cell: its command line, its process, its outcome.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "catalog.h"
#include "proc.h"
#include "results_outcome.h"

struct measure {
	const struct catalog *catalog;
	const struct topo *topo;
	const char *scratch;            /* a folder for what the cell writes */
	double min_time_s, timeout_s;
	int sigfd;
	void (*tick)(void *arg);
	void *arg;
};

/* Measures a cell: 0 with its outcome, whatever that is; -EINTR with *interrupt
 * the signal that we got, and no outcome; or -errno with a sentence when no
 * process could be started. */
int measure_cell(const struct measure *, const struct cell *, struct outcome *,
                 int *interrupt, struct err *);

/* What the end of a process says by itself; ST_OK still needs outcome_read. */
void outcome_judge(struct outcome *, struct proc_end *, double timeout_s);

#endif
