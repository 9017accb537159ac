/* SPDX-License-Identifier: Apache-2.0
 *
 * gbench.h: as much of Google Benchmark as a cell needs, for C.
 *
 * The body runs once per attempt: Google Benchmark asks for 1 iteration, then
 * for more and more until one attempt takes long enough, and reports the last.
 * It starts and ends on the thread that called gb_run, with that thread's
 * stack, but the loop itself may run anywhere, a G on a small stack included,
 * and may change threads between two turns: time is the wall clock's and CPU
 * time the whole process's.
 */
#ifndef GBENCH_H
#define GBENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gb_loop;

/* while (gb_keep_running(loop)) do one iteration; the first call starts the
 * clocks, the one that returns false stops them. */
bool gb_keep_running(struct gb_loop *);

/* Between two turns: what happens from the one to the other is not timed. */
void gb_pause(struct gb_loop *);
void gb_resume(struct gb_loop *);

/* How many turns this attempt will take. */
int64_t gb_iterations(const struct gb_loop *);

/* After the loop: a counter for the row, shown as it is. */
void gb_counter(struct gb_loop *, const char *name, double value);

/* After the loop: the counter ns_per_op, the reported time by the ops that one
 * iteration does. */
void gb_ns_per_op(struct gb_loop *, double ops);

/* Measures body until an attempt takes min_time_s of wall-clock time or, if they are
 * given, for so many iterations in one attempt.  Returns
 * 0 with *json, the report, which is the caller's to free; or what body
 * returned, when that is not 0; or -ENOMEM.  Must be called once only. */
int gb_run(const char *name, double min_time_s, int64_t iterations, int (*body)(struct gb_loop *, void *),
           void *arg, char **json);

#ifdef __cplusplus
}
#endif
#endif
