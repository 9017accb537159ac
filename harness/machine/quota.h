/* SPDX-License-Identifier: Apache-2.0
 *
 * quota.h: a CPU quota for one child, as a container has it: a cgroup of its own,
 * v1 or v2, in each period of 100 ms of which it may run for so long.  That takes
 * root, or a cgroup that was handed on to this user.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct quota {
	char dir[PATH_MAX];     /* the cgroup's folder; "": none */
};

/* Makes the cgroup, in the nearest one of ours that can have one with a quota, and
 * removes those that runners which were killed have left there.  cgroups and mount
 * as for host_each_cgroup.  0, or -errno with a sentence and nothing left behind. */
int quota_make(struct quota *, const char *cgroups, const char *mount, int64_t pct, struct err *);

/* Puts the calling process into it: the child, before it becomes a cell. */
int quota_enter(const struct quota *, struct err *);

/* Once the child is reaped. */
void quota_remove(struct quota *);

#endif
