/* SPDX-License-Identifier: Apache-2.0
 *
 * workload.h: what a workload declares and what it is given.
 *
 * A workload is one C file that defines one `const struct workload`, one line
 * in list.h, and one Go function of the same name in impls/go.  The harness
 * calls, all inside one sl_run and on its initial G:
 *
 *     setup, run (warm-up), run (the timed iterations), verify, teardown
 *
 * One call of run is one iteration: the same work on every back end and in the
 * Go twin.  run accumulates into executed and checksum over all iterations,
 * the warm-up included; verify compares them with what that number of
 * iterations must give.  A time counts only when verify passed.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdio.h>

#include "schedlab.h"

/* What a workload is about; shown by `schedlab list`. */
enum wl_kind {
	WL_CONCURRENCY     = 1 << 0,    /* dealing with many things at once */
	WL_PARALLELISM     = 1 << 1,    /* doing many things at once */
	WL_CPU_BOUND       = 1 << 2,    /* never waits by itself */
	WL_IO_BOUND        = 1 << 3,    /* naturally waits */
	WL_ORCHESTRATION   = 1 << 4,    /* Gs signal each other */
	WL_SYNCHRONISATION = 1 << 5,    /* Gs take turns at shared memory */
	WL_CONTROL         = 1 << 6,    /* measures the harness or the machine */
};

/* What a back end must be able to do, or must have (backend.mk says what it can and
 * has).  The rest of schedlab.h all of them have. */
enum wl_cap {
	WL_PARALLEL   = 1 << 0,         /* several Gs run at the same time */
	WL_PREEMPTIVE = 1 << 1,         /* a G that calls nothing still loses its P */
	WL_BLOCKING   = 1 << 2,         /* a blocking call stops no other G */
	WL_THREADS    = 1 << 3,         /* every G is a kernel thread */
	/* Parts of the API: */
	WL_CHANNELS   = 1 << 4,         /* sl_chan_*, sl_select */
	WL_TIMERS     = 1 << 5,         /* sl_sleep, and what ends in _until */
	WL_FORK_JOIN  = 1 << 6,         /* sl_fork, sl_join */
	WL_DESCRIPTORS = 1 << 7,        /* sl_read and what else is called with one */
};

struct wl_param {
	const char *name;               /* NULL ends the list */
	int64_t value, min, max;        /* default and range, both ends included */
	const char *help;               /* with the unit */
};

/* One run of a workload: its parameters, and what its functions share. */
struct wl {
	const int64_t *param;           /* values, in the order of workload.params */
	int procs;                      /* P */
	uint64_t seed;                  /* of everything random; the same seed gives
	                                   the same checksum on every back end */
	FILE *out;                      /* the workload's own output: standard output
	                                   under --once, else NULL */
	void *state;                    /* setup's, freed by teardown */
	uint64_t executed;              /* units of work done, counted where done */
	uint64_t checksum;              /* of the results, independent of their order */
	bool no_lock;                   /* a planted fault, for workloads that show what a
	                                   lock is for: take none */
	bool timed;                     /* the warm-up is over, the clocks are on: what is
	                                   no sum, as a percentile, is of this part alone */
};

struct workload {
	const char *name;
	unsigned kind;                  /* enum wl_kind, or-ed */
	const char *summary;            /* what one iteration does, in a line */
	const char *question;           /* what its time answers */
	const char *metric;             /* what one operation is: "round trip" */
	const struct wl_param *params;  /* NULL: none */
	unsigned needs;                 /* enum wl_cap, or-ed */
	int64_t (*gs)(const struct wl *);       /* Gs and forked tasks that may live at
	                                           once: on 1:1, threads; NULL: a few */
	int64_t (*ops)(const struct wl *);      /* operations in one iteration */
	int  (*setup)(struct wl *);     /* NULL: nothing to do; 0, or -errno with
	                                   nothing left to free */
	void (*run)(struct wl *);
	/* True when iterations calls of run (warm-up included) left the right
	 * executed and checksum; else says what is wrong in why[size]. */
	bool (*verify)(const struct wl *, int64_t iterations, char *why, size_t size);
	void (*teardown)(struct wl *);  /* of what setup made, if it returned 0;
	                                   NULL: nothing to do */
	/* What else it counted over all iterations, for the row, which has what the
	 * timed ones added to it; what is no sum is 0 until something was recorded,
	 * which is while w->timed.  At most max pairs are written, their number is
	 * returned.  NULL: nothing. */
	int  (*counters)(const struct wl *, struct sl_counter *out, int max);
};

#endif
