/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h: a trace in memory: what each G did, from when until when.
 *
 * What the recorder wrote (impls/shared/trace/format.h) are events of many rings.
 * trace_read merges them by time and makes steps of them: a step is a state of one G,
 * with its beginning and its end.  All that is drawn, exported or summed up is made
 * from steps, so that no two views of a trace can differ in what happened.
 *
 * It holds of every trace that was read, whatever was lost of it:
 *
 *     the steps of a G follow each other without a gap, from its first record to its
 *     last, or to the end of the trace;
 *     no two steps in a row are Running: a Runnable step, of no length at least, is
 *     between them;
 *     a P has one Running G at a time.
 *
 * Where the records contradict that (which they do after records were lost) the older
 * step gives way: the G is Runnable then, for the reason REASON_LOST.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum trace_state {
	TRACE_IS_RUNNABLE,
	TRACE_IS_RUNNING,
	TRACE_IS_WAITING,
	TRACE_IS_CALL,          /* in a blocking call, or blocked in the kernel */
	TRACE_STATES,
	TRACE_IS_ENDED = TRACE_STATES   /* a step of no length, the last of a G that ended */
};
extern const char *const trace_state_name[TRACE_STATES];

/* Why a G is in its state: an index of trace.reason.  The first are always there;
 * what Gs wait for comes after them. */
enum {
	REASON_NONE,
	REASON_CREATED,         /* Runnable, since it */
	REASON_READIED,
	REASON_YIELDED,
	REASON_SLICE_OVER,
	REASON_STOPPED,         /* in its own code, by a signal */
	REASON_CALLED_OFF,
	REASON_SLEPT,
	REASON_DESCRIPTOR,
	REASON_CALL_OVER,
	REASON_PREEMPTED,       /* by the kernel */
	REASON_WOKEN,           /* by the kernel: what its thread blocked for has come */
	REASON_LOST,            /* how it came to be so was lost */
	REASON_CALL,            /* in a call, since it said that one may block */
	REASON_KERNEL,          /* in a call, since its thread blocked */
	REASON_FIXED
};

#define TRACE_NONE UINT32_MAX   /* no G, no step */

struct trace_step {
	int64_t at, until;      /* ns since the trace began, with its first G */
	uint32_t g;             /* an index of trace.g */
	uint32_t by;            /* who made it so: the creator, the readier; or TRACE_NONE */
	uint32_t next;          /* the step of this G after this one, or TRACE_NONE */
	int32_t m;              /* Running: the number of the M; 0: unknown */
	int16_t p;              /* Running, in a call: on which P (1:1: which CPU); -1: unknown */
	uint16_t reason;
	uint8_t state;          /* enum trace_state */
};

struct trace_g {
	uint64_t id;            /* its number, no other's */
	const char *name;       /* of the function that it runs */
	int64_t created, ended; /* ended: of one that lives, the end of the trace */
	uint32_t by;            /* who created it, or TRACE_NONE */
	uint32_t first, last;   /* its steps, last the one at its end too; TRACE_NONE: none */
	bool made, over;        /* its creation, and its end, were recorded */
};

/* What happened that is no state of a G. */
struct trace_mark {
	int64_t at;
	uint32_t g;             /* or TRACE_NONE */
	uint32_t arg;
	int16_t p;              /* on which P; -1: on none */
	uint8_t kind, why;      /* enum sl__trace_kind of format.h */
};

/* Where records are missing: so many, on this P or (-1) elsewhere, before this time. */
struct trace_loss {
	int64_t at;
	uint64_t n;
	int p;
};

#define TRACE_NOTES 8

struct trace {
	char backend[32], model[16];
	char workload[128], set[256], command[512];     /* "": not said */
	char kernel[256];       /* whether the kernel's switches are in it, or why not */
	char clock[32];
	bool on_cpus;           /* a P, in a step, is a CPU: the kernel's switches are known */
	bool finished;          /* it was written to its end */
	int procs;              /* Ps at the start */
	int ps;                 /* rows to draw: no step has a P, nor a CPU, from here on */
	int64_t pid;
	int64_t wall_ns;        /* CLOCK_REALTIME when it began */
	int64_t mono_ns;        /* CLOCK_MONOTONIC then; 0: unknown */
	int64_t length;         /* ns: to the end of the last G, or while one lives, the last record */
	double ns_per_tick;
	int64_t off_ns;         /* times may be wrong by this much */
	struct trace_g *g;
	uint32_t ng;
	struct trace_step *step;        /* by at */
	uint32_t nsteps;
	struct trace_mark *mark;        /* by at */
	size_t nmarks;
	struct trace_loss *loss;        /* by at */
	size_t nlosses;
	char **reason;
	int nreasons;
	char **name;                    /* of functions: what trace_g.name points to */
	size_t nnames;
	uint64_t records, lost;
	uint64_t odd;           /* records that did not fit those before them */
	char note[TRACE_NOTES][256];    /* what a reader of any view has to know; sentences */
	int nnotes;
};

/* Reads a trace.  One that was not finished is read as far as it is whole, and says so
 * in a note; one that is damaged is refused.  0, or -errno with a sentence. */
int trace_read(struct trace *, const char *path, struct err *);
void trace_free(struct trace *);

/* How many Gs were in each state at a moment, in ns. */
void trace_count(const struct trace *, int64_t at, int n[TRACE_STATES]);

/* "work-stealing, P = 2", and what ran if it is known; buf[160]. */
const char *trace_title(const struct trace *, char buf[160]);

/* "G 17 (child)", or "nobody"; buf[80]. */
const char *trace_g_name(const struct trace *, uint32_t g, char buf[80]);

/* Who or what made the step so, as a clause ends: "by G 1 (main)", "as its time had
 * come"; buf[120]. */
const char *trace_by(const struct trace *, const struct trace_step *, char buf[120]);

#endif
