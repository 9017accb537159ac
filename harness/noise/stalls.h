/* SPDX-License-Identifier: Apache-2.0
 *
 * stalls.h: what else can have slowed a cell, as far as the system tells; -1: it does not.
 *
 * None of it makes a row disturbed, for none is evidence of others.  A cgroup is throttled
 * by what the cell itself used of its quota, too, and so it is in every repetition; memory
 * is short also where the cell takes much of it; and a processor may be slow because it is
 * hot from what it was measured with.  They are kept for whoever asks why a row is slow.
 */
#ifndef STALLS_H
#define STALLS_H

#include <stdint.h>

struct stalls {
	int64_t throttled_ns;   /* the quotas of this process's cgroup and those above it, all
	                           together, kept it waiting */
	int64_t memory_ns;      /* somebody on this machine waited for memory */
	int64_t frequency_khz;  /* mean of the PUs, at the moment */
};

/* Where the system tells; a test has files of its own. */
struct stalls_files { const char *cgroups, *mount, *pressure, *cpus; };
extern const struct stalls_files stalls_files;

/* Since the machine's start. */
struct stalls stalls_read(const struct stalls_files *, const int *cpus, int n);

/* Since before; the frequency is now's. */
struct stalls stalls_since(const struct stalls *before, const struct stalls *now);

#endif
