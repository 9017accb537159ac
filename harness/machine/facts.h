/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.h: the facts about a run that no row carries: which build, on which
 * machine, in which state.  All are text; what cannot be read is left out.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/err.h"

struct fact {
	const char *section;    /* a literal: "build", "machine", "environment",
	                           "binaries" */
	char *key, *value;
};

struct facts {
	struct fact *v;
	int n;
};

/* Collects all facts; the only binary among them is the executable itself. */
int facts_collect(struct facts *, struct err *);
/* Those of the machine alone, which stand in files below root: "", or a copy of some of
 * another machine's.  0 or -ENOMEM. */
int facts_machine(struct facts *, const char *root);
void facts_free(struct facts *);

/* NULL: not known. */
const char *facts_get(const struct facts *, const char *section, const char *key);

int facts_add(struct facts *, const char *section, const char *key, const char *value);

#endif
