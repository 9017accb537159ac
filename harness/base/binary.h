/* SPDX-License-Identifier: Apache-2.0
 *
 * binary.h: whether a program is still the one that it was.
 */
#ifndef BINARY_H
#define BINARY_H

#include <sys/stat.h>

#include "base/err.h"
#include "base/files.h"

struct binary {
	char hash[FILE_HASH];   /* "": not taken, so anything will do */
	struct stat seen;       /* when its contents were last known to be those */
};

int binary_take(struct binary *, const char *path, struct err *);

/* -ESTALE with a sentence when the program has changed since it was taken.  Costs
 * one stat(2); only when that differs it is read. */
int binary_check(struct binary *, const char *path, struct err *);

#endif
