/* SPDX-License-Identifier: Apache-2.0
 *
 * meta.h: the facts about a run that no row carries: which build, on which
 * machine, in which state.  All are text; what cannot be read is left out.
 */
#ifndef META_H
#define META_H

#include "catalog.h"
#include "err.h"

struct fact {
	const char *section;    /* a literal: "build", "machine", "environment",
	                           "binaries" */
	char *key, *value;
};

struct facts {
	struct fact *v;
	int n;
};

/* Collects all facts; the binaries are the executable and every cell program. */
int facts_collect(struct facts *, const struct catalog *, struct err *);
void facts_free(struct facts *);

/* NULL: not known. */
const char *facts_get(const struct facts *, const char *section, const char *key);

int facts_add(struct facts *, const char *section, const char *key, const char *value);

#endif
