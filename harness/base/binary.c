/* SPDX-License-Identifier: Apache-2.0 */
#include "base/binary.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int binary_take(struct binary *b, const char *path, struct err *e)
{
	/* First looked at, then read: what is written meanwhile shows next time. */
	if (stat(path, &b->seen) != 0)
		return err_set(e, -errno, "cannot read %.300s: %s", path, strerror(errno));
	return file_hash(path, b->hash, e);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Who sets mtime back cannot set ctime. */
static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       same_time(a->st_mtim, b->st_mtim) && same_time(a->st_ctim, b->st_ctim);
}

int binary_check(struct binary *b, const char *path, struct err *e)
{
	struct binary now;
	struct stat st;

	if (!*b->hash)
		return 0;
	if (stat(path, &st) == 0 && same_file(&st, &b->seen))
		return 0;
	if (binary_take(&now, path, e) || strcmp(now.hash, b->hash) != 0)
		return err_set(e, -ESTALE, "%.300s has changed since the run began, and what it measures "
		               "would not compare: put the old one back, or start a new run", path);
	b->seen = now.seen;
	return 0;
}
