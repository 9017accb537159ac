/* SPDX-License-Identifier: Apache-2.0
 *
 * folder.h: writing a run folder, and going on with one.
 *
 *     meta.json      whole or absent: its presence is what makes it a run
 *     topology.xml   the machine, by hwloc
 *     cells.jsonl    one row a line, each appended and fsynced
 *
 * Whoever writes rows holds a lock on cells.jsonl; the kernel drops it with the
 * process, however that ends.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <limits.h>
#include <sys/types.h>

#include "machine/facts.h"
#include "plan/plan.h"
#include "results/results.h"

struct json_t;

struct run {
	char dir[PATH_MAX];
	int fd;                 /* cells.jsonl, locked */
	off_t size;             /* of its whole lines */
};

/* Whether the folder holds a run, whole or not. */
bool run_is_in(const char *dir);

/* Makes the folder and writes meta.json; -EEXIST: it holds a run already. */
int run_create(struct run *, const char *dir, const struct plan *, const struct facts *,
               int argc, char **argv, struct err *);

/* Opens a run to go on with it: reads its plan and the rows it has, and cuts a
 * torn last line off.  -EINVAL with a sentence when dir holds no run, or one of
 * other binaries or another machine; -EBUSY when somebody is writing to it. */
int run_open(struct run *, const char *dir, struct plan *, const struct facts *,
             struct row **rows, int *n, struct err *);
void run_close(struct run *);

/* Appends one line and syncs it; a write that failed leaves no part behind.  -EINVAL:
 * the file is not the one any more that was opened. */
int run_append(struct run *, const char *line, struct err *);

/* ---- Of results.c, places.c, attempts.c and meta.c, for those who read and write rows ---- */

/* The largest meta.json and cells.jsonl that are read: of the largest plan, with some
 * of the rows measured again. */
#define META_MAX ((size_t)64 << 20)
#define RUN_MAX  ((size_t)32 << 30)

/* -EINVAL: the line is no row. */
int row_read(struct row *, const char *line, size_t n);
/* The same of JSON that is read already, and is the row's then; -EINVAL: it is freed. */
int row_take(struct row *, struct json_t *);
void row_free(struct row *);

/* All rows of a cells.jsonl; *whole is where its last whole line ends. */
int rows_parse(const char *text, size_t size, struct row **rows, int *n, size_t *whole,
               const char *path, struct err *);
void rows_free(struct row *, int n);

/* Results of what another program's file says, as a meta.json and rows; both are the
 * results' then, also where it fails.  0, or -errno with a sentence. */
int results_make(struct results *, const char *from, struct json_t *meta, struct row *rows, int n, struct err *);

/* places.c: gives each row its cell's place.  -EINVAL with a sentence when a row is of no
 * cell. */
int results_place(struct results *, struct err *);

/* attempts.c: leaves all but the attempt that counts of each row out.  -EINVAL with a
 * sentence when one is there twice. */
int results_keep_counting(struct results *, struct err *);

int meta_load(struct json_t **meta, const char *dir, struct err *);
int meta_write(const char *dir, const struct plan *, const struct facts *,
               int argc, char **argv, struct err *);
int meta_plan(struct plan *, const struct json_t *meta, struct err *);

/* -EINVAL with a sentence when the run was made by other binaries, or on
 * another machine, than those of facts. */
int meta_check(const struct json_t *meta, const struct facts *, const char *dir, struct err *);

#endif
