/* SPDX-License-Identifier: Apache-2.0
 *
 * topo_policy.h: what a pinning policy looks like when typed; what it picks is
 * topo.c's.
 */
#ifndef TOPO_POLICY_H
#define TOPO_POLICY_H

#include <stdbool.h>

#include "base/err.h"

/* Whether it is meant as a list of PU numbers rather than as a name. */
bool policy_is_list(const char *policy);

/* The numbers of a list, none negative or twice, in an array that the caller
 * frees.  Their count, or -errno. */
int policy_list(const char *policy, int **cpus, struct err *e);

#endif
