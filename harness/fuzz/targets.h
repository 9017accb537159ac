/* SPDX-License-Identifier: Apache-2.0
 *
 * targets.h: the readers, each as a function of bytes.
 */
#ifndef TARGETS_H
#define TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target {
	const char *name;
	const char *what;                       /* it is given */
	/* Reads the bytes, in a folder of its own, and does with what it got all that a
	 * command would.  Whether they were taken.  Aborts when what was taken, or is
	 * printed of it, is not as it must be. */
	bool (*run)(const char *dir, const uint8_t *data, size_t n);
	const char *corpus[20];                 /* files of the source tree, NULL after the last */
	int cost;                               /* of an input, by the cheapest */
};

extern const struct target targets[];           /* ended by a NULL name */

/* target_run.c: cells.jsonl, meta.json, runs.json. */
bool fuzz_rows(const char *dir, const uint8_t *data, size_t n);
bool fuzz_meta(const char *dir, const uint8_t *data, size_t n);
bool fuzz_runs(const char *dir, const uint8_t *data, size_t n);

/* target_gbench.c: a side of a comparison that another program wrote. */
bool fuzz_gbench(const char *dir, const uint8_t *data, size_t n);

/* target_cell.c: what cell programs write. */
bool fuzz_report(const char *dir, const uint8_t *data, size_t n);
bool fuzz_detail(const char *dir, const uint8_t *data, size_t n);
bool fuzz_words(const char *dir, const uint8_t *data, size_t n);
bool fuzz_demo(const char *dir, const uint8_t *data, size_t n);

/* target_build.c: backends.tsv, workloads.json; a topology. */
bool fuzz_backends(const char *dir, const uint8_t *data, size_t n);
bool fuzz_workloads(const char *dir, const uint8_t *data, size_t n);
bool fuzz_topology(const char *dir, const uint8_t *data, size_t n);

/* target_bundle.c: an archive of a run. */
bool fuzz_bundle(const char *dir, const uint8_t *data, size_t n);

/* target_trace.c: what a traced program did. */
bool fuzz_trace(const char *dir, const uint8_t *data, size_t n);

#endif
