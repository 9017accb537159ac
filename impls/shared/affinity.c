/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "shared/affinity.h"

bool sl__cpus_of(struct sl__cpus *set, const int *cpus, int n)
{
	memset(set, 0, sizeof *set);
	for (int i = 0; i < n; i++) {
		if (cpus[i] < 0 || cpus[i] >= SL__CPUS)
			return false;
		sl__cpus_add(set, cpus[i]);
	}
	return true;
}

void sl__affinity(pid_t tid, struct sl__cpus *set)
{
	if (sched_getaffinity(tid, sizeof *set, set->part) != 0)
		memset(set, 0, sizeof *set);
}

int sl__set_affinity(pid_t tid, const struct sl__cpus *set)
{
	return sched_setaffinity(tid, sizeof *set, set->part) == 0 ? 0 : -errno;
}

int sl__affinity_narrow(const struct sl__cpus *now, struct sl__cpus *before)
{
	struct sl__cpus is;
	int err;

	sl__affinity(0, before);
	if (sl__cpus_equal(now, before))
		return 0;
	err = sl__set_affinity(0, now);
	if (err)
		return err;
	/* The kernel leaves out what it does not know, or does not allow. */
	sl__affinity(0, &is);
	if (sl__cpus_equal(now, &is))
		return 0;
	sl__set_affinity(0, before);
	return -EINVAL;
}

void sl__affinity_restore(const struct sl__cpus *now, const struct sl__cpus *before)
{
	struct sl__cpus is;

	sl__affinity(0, &is);
	if (sl__cpus_equal(now, &is) && !sl__cpus_equal(now, before))
		sl__set_affinity(0, before);
}
