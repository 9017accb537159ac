/* SPDX-License-Identifier: Apache-2.0
 *
 * formats.h: files that other programs read, or wrote.
 */
#ifndef FORMATS_H
#define FORMATS_H

#include <stdbool.h>
#include <stdio.h>

#include "results/results.h"

/* Whether the path is a file that may be Google Benchmark's, and no run's folder. */
bool gbench_is_file(const char *path);

/* Reads what a benchmark program wrote with --benchmark_out=FILE (or export_gbench did):
 * each benchmark is a cell, each repetition of it a row with its real time; aggregates
 * are left out.  A benchmark that says in "cell" what it measured, as those that
 * export_gbench writes, is that cell; others are a workload of the back end "benchmark",
 * at the P that "threads" says.  0, or -errno with a sentence. */
int gbench_read(struct results *, const char *path, struct err *);

/* A run for Google Benchmark's tools/compare.py: times of an operation.  And for Go's
 * benchstat.  Rows that others disturbed are left out where six others are left; *left_out
 * is how many.  0, or -errno with a sentence. */
int export_gbench(const struct results *, FILE *, int *left_out, struct err *);
int export_benchstat(const struct results *, FILE *, int *left_out, struct err *);

#endif
