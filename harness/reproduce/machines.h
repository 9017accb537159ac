/* SPDX-License-Identifier: Apache-2.0
 *
 * machines.h: where two runs were made and with what, and which of it may be why an
 * ordering is another.
 */
#ifndef MACHINES_H
#define MACHINES_H

#include "compare/compare.h"

struct machines {
	const struct results *r[2];
	char topology[2][160];          /* "AMD EPYC, 2 cores, 2 PUs"; "": no file says */
};

/* Reads the topologies beside the runs, where they have any. */
void machines_read(struct machines *, const struct results *there, const struct results *here);

/* The facts in turn, what topology.xml says among them: name and kind of the i-th, false
 * after the last. */
bool machines_fact(int i, struct compare_fact *);

/* "" where the run does not say. */
const char *machines_value(const struct machines *, const char *fact, int side);
bool machines_differ(const struct machines *, const char *fact);

/* Whether both say, and that is why a figure may be another. */
bool machines_explain(const struct machines *, const struct compare_fact *, bool parallel);

#endif
