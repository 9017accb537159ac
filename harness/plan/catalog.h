/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog.h: what this build can run: its back ends and their cell programs,
 * and the workloads they share.  All of it lies beside the executable:
 *
 *     backends.tsv    name, model, capabilities: one back end a line
 *     cell-NAME       the back end's cell program, and
 *     cell-NAME.json  what its --info printed; or
 *     cell-NAME.na    why it could not be built, in a line
 *     echo-load       a program that cells start
 *     workloads.json  what the first cell program's --info printed
 *     layouts/1/cell-NAME ...   the same program, linked in other orders (make layouts)
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/binary.h"
#include "base/err.h"
#include "machine/facts.h"
#include "plan/spec.h"

/* The version of the cell protocol (impls/README.md) that is spoken here. */
#define CELL_PROTOCOL 1

/* The words of a list such as kind, NULL after the last. */
#define DECL_WORDS 8

struct json_t;

/* What --opt sets in a cell program: one of the words, or without words a number. */
struct knob {
	const char *name, *help;
	int64_t min, max;
	const char *words[DECL_WORDS + 1];
};

/* A cell program whose object files were linked in another order. */
struct layout {
	char program[PATH_MAX];
	struct binary binary;
};

struct backend {
	char *name, *model, *caps;      /* caps: separated by commas */
	char program[PATH_MAX];
	struct knob *knobs;             /* NULL: nobody knows which it has */
	int nknobs;
	const char *toolchain;          /* what built it, where the program says so; NULL */
	struct json_t *info;            /* cell-NAME.json; that and knobs point into it */
	struct binary binary;           /* the program, by catalog_facts */
	struct layout *layouts;
	int nlayouts;                   /* the catalog's, or 0 */
	bool available;
	char reason[200];               /* why not */
};

struct helper {
	const char *name;
	char program[PATH_MAX];
	struct binary binary;           /* as a back end's; not taken where there is none */
};

struct param {
	const char *name, *help;
	int64_t value, min, max;
};

struct decl {
	const char *name, *summary, *question, *metric;
	const char *kind[DECL_WORDS + 1], *needs[DECL_WORDS + 1];
	struct param params[CELL_PAIRS];
	int nparams;
};

struct catalog {
	char dir[PATH_MAX];
	struct backend *backends;
	int nbackends;
	struct helper *helper;          /* programs that cells start; a NULL name ends them */
	struct decl *workloads;
	int nworkloads;
	int nlayouts;                   /* that every back end has which has any */
	struct json_t *info;            /* workloads.json; decls point into it */
	struct catalog *old;            /* the build that this one is held against; NULL: none */
};

/* Of this build: SCHEDLAB_BUILD, else the executable's own folder; or of another folder. */
int catalog_read(struct catalog *, struct err *);
int catalog_read_from(struct catalog *, const char *dir, struct err *);

/* The catalog of the build that the cell is of. */
const struct catalog *catalog_of(const struct catalog *, const struct cell *);
void catalog_free(struct catalog *);

/* catalog_json.c: fills the workloads from what a cell program's --info left in path. */
int catalog_read_info(struct catalog *, const char *path, struct err *);
void catalog_free_info(struct catalog *);

/* The same: the knobs of a back end, if the file is there. */
int catalog_read_knobs(struct backend *, const char *path, struct err *);
void catalog_free_knobs(struct backend *);

/* layouts.c: finds the layouts of the build. */
int catalog_read_layouts(struct catalog *, struct err *);

/* The number of the layout that the back end has where a plan asks for this one: 0, the
 * program as it is linked by default, where it does not have it.  And that program. */
int backend_layout(const struct backend *, int layout);
const char *backend_program(const struct backend *, int layout);

/* Takes every cell program, and adds their hashes to the facts of a run; of the
 * old build, too. */
int catalog_facts(struct catalog *, struct facts *, struct err *);

/* -ESTALE with a sentence if the back end's program in that layout, or what it may start, is another
 * than when these were taken. */
int catalog_unchanged(const struct catalog *, struct backend *, int layout, struct err *);

/* By name; -1 with a sentence that begins with what (the flag) and names the
 * nearest. */
int catalog_backend(const struct catalog *, const char *name, const char *what, struct err *);
int catalog_workload(const struct catalog *, const char *name, const char *what, struct err *);

bool backend_can(const struct backend *, const char *cap);

/* Whether it can do what the workload needs, at that P; else a sentence. */
bool backend_applies(const struct backend *, const struct decl *, int procs, char *why, size_t size);

const struct param *decl_param(const struct decl *, const char *name);

/* NULL: it has none of that name. */
const struct knob *backend_knob(const struct backend *, const char *name);

#endif
