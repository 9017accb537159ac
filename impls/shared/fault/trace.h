/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h: backtraces on standard error, without malloc, stdio or a lock that
 * is waited for.
 */
#ifndef SL_TRACE_H
#define SL_TRACE_H

#include "shared/internal.h"

/* Of a G that is off the processor: context is what sl__switch or
 * sl__trace_point has saved for it. */
void sl__trace_context(void *context);

/* In a signal handler: of what the signal has interrupted. */
void sl__trace_interrupted(void);

/* Marks the runtime's own functions at the foot of a G's stack: a backtrace ends
 * before them.  The linker names the two ends of such a section. */
#define SL_FOOT __attribute__((section("sl__foot")))

/* trace_ARCH.S: calls fn(arg) with the caller's context at *save meanwhile. */
void sl__trace_point(void **save, void (*fn)(void *), void *arg);

#endif
