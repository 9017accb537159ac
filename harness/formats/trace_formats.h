/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_formats.h: a trace for other programs.  All are made from the same steps (trace.h).
 */
#ifndef TRACE_FORMATS_H
#define TRACE_FORMATS_H

#include <stdio.h>

#include "trace/trace.h"

struct trace_format {
	const char *name;               /* --format */
	const char *suffix[3];          /* of -o, NULL after the last */
	const char *reader;             /* what opens it */
	/* False: no memory.  What cannot be written shows in the stream. */
	bool (*write)(const struct trace *, FILE *);
};

extern const struct trace_format trace_formats[];       /* ended by a NULL name */

/* By its name, or NULL; and by what a path ends with. */
const struct trace_format *trace_format_named(const char *name);
const struct trace_format *trace_format_of(const char *path);

/* perfetto.c: Perfetto's protobuf.  A G is a thread, and what its ThreadDescriptor's track
 * shows is why it does not run; a P (on 1:1, a CPU) is a CPU.  Arrows lead from who
 * readied a G, or created it, to where it became Runnable.  What was lost is
 * previous_packet_dropped.  Schema: protos/perfetto/trace of github.com/google/perfetto. */
bool perfetto_write(const struct trace *, FILE *);

/* gotrace.c: Go's execution trace, version 1.22, for "go tool trace" of Go 1.22 and later.
 * Format: internal/trace/event/go122 and internal/trace/order.go of Go. */
bool gotrace_write(const struct trace *, FILE *);

/* trace_trace_csv.c: a line for each step of a G, and for what else happened. */
bool csv_write(const struct trace *, FILE *);

/* 0, or -errno with a sentence. */
int trace_export(const struct trace *, const struct trace_format *, const char *path, struct err *);

#endif
