/* SPDX-License-Identifier: Apache-2.0
 *
 * cell_json.h: the JSON of a cell program, which --info and --detail ask for.  What is
 * in it, "The cell protocol" in impls/README.md says.
 */
#ifndef CELL_JSON_H
#define CELL_JSON_H

#include "cell/cell_args.h"
#include "cell/cell_run.h"

struct cell_program {
	const char *backend, *model;
	const char *caps;               /* words, separated by spaces */
};

/* The text, the caller's to free; NULL: out of memory. */
char *cell_info_text(const struct cell_program *);
char *cell_detail_text(const struct cell_program *, const struct cell_args *,
                          const struct cell_result *, const int *affinity, int naffinity);

#endif
