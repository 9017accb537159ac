/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog.h: what this build can run: its back ends and their cell programs,
 * and the workloads they share.  All of it lies beside the executable:
 *
 *     backends.tsv    name, model, capabilities: one back end a line
 *     cell-NAME       the back end's cell program, or
 *     cell-NAME.na    why it could not be built, in a line
 *     workloads.json  what the first cell program's --info printed
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "spec.h"

struct backend {
	char *name, *model, *caps;      /* caps: separated by commas */
	char program[PATH_MAX];
	bool available;
	char reason[200];               /* why not */
};

struct param {
	const char *name, *help;
	int64_t value, min, max;
};

/* The words of a list such as kind, NULL after the last. */
#define DECL_WORDS 8

struct decl {
	const char *name, *summary, *question, *metric;
	const char *kind[DECL_WORDS + 1], *needs[DECL_WORDS + 1];
	struct param params[CELL_PAIRS];
	int nparams;
};

struct json_t;

struct catalog {
	char dir[PATH_MAX];
	struct backend *backends;
	int nbackends;
	struct decl *workloads;
	int nworkloads;
	struct json_t *info;            /* workloads.json; decls point into it */
};

/* Finds the build: SCHEDLAB_BUILD, else the executable's own folder. */
int catalog_read(struct catalog *, struct err *);
void catalog_free(struct catalog *);

/* By name; -1 with a sentence that begins with what (the flag) and names the
 * nearest. */
int catalog_backend(const struct catalog *, const char *name, const char *what, struct err *);
int catalog_workload(const struct catalog *, const char *name, const char *what, struct err *);

bool backend_can(const struct backend *, const char *cap);
const struct param *decl_param(const struct decl *, const char *name);

#endif
