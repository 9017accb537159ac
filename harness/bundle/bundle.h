/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle.h: a run as one file that others can have.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"
#include "results/results.h"

struct bundle_asked {
	const char *out;        /* ends in .tar.zst or .tar.gz; NULL: a name by when the run started */
	bool gzip;              /* of that name */
	bool names;             /* of host and user stay */
};

/* Packs the run in dir; out is the file's name.  It is there whole or not at all, and
 * replaces none: -EEXIST with a sentence, unless what is there is the same. */
int bundle_make(char out[PATH_MAX], const char *dir, const struct bundle_asked *, struct err *);

/* Whether the path is of a file that is a bundle, or would be one if it were not damaged. */
bool bundle_is_file(const char *path);

/* Reads a run: from its folder, or from a bundle, which is unpacked beside other temporary
 * files until the results are freed. */
int bundle_read(struct results *, const char *path, struct err *);
int bundle_read_first(struct results *, const char *path, struct err *);

#endif
