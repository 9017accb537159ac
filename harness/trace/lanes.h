/* SPDX-License-Identifier: Apache-2.0
 *
 * lanes.h: where a Running G is shown.  On its P; and where nobody knows on which CPU a
 * thread was, in the first free lane below those.
 */
#ifndef TRACE_LANES_H
#define TRACE_LANES_H

#include "trace/trace.h"

struct lanes {
	uint32_t *g;                    /* who is in lane ps + i, or TRACE_NONE */
	int ps, n, room;
	int *of;                        /* by G: its lane now, or -1 */
};

/* False: no memory. */
bool lanes_begin(struct lanes *, const struct trace *);
void lanes_end(struct lanes *);

/* For each step, in order.  Returns the lane in which G was Running until now, or -1; *to
 * is the one in which it is from now on, or -1.  -2: no memory. */
int lanes_step(struct lanes *, const struct trace_step *, int *to);

#endif
