/* SPDX-License-Identifier: Apache-2.0
 *
 * results_info.h: the catalogue's JSON.
 */
#ifndef RESULTS_INFO_H
#define RESULTS_INFO_H

#include <stdio.h>

#include "catalog.h"

/* Fills the workloads from what a cell program's --info left in path. */
int results_info(struct catalog *, const char *path, struct err *);

void results_info_free(struct catalog *);

/* `list --json`; 0 or -errno. */
int results_list(const struct catalog *, FILE *out);

#endif
