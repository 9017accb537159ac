/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h: the end of nearly every verify, what a run may not go without, and
 * what a row says of a distribution.
 */
#ifndef CHECK_H
#define CHECK_H

#include "hist.h"
#include "workload.h"

/* Whether w did exactly this work, each unit once, with these results. */
bool check_work(const struct wl *w, uint64_t executed, uint64_t checksum, char *why, size_t size);

/* A channel, or the end of the process with status 2: run cannot fail. */
struct sl_chan *must_chan(size_t elem_size, size_t cap);

/* For a workload's counters: of nanoseconds, p50_ns p90_ns p99_ns p999_ns
 * max_ns samples. */
int hist_counters(const struct hist *h, struct sl_counter *out, int max);

#endif
