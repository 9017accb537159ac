/* SPDX-License-Identifier: Apache-2.0
 *
 * whole.h: a file that is written piece by piece, and is there only once it is whole.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include <limits.h>
#include <stdio.h>

#include "base/err.h"

struct whole {
	FILE *out;              /* what is to be in the file is written here */
	char path[PATH_MAX], temp[PATH_MAX];
};

/* Begins a file beside path.  0, or -errno with a sentence: it cannot be, or something
 * that is no regular file stands there. */
int whole_begin(struct whole *, const char *path, struct err *);

/* Syncs it and gives it its name; if anything could not be written, or rc is not 0, there
 * is no such file, and what was there is left.  rc, or -errno with a sentence. */
int whole_end(struct whole *, int rc, struct err *);

#endif
