/* SPDX-License-Identifier: Apache-2.0
 *
 * host.h: how much of the machine this process may use.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

#include "base/err.h"

#define PROCS_MAX 1024          /* the most Ps any back end takes */

/* Shows see the folders of this process's cgroup that a CPU quota may be set on, and
 * of those above it, the nearest first, until it returns true: whether it did.
 * cgroups is /proc/self/cgroup and mount /sys/fs/cgroup, or copies of them. */
bool host_each_cgroup(const char *cgroups, const char *mount,
                      bool (*see)(const char *dir, bool v2, void *arg), void *arg);

/* The CPU quota of the cgroup and all above it, in processors; INFINITY where
 * there is none. */
double host_quota(const char *cgroups, const char *mount);

/* The default P: SCHEDLAB_PROCS, else the PUs that the affinity leaves, or the
 * quota rounded up if that is less.  *source names which: "SCHEDLAB_PROCS",
 * "affinity", "cgroup quota".  -errno when SCHEDLAB_PROCS is no such number. */
int host_procs(const char **source, struct err *);

/* The same without SCHEDLAB_PROCS: what there is, not what is asked for. */
int host_usable(const char **source);

#endif
