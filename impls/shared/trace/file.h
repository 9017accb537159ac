/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h: the file of a trace, chunk by chunk.  No malloc and no stdio: it is written by a
 * thread of its own, and at a fatal error by whoever comes to it.
 */
#ifndef SL_TRACE_FILE_H
#define SL_TRACE_FILE_H

#include "shared/trace/ring.h"

/* Begins it; † if it cannot be written.  The trace begins at start. */
void sl__file_begin(const char *path, enum sl__trace_clock, struct sl__trace_tick start, int64_t wall_ns,
                    const char *model, int procs);

/* What has come to be since the last time: the names, the records in a list of buffers, and a
 * reading of the clock.  If it cannot be written this says so, once, and from then on writes
 * nothing: false. */
bool sl__file_put(const struct sl__buffer *, struct sl__trace_tick);

/* Lines of TRACE_ABOUT. */
void sl__file_about(const char *lines, size_t n);

/* Ends it: false if not all could be written. */
bool sl__file_end(struct sl__trace_counts);

#endif
