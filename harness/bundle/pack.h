/* SPDX-License-Identifier: Apache-2.0
 *
 * pack.h: files into an archive.
 */
#ifndef PACK_H
#define PACK_H

#include <stdint.h>

#include "bundle/contents.h"

/* Writes a tar archive, each file below the folder top, and of that time; gzip, else zstd.
 * The same contents make the same bytes, with the same versions of the libraries. */
int pack(int fd, const struct contents *, const char *top, int64_t time_s, bool gzip, struct err *);

#endif
