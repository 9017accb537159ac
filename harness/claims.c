/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c: the claims, and the cells that they are judged by.
 *
 * Bounds are far from where a claim would begin to be true: a speed-up of 1.33
 * where 2 is possible, a tenth where a fiftieth is usual.  What is published as
 * a figure has that figure, with what rounding it allows.
 */
#include "claims.h"

#include <math.h>

const struct preset_cell claims_cells[] = {
	{ "sum", "chunks=1", NULL },
	{ "sum", "chunks=8", NULL },
	{ "documents", "docs=100 gs=1", NULL },
	{ "documents", "docs=100 gs=100", NULL },
	{ "hashes", "lines=20000", NULL },
	{ "yield", "", NULL },
	{ "parked", "n=1000", NULL },
	{ "blocking", "", NULL },
	{ "mixed", "units=2000 yield=0", NULL },
	{ "mixed", "units=400 yield=1", NULL },
	{ "crowd", "crowd=100000 rounds=10000", "threads" },
	{ "race", "sync=0 yield_every=0", NULL },
	{ "race", "sync=0 yield_every=1", NULL },
	{ "race", "sync=1 yield_every=0", NULL },
	{ "sort", "n=8000 bubble=1", NULL },
	{ "sort", "n=8000 bubble=8", NULL },
	{ "sleepers", "n=1 sleeps=1 sleep_us=200000", NULL },
	{ "oversub", "factor=1 units=10000", NULL },
	{ "oversub", "factor=4 units=10000", NULL },
	{ 0 },
};

#define AT(b, w, s, p, ...) { .backend = b, .workload = w, .set = s, .procs = p, __VA_ARGS__ }
#define LOWER(a, b, bound)    { .kind = RATIO, .what = a, .than = b, .high = bound }
#define WITHIN(a, b, from, to) { .kind = RATIO, .what = a, .than = b, .low = from, .high = to }
#define HIGHER(a, b, bound)   { .kind = RATIO, .what = a, .than = b, .low = bound, .high = INFINITY }
#define AT_MOST(a, bound, u)  { .kind = VALUE, .what = a, .high = bound, .unit = u }
#define AT_LEAST(a, bound, u) { .kind = VALUE, .what = a, .low = bound, .high = INFINITY, .unit = u }
#define DIFFERS(a)            { .kind = VARIES, .what = a, .unit = UNIT_NONE }

#define SUM(b, chunks, p)  AT(b, "sum", "chunks=" #chunks, p)
#define DOCS(b, gs, p)     AT(b, "documents", "docs=100 gs=" #gs, p)
#define YIELD(b)           AT(b, "yield", "", 1)
#define TURNS(b, p)        AT(b, "hashes", "lines=20000", p, .counter = "ab_turns", .by = "iterations")
#define LOST(b, sync, every, p) AT(b, "race", "sync=" #sync " yield_every=" #every, p, .counter = "lost")
#define BYTES(b)           AT(b, "parked", "n=1000", 1, .counter = "bytes_per_task")
#define LATE(b, what, p)   AT(b, "mixed", "units=2000 yield=0", p, .counter = what)
#define BESIDE_CROWD(b)    AT(b, "crowd", "crowd=100000 rounds=10000", 1, .counter = "crowded_ns", .by = "alone_ns")
#define BUBBLE(b, chunks)  AT(b, "sort", "n=8000 bubble=" #chunks, 1)
#define IDLE_CPU(b, p)     AT(b, "sleepers", "n=1 sleeps=1 sleep_us=200000", p, .counter = "cpu_time", .by = "real_time")
#define OVER(b, factor, p) AT(b, "oversub", "factor=" #factor " units=10000", p)

const struct claim claims[] = {
	{ "parallelism", "Concurrency is not parallelism: work that never waits gains nothing from Gs on one P, "
	  "and does on two.", NULL,
	  { HIGHER(SUM("single-p", 8, 1), SUM("single-p", 1, 1), 0.85),
	    HIGHER(SUM("work-stealing", 8, 1), SUM("work-stealing", 1, 1), 0.85),
	    LOWER(SUM("work-stealing", 8, 2), SUM("work-stealing", 1, 2), 0.75),
	    HIGHER(SUM("go", 8, 1), SUM("go", 1, 1), 0.85),
	    LOWER(SUM("go", 8, 2), SUM("go", 1, 2), 0.75) } },
	{ "waiting-gains", "Work that waits gains from Gs on one P already.", NULL,
	  { LOWER(DOCS("single-p", 100, 1), DOCS("single-p", 1, 1), 0.2),
	    LOWER(DOCS("work-stealing", 100, 1), DOCS("work-stealing", 1, 1), 0.2),
	    LOWER(DOCS("pthreads", 100, 1), DOCS("pthreads", 1, 1), 0.2),
	    LOWER(DOCS("go", 100, 1), DOCS("go", 1, 1), 0.2) } },
	{ "no-more-on-many", "Work that waits gains little more on many Ps.", NULL,
	  { WITHIN(DOCS("work-stealing", 100, 2), DOCS("work-stealing", 100, 1), 0.7, 1.4),
	    WITHIN(DOCS("go", 100, 2), DOCS("go", 100, 1), 0.7, 1.4) } },
	{ "switch", "A switch between Gs costs a fraction of one between threads.", NULL,
	  { LOWER(YIELD("single-p"), YIELD("pthreads"), 0.25),
	    LOWER(YIELD("work-stealing"), YIELD("pthreads"), 0.25),
	    LOWER(YIELD("go"), YIELD("pthreads"), 0.5) } },
	{ "memory", "A waiting G takes less memory than a thread, which is some kB used, not the MB reserved.", NULL,
	  { LOWER(BYTES("single-p"), BYTES("pthreads"), 0.75),
	    LOWER(BYTES("work-stealing"), BYTES("pthreads"), 0.75),
	    LOWER(BYTES("go"), BYTES("pthreads"), 0.75),
	    AT_MOST(BYTES("pthreads"), 65536, UNIT_BYTES) } },
	{ "crowd", "Waiting Gs are no concern of the scheduler: 100,000 of them slow down no ping-pong.", NULL,
	  { AT_MOST(BESIDE_CROWD("single-p"), 1.1, UNIT_NONE),
	    AT_MOST(BESIDE_CROWD("work-stealing"), 1.1, UNIT_NONE),
	    AT_MOST(BESIDE_CROWD("go"), 1.1, UNIT_NONE) } },
	{ "blocking", "A blocking call stops every G (N:1), or its M alone (M:N), or its thread (1:1): eight Gs "
	  "that block for 1 ms each.", NULL,
	  { AT_LEAST(AT("single-p", "blocking", "", 1), 0.95e6, UNIT_NS),
	    AT_MOST(AT("work-stealing", "blocking", "", 1), 0.5e6, UNIT_NS),
	    AT_MOST(AT("go", "blocking", "", 1), 0.5e6, UNIT_NS),
	    AT_MOST(AT("pthreads", "blocking", "", 1), 0.5e6, UNIT_NS) } },
	{ "preemption", "Preemption bounds how late a G runs beside one that never lets go; cooperation does not.", NULL,
	  { AT_MOST(LATE("work-stealing", "p90_ns", 1), 30e6, UNIT_NS),
	    AT_MOST(LATE("go", "p90_ns", 1), 45e6, UNIT_NS),
	    AT_MOST(LATE("pthreads", "p90_ns", 1), 30e6, UNIT_NS),
	    AT_LEAST(LATE("single-p", "p50_ns", 1), 60e6, UNIT_NS) } },
	{ "cooperation", "Gs that yield often enough need no preemption.", NULL,
	  { AT_MOST(AT("single-p", "mixed", "units=400 yield=1", 1, .counter = "p90_ns"), 1e6, UNIT_NS),
	    AT_MOST(AT("work-stealing", "mixed", "units=400 yield=1", 1, .counter = "p90_ns"), 1e6, UNIT_NS) } },
	{ "interleaving", "Two Ps interleave finer than one.", NULL,
	  { HIGHER(TURNS("work-stealing", 2), TURNS("work-stealing", 1), 2),
	    HIGHER(TURNS("go", 2), TURNS("go", 1), 2),
	    HIGHER(TURNS("pthreads", 2), TURNS("pthreads", 1), 2) } },
	{ "unpredictable", "Nobody can predict how often two Gs switch: it differs from run to run.", NULL,
	  { DIFFERS(TURNS("work-stealing", 2)), DIFFERS(TURNS("go", 2)), DIFFERS(TURNS("pthreads", 2)) } },
	{ "lost-updates", "Unsynchronised writes lose updates with parallelism, or a switch between read and "
	  "write; taking turns loses none.", NULL,
	  { AT_LEAST(LOST("work-stealing", 0, 0, 2), 1, UNIT_NONE),
	    AT_LEAST(LOST("go", 0, 0, 2), 1, UNIT_NONE),
	    AT_LEAST(LOST("single-p", 0, 1, 1), 1, UNIT_NONE),
	    AT_MOST(LOST("single-p", 0, 0, 1), 0, UNIT_NONE),
	    AT_MOST(LOST("work-stealing", 1, 0, 2), 0, UNIT_NONE) } },
	{ "idle", "A scheduler with nothing to do costs nothing.", NULL,
	  { AT_MOST(IDLE_CPU("single-p", 1), 0.01, UNIT_NONE),
	    AT_MOST(IDLE_CPU("work-stealing", 2), 0.01, UNIT_NONE),
	    AT_MOST(IDLE_CPU("go", 2), 0.01, UNIT_NONE) } },
	{ "oversubscribed", "More Ps than processors gain nothing.", NULL,
	  { HIGHER(OVER("work-stealing", 4, 2), OVER("work-stealing", 1, 2), 0.85),
	    HIGHER(OVER("go", 4, 2), OVER("go", 1, 2), 0.85) } },

	{ "adding-one-core", "Adding 10 M numbers on one core, Gs take 10 to 13 % longer.",
	  "W. Kennedy, Scheduling in Go, part III, 2018",
	  { WITHIN(SUM("go", 8, 1), SUM("go", 1, 1), 1.08, 1.15),
	    WITHIN(SUM("work-stealing", 8, 1), SUM("work-stealing", 1, 1), 1.08, 1.15) } },
	{ "adding-cores", "Adding 10 M numbers on several cores, Gs take at least 41 % less.",
	  "W. Kennedy, Scheduling in Go, part III, 2018, of eight hardware threads",
	  { LOWER(SUM("go", 8, 2), SUM("go", 1, 2), 0.60),
	    LOWER(SUM("work-stealing", 8, 2), SUM("work-stealing", 1, 2), 0.60) } },
	{ "reading", "Reading documents with Gs on one core takes 87 to 88 % less.",
	  "W. Kennedy, Scheduling in Go, part III, 2018, with eight goroutines",
	  { LOWER(DOCS("go", 100, 1), DOCS("go", 1, 1), 0.13),
	    LOWER(DOCS("work-stealing", 100, 1), DOCS("work-stealing", 1, 1), 0.13) } },
	{ "bubble-sort", "Bubble sort gains nothing from Gs on one core.",
	  "W. Kennedy, Scheduling in Go, part III, 2018",
	  { HIGHER(BUBBLE("go", 8), BUBBLE("go", 1), 0.9),
	    HIGHER(BUBBLE("work-stealing", 8), BUBBLE("work-stealing", 1), 0.9) } },
	{ "thread-switch", "A switch between threads takes 1 to 1.5 us, one between goroutines 0.2 us.",
	  "W. Kennedy, Scheduling in Go, part II, 2018",
	  { { .kind = VALUE, .what = YIELD("pthreads"), .low = 1000, .high = 1500, .unit = UNIT_NS },
	    { .kind = VALUE, .what = YIELD("go"), .low = 150, .high = 250, .unit = UNIT_NS } } },
	{ 0 },
};
