/* SPDX-License-Identifier: Apache-2.0 */
#include "results_run.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "files.h"

static int open_rows(struct run *run, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	snprintf(run->dir, sizeof run->dir, "%s", dir);
	path_join(path, dir, "cells.jsonl");
	run->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (run->fd < 0)
		return err_set(e, -errno, "cannot write %s: %s", path, strerror(errno));
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

int run_create(struct run *run, const char *dir, const struct plan *p, const struct facts *f,
               int argc, char **argv, struct err *e)
{
	char path[PATH_MAX];
	int rc = dir_make(dir, e);

	if (!rc)
		rc = open_rows(run, dir, e);
	if (rc)
		return rc;
	/* Under the lock: two that start at once on one folder see each other. */
	if (run->size > 0 || access(path_join(path, dir, "meta.json"), F_OK) == 0)
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
	int rc = file_get(path_join(path, run->dir, "cells.jsonl"), SIZE_MAX / 2, &text, &size, e);

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

int run_append(struct run *run, const char *line, struct err *e)
{
	size_t n = strlen(line);
	int rc = write_all(run->fd, line, n);

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
