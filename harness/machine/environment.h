/* SPDX-License-Identifier: Apache-2.0
 *
 * environment.h: the environment's part in a run: the variables that steer the back
 * ends, Go's runtime and toolchain, the allocator and the loader.  Only what is
 * known by name is ever stored: among what begins with GO there are tokens.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stdbool.h>

#include "machine/facts.h"

struct variable {
	const char *name;       /* NULL ends the list */
	bool free;              /* no row depends on it: a run may go on with another */
};

extern const struct variable variables[];

/* Those that are set, as facts. */
int environment_facts(struct facts *);

#endif
