/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_check.h: whether a trace keeps what trace.h promises.  For tests, and for the
 * fuzzer.
 */
#ifndef TRACE_CHECK_H
#define TRACE_CHECK_H

#include "trace/trace.h"

/* NULL; or the promise that it breaks. */
const char *trace_check(const struct trace *);

#endif
