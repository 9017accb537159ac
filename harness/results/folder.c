/* SPDX-License-Identifier: Apache-2.0 */
#include "results/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

static int open_rows(struct run *run, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	snprintf(run->dir, sizeof run->dir, "%s", dir);
	path_join(path, dir, "cells.jsonl");
	run->fd = file_open(path, O_RDWR | O_CREAT | O_APPEND);
	if (run->fd < 0)
		return err_set(e, run->fd, "cannot write %s: %s", path, file_why(run->fd));
	if (flock(run->fd, LOCK_EX | LOCK_NB) != 0) {
		rc = errno == EWOULDBLOCK
			? err_set(e, -EBUSY, "another schedlab is writing to %.300s", dir)
			: err_set(e, -errno, "cannot lock %s: %s", path, strerror(errno));
		run_close(run);
		return rc;
	}
	run->size = lseek(run->fd, 0, SEEK_END);
	return 0;
}

void run_close(struct run *run)
{
	if (run->fd >= 0)
		close(run->fd);
	run->fd = -1;
}

bool run_is_in(const char *dir)
{
	char path[PATH_MAX];

	return access(path_join(path, dir, "meta.json"), F_OK) == 0;
}

int run_create(struct run *run, const char *dir, const struct plan *p, const struct facts *f,
               int argc, char **argv, struct err *e)
{
	char path[PATH_MAX];
	int rc = dir_make(dir, e);

	if (!rc && access(path_join(path, dir, "runs.json"), F_OK) == 0)
		rc = err_set(e, -EEXIST, "%.300s holds several runs already: go on with them (--resume) or "
		             "name another folder", dir);
	if (!rc)
		rc = open_rows(run, dir, e);
	if (rc)
		return rc;
	/* Under the lock: two that start at once on one folder see each other. */
	if (run->size > 0 || run_is_in(dir))
		rc = err_set(e, -EEXIST, "%.300s holds a run already: go on with it (--resume) or "
		             "name another folder", dir);
	if (!rc)
		rc = meta_write(dir, p, f, argc, argv, e);
	if (rc)
		run_close(run);
	return rc;
}

/* Reads what was measured; the rest is cut off. */
static int read_rows(struct run *run, struct row **rows, int *n, struct err *e)
{
	char path[PATH_MAX], *text;
	size_t size, whole;
	int rc = file_get(path_join(path, run->dir, "cells.jsonl"), RUN_MAX, &text, &size, e);

	if (rc)
		return rc;
	rc = rows_parse(text, size, rows, n, &whole, path, e);
	free(text);
	if (rc)
		return rc;
	if (whole < size && ftruncate(run->fd, (off_t)whole) != 0) {
		rows_free(*rows, *n);
		return err_set(e, -errno, "cannot cut the torn last line off %s: %s",
		               path, strerror(errno));
	}
	run->size = (off_t)whole;
	return 0;
}

int run_open(struct run *run, const char *dir, struct plan *p, const struct facts *f,
             struct row **rows, int *n, struct err *e)
{
	json_t *meta;
	int rc = meta_load(&meta, dir, e);

	if (rc)
		return rc;
	rc = meta_check(meta, f, dir, e);
	if (!rc)
		rc = meta_plan(p, meta, e);
	json_decref(meta);
	if (rc)
		return rc;
	rc = open_rows(run, dir, e);
	if (!rc) {
		rc = read_rows(run, rows, n, e);
		if (rc)
			run_close(run);
	}
	if (rc)
		plan_free(p);
	return rc;
}

/* What is written to a file that was removed, or is another's, is lost. */
static bool is_ours(const struct run *run)
{
	char path[PATH_MAX];
	struct stat there, ours;

	return fstat(run->fd, &ours) == 0 && ours.st_size == run->size &&
	       stat(path_join(path, run->dir, "cells.jsonl"), &there) == 0 &&
	       there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

int run_append(struct run *run, const char *line, struct err *e)
{
	size_t n = strlen(line);
	int rc;

	if (!is_ours(run))
		return err_set(e, -EINVAL, "%.300s/cells.jsonl is no longer the file that it was: somebody "
		               "has removed, replaced or changed it", run->dir);
	rc = write_all(run->fd, line, n);
	if (!rc && fsync(run->fd) != 0 && errno != EINVAL)
		rc = -errno;
	if (!rc) {
		run->size += (off_t)n;
		return 0;
	}
	/* What got through of it would be a torn line: away with it. */
	if (ftruncate(run->fd, run->size) != 0)
		return err_set(e, rc, "cannot write %.300s/cells.jsonl: %s, and its last line is torn",
		               run->dir, strerror(-rc));
	return err_set(e, rc, "cannot write %.300s/cells.jsonl: %s", run->dir, strerror(-rc));
}
