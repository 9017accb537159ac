/* SPDX-License-Identifier: Apache-2.0
 *
 * files.h: files that are either whole or not there.
 */
#ifndef FILES_H
#define FILES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* dir/name; returns buf.  Too long a path is cut, and so not found. */
const char *path_join(char buf[PATH_MAX], const char *dir, const char *name);

/* The pattern of a temporary name for mkstemp or mkdtemp, in TMPDIR or else /tmp; returns
 * buf. */
char *path_temporary(char buf[PATH_MAX], const char *name);

/* Makes dir and the folders above it that are missing. */
int dir_make(const char *dir, struct err *);

/* Removes the files of a folder, and it; no folder is no error. */
void dir_remove(const char *dir);

/* Opens what is a regular file, or is made one, and nothing else: a FIFO or a
 * device where a file is expected would keep us waiting.  The descriptor, or
 * -errno; -EINVAL: it is something else. */
int file_open(const char *path, int flags);

/* Why file_open failed, as a sentence ends. */
const char *file_why(int rc);

/* Puts the data in dir/name: written beside it, fsynced, renamed. */
int file_put(const char *dir, const char *name, const void *data, size_t n, struct err *);

/* Gives a file that is whole, and synced, the name that others know it by, in the same
 * folder, if nothing has that: else -EEXIST.  temp may stay, for the caller to remove. */
int file_name_new(const char *temp, const char *path);

/* Reads a whole file of at most max bytes; *data gets a NUL behind its end and
 * is the caller's to free.  *n may be NULL.  -EFBIG: longer than max; -EINVAL: no
 * regular file. */
int file_get(const char *path, size_t max, char **data, size_t *n, struct err *);

/* Syncs the folder that a path lies in, so that a new name in it lasts. */
void file_sync_parent(const char *path);

/* write(2) until all is written: 0 or -errno. */
int write_all(int fd, const void *data, size_t n);

/* "fnv1a64:0123456789abcdef", of a file's contents: tells builds apart, and
 * is no protection against forgery. */
#define FILE_HASH 32
int file_hash(const char *path, char hash[FILE_HASH], struct err *);

#endif
