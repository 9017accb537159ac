/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.h: what processors did, by the kernel's account in /proc/stat, which
 * counts in ticks (10 ms): too coarse for a short cell, enough to see a busy
 * neighbour.
 */
#ifndef NOISE_H
#define NOISE_H

#include <stdbool.h>
#include <stdint.h>

struct noise {
	int64_t busy_ns;        /* neither idle nor stolen */
	int64_t steal_ns;       /* wanted, but given to another guest */
};

/* Summed over the PUs, since the machine's start; zeros where it cannot be
 * read.  stat is "/proc/stat", or a copy. */
struct noise noise_read(const char *stat, const int *cpus, int n);

/* Whether that much is more than rounding and the system's own housekeeping. */
bool noise_disturbs(int64_t taken_ns, int64_t wall_ns, int ncpus);

#endif
