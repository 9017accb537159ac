/* SPDX-License-Identifier: Apache-2.0
 *
 * kernel.h: which threads the kernel had on which CPU, and whether it took the CPU from
 * one (preempted) or that went to sleep (blocked): for models that leave this to it.
 *
 * A software event that counts nothing carries the kernel's records of switches
 * (perf_event_open(2), context_switch).  It is opened once for each CPU, for only so can it
 * be inherited by threads and mapped; it needs no privileges where perf_event_paranoid is
 * 2 or less.
 */
#ifndef SL_TRACE_KERNEL_H
#define SL_TRACE_KERNEL_H

#include "shared/trace/ring.h"

/* The calling thread, and all that it starts from now on.  start: of the trace.  False: the
 * kernel refuses, and why says in what words. */
bool sl__kernel_begin(struct sl__trace_tick start, char *why, size_t size);

/* Records what there is since the last call, in TRACE_KERNEL rings.  now: as start. */
void sl__kernel_read(struct sl__trace_tick now);

void sl__kernel_end(void);

#endif
