/* SPDX-License-Identifier: Apache-2.0
 *
 * others.h: the CPU time of all other processes, to the nanosecond where the kernel
 * keeps it so: by their CPU clocks, which anybody may read.  /proc/stat has it in
 * ticks of 10 ms, and there what the end of a thread costs looks like a stranger's.
 *
 * Not seen are processes that begin and end between two looks, and those that the
 * mount of /proc hides: noise.h has an account that includes them, a coarser one.
 */
#ifndef OTHERS_H
#define OTHERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct other;

#define OTHERS_BUSIEST 3

struct others {
	struct other *v;        /* by process number */
	int n, room;
};

/* What was used since the last look, or, by processes that were not there then, since
 * their start. */
struct others_used {
	int64_t processes_ns;   /* programs; of these PUs alone, if any are given */
	int64_t kernel_ns;      /* the kernel's own threads */
	struct busy { pid_t pid; int64_t ns; } busiest[OTHERS_BUSIEST]; /* the programs that used most of it,
	                           most first; pid 0: none */
};

/* Looks at all processes but this one.  A program counts if one of its threads was last
 * on one of the n PUs; n = 0: wherever it was.  The first look finds nothing. */
struct others_used others_look(struct others *, const int *cpus, int n);
void others_free(struct others *);

#endif
