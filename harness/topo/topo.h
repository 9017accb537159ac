/* SPDX-License-Identifier: Apache-2.0
 *
 * topo.h: the machine, and which of its processors a run gets.  A PU is what
 * the kernel calls a CPU: one hardware thread.  Every PU number that leaves
 * this file is the kernel's (physical), as sched_setaffinity takes it.
 */
#ifndef TOPO_H
#define TOPO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The highest number that a PU may have: far beyond any kernel's limit, and small
 * enough to count PUs in an int. */
#define PU_MAX ((1 << 20) - 1)

struct topo;

/* Reads a topology: an hwloc XML file, or an hwloc synthetic description, or,
 * with both NULL, this machine as far as affinity and cpusets let this process
 * use it.  A child process does, with limits of time and memory: what a file says
 * may be anything.  0 or -errno. */
int topo_open(struct topo **t, const char *xml, const char *synthetic,
              struct err *e);
void topo_close(struct topo *t);        /* NULL: nothing to do */

/* Whether it is the machine this process runs on; only then can it bind. */
bool topo_is_here(const struct topo *t);

struct topo_counts {
	int packages, numa_nodes, l3s, cores, pus;      /* allowed ones */
	int kinds;              /* of cores, where they differ and the machine says
	                           so; else 0 */
	int machine_pus;        /* allowed or not */
};
void topo_counts(const struct topo *t, struct topo_counts *c);

/* The pinning policies, ended by a NULL name.  A list of PU numbers such as
 * "0,2,4" is a policy too. */
struct topo_policy {
	const char *name;
	const char *summary;
};
extern const struct topo_policy topo_policies[];

/* Whether the text is one of the names above, or a list of numbers; says so in
 * a sentence if not.  What a machine has to say about it, topo_pick says. */
int topo_policy_check(const char *policy, struct err *e);

/* Writes the PUs that the policy picks for procs processors to cpus, which has
 * room for the allowed PUs (counts.pus), and returns their number, or -errno:
 * -EINVAL for a bad policy, -ERANGE when it has fewer PUs than procs.  No PU
 * comes twice.  The number is procs, but for
 *   - "none", the only one that takes more procs than PUs: all PUs then;
 *   - procs 0: all that the policy offers.
 * Of a list the first procs are taken; all of it must be allowed.  A policy
 * that fills L3s, NUMA nodes or one kind of cores does as "cores" where the
 * machine shows none of these. */
int topo_pick(const struct topo *t, const char *policy, int procs, int *cpus,
              struct err *e);

/* Sets the calling process's CPU set to these PUs and reads it back.  -ENOTSUP
 * if the topology is not of this machine. */
int topo_bind(const struct topo *t, const int *cpus, int n, struct err *e);

/* Fills distance[n * n], row by row, with how far apart the PUs are: 0 for the
 * same, then one more for each level of the topology up to what they share
 * (core, L2, L3, NUMA node, package ...).  As sl_config.distance wants it. */
void topo_distance(const struct topo *t, const int *cpus, int n,
                   unsigned char *distance);

/* Writes the PUs of the machine, allowed or not, that share a cache or at least a
 * package with one of these to near, which has room for counts.machine_pus; their
 * number.  These themselves are among them. */
int topo_near(const struct topo *t, const int *cpus, int n, int *near);

/* The machine in a line, for captions: "2 x AMD EPYC 9654, 192 cores, 384 PUs". */
void topo_describe(const struct topo *t, char *buf, size_t size);

/* The whole machine as hwloc XML, with what was allowed, but for serial numbers;
 * *xml is the caller's to free.  -ENOTSUP if the topology is not of this machine. */
int topo_xml(const struct topo *t, char **xml, struct err *e);

#endif
