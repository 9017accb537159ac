/* SPDX-License-Identifier: Apache-2.0
 *
 * report.h: a run, or several, as one page that needs nothing else: no network, no file
 * beside it, and for its tables and pictures no JavaScript either.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "plan/catalog.h"
#include "results/results.h"

#define REPORT_NAME "report.html"
#define REPORT_RUNS_MAX 8

/* Prints the page of runs[0]; others are held against it.  catalog says which model a back
 * end is and of which kind a workload; NULL: nobody knows.  0, or -errno with a sentence,
 * and what was printed is of no use. */
int report_print(const struct results *const *runs, int n, const struct catalog *, FILE *, struct err *);

/* The same to a file, which is whole or not there. */
int report_write(const struct results *const *runs, int n, const struct catalog *, const char *path, struct err *);

/* The same of the run in dir, to report.html there. */
int report_run(const char *dir, const struct catalog *, struct err *);

#endif
