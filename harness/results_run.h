/* SPDX-License-Identifier: Apache-2.0
 *
 * results_run.h: writing a run folder, and going on with one.
 *
 *     meta.json      whole or absent: its presence is what makes it a run
 *     topology.xml   the machine, by hwloc
 *     cells.jsonl    one row a line, each appended and fsynced
 *
 * Whoever writes rows holds a lock on cells.jsonl; the kernel drops it with the
 * process, however that ends.
 */
#ifndef RESULTS_RUN_H
#define RESULTS_RUN_H

#include <limits.h>
#include <sys/types.h>

#include "meta.h"
#include "plan.h"
#include "results.h"

struct json_t;

struct run {
	char dir[PATH_MAX];
	int fd;                 /* cells.jsonl, locked */
	off_t size;             /* of its whole lines */
};

/* Makes the folder and writes meta.json; -EEXIST: it holds a run already. */
int run_create(struct run *, const char *dir, const struct plan *, const struct facts *,
               int argc, char **argv, struct err *);

/* Opens a run to go on with it: reads its plan and the rows it has, and cuts a
 * torn last line off.  -EINVAL with a sentence when dir holds no run, or one of
 * other binaries or another machine; -EBUSY when somebody is writing to it. */
int run_open(struct run *, const char *dir, struct plan *, const struct facts *,
             struct row **rows, int *n, struct err *);
void run_close(struct run *);

/* Appends one line and syncs it; a write that failed leaves no part behind. */
int run_append(struct run *, const char *line, struct err *);

/* ---- Of results.c and results_meta.c, for those who read and write rows ---- */

/* -EINVAL: the line is no row. */
int row_read(struct row *, const char *line, size_t n);
void row_free(struct row *);

/* All rows of a cells.jsonl; *whole is where its last whole line ends. */
int rows_parse(const char *text, size_t size, struct row **rows, int *n, size_t *whole,
               const char *path, struct err *);
void rows_free(struct row *, int n);

int meta_load(struct json_t **meta, const char *dir, struct err *);
int meta_write(const char *dir, const struct plan *, const struct facts *,
               int argc, char **argv, struct err *);
int meta_plan(struct plan *, const struct json_t *meta, struct err *);

/* -EINVAL with a sentence when the run was made by other binaries, or on
 * another machine, than those of facts. */
int meta_check(const struct json_t *meta, const struct facts *, const char *dir, struct err *);

#endif
