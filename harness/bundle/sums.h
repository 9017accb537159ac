/* SPDX-License-Identifier: Apache-2.0
 *
 * sums.h: SHA-256 of each file, as `sha256sum -c` reads it.
 */
#ifndef SUMS_H
#define SUMS_H

#include "bundle/contents.h"

#define SUMS_NAME "SHA256SUMS"
#define SUM_TEXT 65

void sum_of(char text[SUM_TEXT], const void *data, size_t n);

/* Adds the list of all others. */
int sums_add(struct contents *, struct err *);

/* Holds the list against the names and sums of what is there: each is in it, once, and
 * nothing else.  -EINVAL with what is wrong, as a sentence goes on. */
struct summed { char name[PIECE_NAME], sum[SUM_TEXT]; };
int sums_check(const char *list, const struct summed *, int n, struct err *);

#endif
