/* SPDX-License-Identifier: Apache-2.0
 *
 * contents.h: the files of a bundle.
 */
#ifndef CONTENTS_H
#define CONTENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define PIECES_MAX 64
#define PIECE_NAME 64

/* All its files together, unpacked. */
#define CONTENTS_MAX ((size_t)2 << 30)

struct piece {
	char name[PIECE_NAME];  /* "meta.json", "plots/time.svg" */
	char *data;
	size_t n;
};

struct contents {
	struct piece v[PIECES_MAX];
	int n;
};

/* Whether a bundle may have a file of this name. */
bool contents_know(const char *name);

/* Whether those who read a run read it, too. */
bool contents_read_by_commands(const char *name);

/* What is there of a run's folder, in a fixed order; of cells.jsonl the whole lines. */
int contents_take(struct contents *, const char *dir, struct err *);

/* Puts a piece behind the others; data becomes theirs, in any case. */
int contents_add(struct contents *, const char *name, char *data, size_t n, struct err *);

struct piece *contents_get(struct contents *, const char *name);
void contents_free(struct contents *);

#endif
