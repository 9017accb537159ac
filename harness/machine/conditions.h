/* SPDX-License-Identifier: Apache-2.0
 *
 * conditions.h: what a process inherits that changes what it measures, and that no back
 * end should have to itself: the same for every cell, read back in each row.
 */
#ifndef CONDITIONS_H
#define CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct conditions {
	int64_t timer_slack_ns; /* how late the kernel may wake a thread from a sleep, to wake
	                           it with others; of each thread: here, of the calling one */
	bool huge_pages;        /* transparent ones, as the system and the program want it */
	int64_t stack_limit;    /* bytes, of the first thread, and of others by default */
	int nice;
	int64_t quota_pct;      /* of one processor, in each period of a cgroup (quota.h); 0: none.
	                           Not the process's own: nobody here sets or reads it */
	bool counters;          /* counted by processor and kernel (noise/counters.h); likewise */
	/* On the cores (noise/neighbour.h): waited for a little, for as long as it takes, or
	 * neither waited for nor seen. */
	enum neighbours_are { NEIGHBOURS_WAIT, NEIGHBOURS_INSIST, NEIGHBOURS_IGNORE } neighbours_are;
};

/* 1 ns, for a sleep is to end when it is due; no huge pages, for one runtime asks for
 * them and another does not; 8 MiB; as this process. */
struct conditions conditions_default(void);

/* Knobs that say otherwise: timer_slack_ns, huge_pages, quota_pct, counters, neighbours; NULL ends the list. */
extern const char *const condition_knobs[];
bool is_condition(const char *knob);

/* Reads the value of one of these; *c is untouched if there is a sentence. */
int conditions_knob(struct conditions *c, const char *knob, const char *value, struct err *);

/* Gives them to the calling thread, and so to what it starts or becomes. */
int conditions_apply(const struct conditions *, struct err *);

/* Those of the calling thread. */
struct conditions conditions_read(void);

#endif
