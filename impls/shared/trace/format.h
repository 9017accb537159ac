/* SPDX-License-Identifier: Apache-2.0
 *
 * format.h: the file of a trace.  Who writes it and who reads it includes this alone.
 *
 *     struct sl__trace_file      once
 *     struct sl__trace_chunk     and its bytes; again and again, to the end of the file
 *
 * Everything is in the writer's byte order, and each chunk begins at a multiple of 8.
 * A file whose last chunk is not TRACE_END was not finished: its process was killed, or
 * the disk was full.  What is there of it is whole up to the first chunk that is not.
 *
 * WHO WRITES WHAT.  Records come in rings.  A ring has one writer at a time, and its
 * records are in the order in which they were made: those of its chunks by seq, which
 * counts from 0.  A chunk of one ring lies between those of others, and the times of
 * different rings overlap: a reader merges by time.  Rings are
 *
 *     TRACE_P        what was done with a P; id: its number.  The M that holds it writes.
 *     TRACE_M        what an M did without a P; id: its number, from 1 on
 *     TRACE_SYSMON   sysmon's
 *     TRACE_THREAD   1:1: what a G's thread did; id: the lower 32 bits of the G's number.
 *                    TRACE_G_IS is its first record
 *     TRACE_KERNEL   which threads the kernel had on a CPU; id: its number
 *
 * "The G of the ring" is, in a TRACE_P ring, the last that became TRACE_RUNNING there, until it
 * leaves; in a TRACE_THREAD ring the thread's; else, and after lost records, there is none.
 * It is who made a record unless a TRACE_BY comes right before.
 *
 * WHAT IS LOST.  If no memory is free, records are not made but counted: lost, of a
 * chunk, is how many are missing between the one before it in its ring and its own first.
 * What was made is whole.
 *
 * TIMES are ticks of the clock that the file names since it began (sl__trace_file.ticks).
 * A tick is so long as TRACE_CLOCK chunks say: each has pairs of a tick and CLOCK_MONOTONIC at
 * the same moment; the first is from the beginning, the last from the end.
 * If a record tells what made another possible, as a TRACE_RUNNABLE the TRACE_RUNNING after it,
 * its time is not later.  Equal times are possible.
 *
 * THE LIFE OF A G, by what is recorded:
 *
 *     nothing     TRACE_CREATED    Runnable
 *     Runnable    TRACE_RUNNING    Running
 *     Running     TRACE_WAITING    Waiting, for the reason that it names
 *     Waiting     TRACE_RUNNABLE   Runnable
 *     Running     TRACE_RUNNABLE   Runnable: it let others go first, or had to
 *     Running     TRACE_STOPPED    Runnable, on its M, in its own code
 *     Running     TRACE_CALL       in a blocking call
 *     a call      TRACE_RUNNING    Running: it has a P again, the same or another
 *     a call      TRACE_RUNNABLE   Runnable: every P was taken
 *     Running     TRACE_ENDED      nothing
 *
 * A G that is about to wait, and then need not, is TRACE_WAITING and right after that
 * TRACE_RUNNABLE with TRACE_CALLED_OFF, or on 1:1 and N:1 TRACE_RUNNING.
 *
 * ON 1:1 the kernel decides who runs.  TRACE_RUNNABLE is when the thread was woken, TRACE_RUNNING
 * when it went on.  Where the kernel can be asked (TRACE_KERNEL rings; "kernel" in TRACE_ABOUT
 * says whether, or why not) a G that is Running is so only while its thread is on a CPU,
 * from TRACE_ON_CPU to TRACE_OFF_CPU; it is Runnable while that says preempted, and else it
 * blocks in the kernel, as in a call.  TRACE_G_IS says whose thread it is.
 */
#ifndef SL_TRACE_FORMAT_H
#define SL_TRACE_FORMAT_H

#include <stdint.h>

#define SL__TRACE_MAGIC   "SLTRACE\n"
#define SL__TRACE_VERSION 1
#define SL__TRACE_ENDIAN  0x01020304u
#define SL__TRACE_CHUNK   0x4b4e4843u   /* "CHNK" */

enum sl__trace_clock {
	TRACE_TSC,              /* x86: the time stamp counter, which is invariant */
	TRACE_CNTVCT,           /* aarch64: the virtual counter */
	TRACE_MONOTONIC,        /* CLOCK_MONOTONIC: a tick is a nanosecond */
};

/* 128 bytes. */
struct sl__trace_file {
	char magic[8];
	uint32_t version, endian;       /* of another version nothing else is known */
	uint32_t clock;                 /* enum sl__trace_clock */
	uint32_t procs;                 /* P at the start */
	uint64_t ticks;                 /* what the clock showed when the trace began: time 0 */
	int64_t wall_ns;                /* CLOCK_REALTIME then */
	int64_t pid;
	char backend[32], model[16];    /* "work-stealing", "M:N"; they end with a NUL */
	char reserved[32];              /* 0 */
};

enum sl__trace_what {
	TRACE_RECORDS,          /* struct sl__trace_record */
	TRACE_NAMES,            /* struct sl__trace_name: those that are new since the last such chunk.
	                           A record that uses one may come before it */
	TRACE_CLOCK,            /* struct sl__trace_tick */
	TRACE_ABOUT,            /* lines of text: a key, a tab, the value.  Among them:
	                           "command", its words with spaces between; "kernel"; and
	                           what SCHEDLAB_TRACE_ABOUT had, such as "workload", "set" */
	TRACE_END,              /* struct sl__trace_end: the last */
};

enum sl__trace_ring { TRACE_P, TRACE_M, TRACE_SYSMON, TRACE_THREAD, TRACE_KERNEL };

/* 32 bytes. */
struct sl__trace_chunk {
	uint32_t magic;                 /* SL__TRACE_CHUNK */
	uint16_t what;                  /* enum sl__trace_what */
	uint16_t ring;                  /* enum sl__trace_ring.  Of TRACE_RECORDS only, as is all below */
	uint32_t bytes;                 /* that follow; a multiple of 8, at most 1 MiB */
	uint32_t id;                    /* of the ring */
	uint64_t lost;
	uint32_t seq;
	uint32_t reserved;              /* 0 */
};

/* 16 bytes. */
struct sl__trace_record {
	uint64_t when;          /* time << 16 | kind << 8 | why */
	uint64_t who;           /* G << 24 | arg.  A G's number is never another's in the same
	                           trace; 0: none.  The initial G is the first TRACE_CREATED, by
	                           none */
};

static inline uint64_t sl__trace_time(const struct sl__trace_record *r) { return r->when >> 16; }
static inline unsigned sl__trace_kind(const struct sl__trace_record *r) { return r->when >> 8 & 0xff; }
static inline unsigned sl__trace_why(const struct sl__trace_record *r)  { return r->when & 0xff; }
static inline uint64_t sl__trace_g(const struct sl__trace_record *r)    { return r->who >> 24; }
static inline uint32_t sl__trace_arg(const struct sl__trace_record *r)  { return r->who & 0xffffff; }

enum sl__trace_kind {
	/* Of Gs: see above. */
	TRACE_CREATED = 1,      /* arg: its function, a name; why: TRACE_BY_GO, TRACE_BY_FORK */
	TRACE_RUNNABLE,         /* why: enum sl__trace_why */
	TRACE_RUNNING,          /* on the ring's P; arg: the number of the M */
	TRACE_WAITING,          /* arg: what for, a name */
	TRACE_CALL,
	TRACE_STOPPED,
	TRACE_ENDED,

	TRACE_BY,               /* Made the record that follows; G 0: nobody did */

	/* Of Ps and Ms; G is 0 unless it is said. */
	TRACE_P_START = 32,     /* The ring's P was taken by an M; arg: its number */
	TRACE_P_STOP,           /* and given up, for want of work */
	TRACE_P_LOST,           /* P arg was taken from its M, whose G is in a call.  By sysmon */
	TRACE_STEAL,            /* From P arg: G goes on here, and why - 1 more came along (at
	                           most 254).  A forked task, which has no G yet: G 0, and its
	                           TRACE_BY and TRACE_CREATED follow */
	TRACE_ASKED,            /* sysmon asked the G on P arg, which has had its slice, to let others go */
	TRACE_M_START,          /* The ring's M began */
	TRACE_M_PARK,           /* It goes to sleep */
	TRACE_M_WOKEN,          /* It is awake */
	TRACE_M_WAKE,           /* M arg was woken by the ring's */
	TRACE_NETPOLL,          /* Descriptors were looked at, and arg Gs waited for what they saw */
	TRACE_TIMERS,           /* arg Gs waited for a time that had come */
	TRACE_PROCS,            /* There are arg Ps from now on */

	/* Of kernel threads. */
	TRACE_G_IS = 64,        /* G runs on the thread of this number, arg; from now to its end */
	TRACE_ON_CPU,           /* G: the thread's number, not a G's; arg: the CPU */
	TRACE_OFF_CPU,          /* likewise; why: TRACE_BLOCKED, TRACE_PREEMPTED */
	TRACE_KERNEL_LOST,      /* The kernel lost arg (or more) of these */
};

/* Of TRACE_CREATED, */
enum { TRACE_BY_GO, TRACE_BY_FORK };

/* of TRACE_RUNNABLE */
enum sl__trace_why {
	TRACE_READIED,          /* by the G of the ring */
	TRACE_YIELDED,
	TRACE_SLICE_OVER,       /* It was asked to let others go, and did when it called the scheduler */
	TRACE_CALLED_OFF,       /* What it was about to wait for had come */
	TRACE_SLEPT,            /* The time had come: of a sleep, or of what ends in _until */
	TRACE_DESCRIPTOR,       /* It was ready */
	TRACE_CALL_OVER,
	TRACE_WHYS
};

/* and of TRACE_OFF_CPU. */
enum { TRACE_BLOCKED, TRACE_PREEMPTED };

/* A name, in TRACE_NAMES: 8 bytes, and then the text with so many bytes as fill up to a
 * multiple of 8.  Functions: "start", or "?" if it has no symbol.  Reasons: what a
 * deadlock report would say, such as "chan receive". */
struct sl__trace_name {
	uint32_t id;            /* arg of the records; from 1 on, 0 is a name that found no room */
	uint32_t len;           /* without a NUL */
};

/* 24 bytes. */
struct sl__trace_tick {
	uint64_t time;
	int64_t ns;             /* CLOCK_MONOTONIC */
	uint64_t within_ns;     /* how far from each other the two may have been read */
};

/* 32 bytes. */
struct sl__trace_end {
	uint64_t records, lost; /* in the file, and those that are not */
	uint64_t ticks_per_s;   /* by the first and the last struct sl__trace_tick; 0: too short a time */
	uint64_t off_ns;        /* by how much, at most, those between were beside that line */
};

#endif
