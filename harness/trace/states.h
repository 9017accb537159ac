/* SPDX-License-Identifier: Apache-2.0
 *
 * states.h: the steps of each G, made one record after the other, in the order of their
 * times.  What the records say and what the kernel says of a thread become one state
 * here (see format.h, "ON 1:1"), and trace.h's promises are kept.
 */
#ifndef TRACE_STATES_H
#define TRACE_STATES_H

#include "trace/idmap.h"
#include "trace/trace.h"

/* What the records say of a G. */
enum said { SAID_NOTHING, SAID_RUNNABLE, SAID_RUNNING, SAID_WAITING, SAID_CALL, SAID_ENDED };

/* What the kernel says of a thread. */
enum cpu { CPU_UNKNOWN, CPU_ON, CPU_PREEMPTED, CPU_BLOCKED };

struct live {                           /* beside a trace_g */
	uint8_t said;                   /* enum said */
	uint16_t reason;
	int16_t p;                      /* where it runs, by the records */
	int32_t m;
	uint32_t thread;                /* an index of thread, or TRACE_NONE */
};

struct thread {
	uint64_t tid;
	uint32_t g;                     /* or TRACE_NONE */
	uint8_t cpu;                    /* enum cpu */
	int16_t on;
};

struct states {
	struct trace *t;
	struct live *live;
	struct idmap gs, tids;
	struct thread *thread;
	uint32_t nthreads;
	uint32_t *on;                   /* by P: the G that runs there, or TRACE_NONE */
	bool full;                      /* no memory, or more steps than can be counted */
};

/* False: no memory. */
bool states_begin(struct states *, struct trace *);

/* The index of the G with this number, entered if it is new; 0: TRACE_NONE. */
uint32_t states_g(struct states *, uint64_t id);

/* A record said so of G, at that time.  p, m: where it runs; by: who made it so. */
void states_say(struct states *, uint32_t g, enum said, int64_t at, uint16_t reason, uint32_t by, int p, int32_t m);

/* G runs on that kernel thread.  And the kernel put a thread on a CPU, or took it away. */
void states_thread(struct states *, uint32_t g, uint64_t tid, int64_t at);
void states_cpu(struct states *, uint64_t tid, enum cpu, int on, int64_t at);

/* The last step of all that live ends.  False: it did not all fit into memory. */
bool states_end(struct states *);

#endif
