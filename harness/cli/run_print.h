/* SPDX-License-Identifier: Apache-2.0
 *
 * run_print.h: what a cell took, for people.
 */
#ifndef RUN_PRINT_H
#define RUN_PRINT_H

#include "plan/catalog.h"
#include "results/outcome.h"

/* Prints an outcome that is ok, in 80 columns: its figures, how its iterations are
 * distributed where they could be clocked one by one, and its counters. */
void run_print(const struct outcome *, const struct decl *);

#endif
