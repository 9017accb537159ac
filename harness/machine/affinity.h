/* SPDX-License-Identifier: Apache-2.0
 *
 * affinity.h: the processors that the calling thread may use, by the kernel's
 * numbers, ascending.  For the cell programs, which do without hwloc.
 */
#ifndef AFFINITY_H
#define AFFINITY_H

/* Their number with *cpus, the caller's to free; or -errno. */
int affinity_read(int **cpus);

/* From now on these alone; 0 or -errno. */
int affinity_set(const int *cpus, int n);

#endif
