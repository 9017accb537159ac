/* SPDX-License-Identifier: Apache-2.0
 *
 * affinity.h: sets of PUs, by the kernel's numbers, and which of them a thread may use.
 *
 * cpu_set_t has 1,024 bits, and a kernel that has more PUs refuses such a set.  This one
 * has as many as Linux can be built for, so it needs no memory that could be refused.
 */
#ifndef SL_AFFINITY_H
#define SL_AFFINITY_H

#include <sched.h>
#include <stdbool.h>

#define SL__CPUS 8192

struct sl__cpus { cpu_set_t part[SL__CPUS / CPU_SETSIZE]; };

static inline void sl__cpus_add(struct sl__cpus *set, int cpu)
{
	CPU_SET_S((size_t)cpu, sizeof *set, set->part);
}

static inline void sl__cpus_remove(struct sl__cpus *set, int cpu)
{
	CPU_CLR_S((size_t)cpu, sizeof *set, set->part);
}

static inline bool sl__cpus_have(const struct sl__cpus *set, int cpu)
{
	return CPU_ISSET_S((size_t)cpu, sizeof *set, set->part);
}

static inline int sl__cpus_count(const struct sl__cpus *set)
{
	return CPU_COUNT_S(sizeof *set, set->part);
}

static inline bool sl__cpus_equal(const struct sl__cpus *a, const struct sl__cpus *b)
{
	return CPU_EQUAL_S(sizeof *a, a->part, b->part);
}

/* The set of n numbers; false: there can be no such PU. */
bool sl__cpus_of(struct sl__cpus *, const int *cpus, int n);

/* Those on which a thread may run (0: the calling one); none if the kernel does not say. */
void sl__affinity(pid_t tid, struct sl__cpus *);

/* 0 or -errno. */
int sl__set_affinity(pid_t tid, const struct sl__cpus *);

/* The calling thread is to run on now alone, until sl__affinity_restore.  0; -EINVAL: there
 * is a PU among them that it may not use; -errno: it may not ask for that.  *before is what
 * it could use so far, in any case. */
int sl__affinity_narrow(const struct sl__cpus *now, struct sl__cpus *before);

/* To before, unless somebody has changed it meanwhile: then it stays. */
void sl__affinity_restore(const struct sl__cpus *now, const struct sl__cpus *before);

#endif
