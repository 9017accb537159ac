/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c: the claims, and the cells that they are judged by.
 *
 * Bounds are far from where a claim would begin to be true: a speed-up of 1.33
 * where 2 is possible, a tenth where a fiftieth is usual.  What is published as
 * a figure has that figure, with what rounding it allows.  Of time with Gs by time
 * without, that is: 10 % less without them is 1 / 0.9.
 */
#include "verdicts/claims.h"

#include <math.h>

const char *const claims_peers[2] = { "go", "work-stealing" };

const struct preset_cell claims_cells[] = {
	{ "sum", "chunks=1", NULL },
	{ "sum", "chunks=8", NULL },
	{ "documents", "docs=96 gs=1", NULL },
	{ "documents", "docs=96 gs=8", NULL },
	{ "documents", "docs=96 gs=96", NULL },
	{ "hashes", "lines=20000", NULL },
	{ "yield", "", NULL },
	{ "parked", "n=1000", NULL },
	{ "parked", "n=1000 stack_kib=8192", NULL },
	{ "blocking", "", NULL },
	{ "mixed", "units=2000 yield=0", NULL },
	{ "mixed", "units=400 yield=1", NULL },
	{ "mixed", "units=2000 yield=1 quota_pct=100", NULL },
	{ "crowd", "crowd=100000 rounds=10000", "threads" },
	{ "race", "sync=0 yield_every=0", NULL },
	{ "race", "sync=0 yield_every=1", NULL },
	{ "race", "sync=1 yield_every=0", NULL },
	{ "sort", "n=8000 bubble=1", NULL },
	{ "sort", "n=8000 bubble=8", NULL },
	{ "sleepers", "n=1 sleeps=1 sleep_us=200000", NULL },
	{ "oversub", "factor=1 units=10000", NULL },
	{ "oversub", "factor=4 units=10000", NULL },
	{ "metg", "tasks=4000 log2_steps=13 fork=0", "threads" },
	{ "metg", "tasks=4000 log2_steps=13 fork=1", "threads" },
	{ "metg", "tasks=256 log2_steps=16 fork=0", NULL },
	{ "metg", "tasks=256 log2_steps=16 fork=1", NULL },
	{ 0 },
};

#define AT(b, w, s, p, ...) { .backend = b, .workload = w, .set = s, .procs = p, __VA_ARGS__ }
#define LOWER(a, b, bound)    { .kind = RATIO, .what = a, .than = b, .high = bound }
#define WITHIN(a, b, from, to) { .kind = RATIO, .what = a, .than = b, .low = from, .high = to }
#define HIGHER(a, b, bound)   { .kind = RATIO, .what = a, .than = b, .low = bound, .high = INFINITY }
#define AT_MOST(a, bound, u)  { .kind = VALUE, .what = a, .high = bound, .unit = u }
#define AT_LEAST(a, bound, u) { .kind = VALUE, .what = a, .low = bound, .high = INFINITY, .unit = u }
#define EXACTLY(a, v)         { .kind = VALUE, .what = a, .low = v, .high = v, .unit = UNIT_NONE }
#define DIFFERS(a)            { .kind = VARIES, .what = a, .unit = UNIT_NONE }
#define ALL_SAME(w, s) { .kind = SAME, .what = AT(NULL, w, s, 0, .counter = "checksum"), .high = 1, .unit = UNIT_NONE }

#define SUM(b, chunks, p)  AT(b, "sum", "chunks=" #chunks, p)
#define DOCS(b, gs, p)     AT(b, "documents", "docs=96 gs=" #gs, p)
#define YIELD(b)           AT(b, "yield", "", 1)
#define TURNS(b, p)        AT(b, "hashes", "lines=20000", p, .counter = "ab_turns", .by = "iterations")
#define EARLY(b, p)        AT(b, "hashes", "lines=20000", p, .counter = "early")
#define LOST(b, sync, every, p) AT(b, "race", "sync=" #sync " yield_every=" #every, p, .counter = "lost")
#define BYTES(b)           AT(b, "parked", "n=1000", 1, .counter = "bytes_per_task")
#define RESERVED(b)        AT(b, "parked", "n=1000", 1, .counter = "reserved_bytes_per_task")
#define BIG(b, what)       AT(b, "parked", "n=1000 stack_kib=8192", 1, .counter = what)
#define LATE(b, what, p)   AT(b, "mixed", "units=2000 yield=0", p, .counter = what)
#define IN_QUOTA(b, what, p) AT(b, "mixed", "units=2000 yield=1 quota_pct=100", p, .counter = what)
#define BESIDE_CROWD(b)    AT(b, "crowd", "crowd=100000 rounds=10000", 1, .counter = "crowded_ns", .by = "alone_ns")
#define BUBBLE(b, chunks)  AT(b, "sort", "n=8000 bubble=" #chunks, 1)
#define IDLE_CPU(b, p)     AT(b, "sleepers", "n=1 sleeps=1 sleep_us=200000", p, .counter = "cpu_time", .by = "real_time")
#define OVER(b, factor, p) AT(b, "oversub", "factor=" #factor " units=10000", p)
#define METG(b, part, fork, p) AT(b, "metg", "tasks=4000 log2_steps=13 fork=" #fork, p, .counter = "metg" #part "_ns")
#define METG_1_1(part, fork, p) AT("pthreads", "metg", "tasks=256 log2_steps=16 fork=" #fork, p, .counter = "metg" #part "_ns")

#define TOLD     NULL, NULL, NULL
#define PART_III "W. Kennedy, Scheduling in Go, part III, 2018"

const struct claim claims[] = {
	{ "parallelism", "Concurrency is not parallelism: work that never waits gains nothing from Gs on one P, "
	  "and does on two.", TOLD,
	  { HIGHER(SUM("single-p", 8, 1), SUM("single-p", 1, 1), 0.85),
	    HIGHER(SUM("work-stealing", 8, 1), SUM("work-stealing", 1, 1), 0.85),
	    LOWER(SUM("work-stealing", 8, 2), SUM("work-stealing", 1, 2), 0.75),
	    HIGHER(SUM("go", 8, 1), SUM("go", 1, 1), 0.85),
	    LOWER(SUM("go", 8, 2), SUM("go", 1, 2), 0.75) } },
	{ "waiting-gains", "Work that waits gains from Gs on one P already.", TOLD,
	  { LOWER(DOCS("single-p", 96, 1), DOCS("single-p", 1, 1), 0.2),
	    LOWER(DOCS("work-stealing", 96, 1), DOCS("work-stealing", 1, 1), 0.2),
	    LOWER(DOCS("pthreads", 96, 1), DOCS("pthreads", 1, 1), 0.2),
	    LOWER(DOCS("go", 96, 1), DOCS("go", 1, 1), 0.2) } },
	{ "no-more-on-many", "Work that waits gains little more on many Ps.", TOLD,
	  { WITHIN(DOCS("work-stealing", 96, 2), DOCS("work-stealing", 96, 1), 0.7, 1.4),
	    WITHIN(DOCS("go", 96, 2), DOCS("go", 96, 1), 0.7, 1.4) } },
	{ "switch", "A switch between Gs costs a fraction of one between threads.", TOLD,
	  { LOWER(YIELD("single-p"), YIELD("pthreads"), 0.25),
	    LOWER(YIELD("work-stealing"), YIELD("pthreads"), 0.25),
	    LOWER(YIELD("go"), YIELD("pthreads"), 0.5) } },
	{ "memory", "A waiting G takes less memory than a thread.", TOLD,
	  { LOWER(BYTES("single-p"), BYTES("pthreads"), 0.75),
	    LOWER(BYTES("work-stealing"), BYTES("pthreads"), 0.75),
	    LOWER(BYTES("go"), BYTES("pthreads"), 0.75) } },
	{ "reserved", "The megabytes of a thread are reserved, not used: it, too, uses some kB.  With stacks of 8 MiB, "
	  "which is what a thread usually has, and with those that the back ends choose.", TOLD,
	  { AT_LEAST(BIG("pthreads", "reserved_bytes_per_task"), 8e6, UNIT_BYTES),
	    AT_MOST(BIG("pthreads", "bytes_per_task"), 65536, UNIT_BYTES),
	    AT_MOST(RESERVED("single-p"), 0.5e6, UNIT_BYTES),
	    AT_MOST(RESERVED("work-stealing"), 0.5e6, UNIT_BYTES),
	    AT_MOST(RESERVED("go"), 0.5e6, UNIT_BYTES),
	    AT_MOST(RESERVED("pthreads"), 0.5e6, UNIT_BYTES),
	    AT_MOST(BYTES("single-p"), 65536, UNIT_BYTES),
	    AT_MOST(BYTES("work-stealing"), 65536, UNIT_BYTES),
	    AT_MOST(BYTES("go"), 65536, UNIT_BYTES),
	    AT_MOST(BYTES("pthreads"), 65536, UNIT_BYTES) } },
	{ "crowd", "Waiting Gs are no concern of the scheduler: 100,000 of them slow down no ping-pong.", TOLD,
	  { AT_MOST(BESIDE_CROWD("single-p"), 1.1, UNIT_NONE),
	    AT_MOST(BESIDE_CROWD("work-stealing"), 1.1, UNIT_NONE),
	    AT_MOST(BESIDE_CROWD("go"), 1.1, UNIT_NONE) } },
	{ "blocking", "A blocking call stops every G (N:1), or its M alone (M:N), or its thread (1:1): eight Gs "
	  "that block for 1 ms each.", TOLD,
	  { AT_LEAST(AT("single-p", "blocking", "", 1), 0.95e6, UNIT_NS),
	    AT_MOST(AT("work-stealing", "blocking", "", 1), 0.5e6, UNIT_NS),
	    AT_MOST(AT("go", "blocking", "", 1), 0.5e6, UNIT_NS),
	    AT_MOST(AT("pthreads", "blocking", "", 1), 0.5e6, UNIT_NS) } },
	{ "preemption", "Preemption bounds how late a G runs beside one that never lets go; cooperation does not.", TOLD,
	  { AT_MOST(LATE("work-stealing", "p90_ns", 1), 30e6, UNIT_NS),
	    AT_MOST(LATE("go", "p90_ns", 1), 45e6, UNIT_NS),
	    AT_MOST(LATE("pthreads", "p90_ns", 1), 30e6, UNIT_NS),
	    AT_LEAST(LATE("single-p", "p50_ns", 1), 60e6, UNIT_NS) } },
	{ "cooperation", "Gs that yield often enough need no preemption.", TOLD,
	  { AT_MOST(AT("single-p", "mixed", "units=400 yield=1", 1, .counter = "p90_ns"), 1e6, UNIT_NS),
	    AT_MOST(AT("work-stealing", "mixed", "units=400 yield=1", 1, .counter = "p90_ns"), 1e6, UNIT_NS) } },
	{ "interleaving", "Two Ps interleave finer than one.", TOLD,
	  { HIGHER(TURNS("work-stealing", 2), TURNS("work-stealing", 1), 2),
	    HIGHER(TURNS("go", 2), TURNS("go", 1), 2),
	    HIGHER(TURNS("pthreads", 2), TURNS("pthreads", 1), 2) } },
	{ "unpredictable", "Nobody can predict how often two Gs switch: it differs from run to run.", TOLD,
	  { DIFFERS(TURNS("work-stealing", 2)), DIFFERS(TURNS("go", 2)), DIFFERS(TURNS("pthreads", 2)) } },
	{ "wait-group", "A WaitGroup orders the end and nothing else: what comes before it comes in an order that "
	  "depends on model and run, and the end comes after all of it.", TOLD,
	  { EXACTLY(TURNS("single-p", 1), 1),
	    DIFFERS(TURNS("work-stealing", 2)), DIFFERS(TURNS("go", 2)), DIFFERS(TURNS("pthreads", 2)),
	    EXACTLY(EARLY("single-p", 1), 0),
	    EXACTLY(EARLY("work-stealing", 2), 0), EXACTLY(EARLY("go", 2), 0), EXACTLY(EARLY("pthreads", 2), 0) } },
	{ "same-result", "Concurrency is undefined order with the same result: the order differs from run to run, "
	  "the checksum is one for all repetitions, back ends and Ps.", TOLD,
	  { DIFFERS(TURNS("work-stealing", 2)), DIFFERS(TURNS("go", 2)), DIFFERS(TURNS("pthreads", 2)),
	    ALL_SAME("hashes", "lines=20000"), ALL_SAME("sum", "chunks=8"),
	    ALL_SAME("documents", "docs=96 gs=96"), ALL_SAME("race", "sync=1 yield_every=0") } },
	{ "lost-updates", "Unsynchronised writes lose updates with parallelism, or a switch between read and "
	  "write; taking turns loses none.", TOLD,
	  { AT_LEAST(LOST("work-stealing", 0, 0, 2), 1, UNIT_NONE),
	    AT_LEAST(LOST("go", 0, 0, 2), 1, UNIT_NONE),
	    AT_LEAST(LOST("single-p", 0, 1, 1), 1, UNIT_NONE),
	    AT_MOST(LOST("single-p", 0, 0, 1), 0, UNIT_NONE),
	    AT_MOST(LOST("work-stealing", 1, 0, 2), 0, UNIT_NONE) } },
	{ "idle", "A scheduler with nothing to do costs nothing.", TOLD,
	  { AT_MOST(IDLE_CPU("single-p", 1), 0.01, UNIT_NONE),
	    AT_MOST(IDLE_CPU("work-stealing", 2), 0.01, UNIT_NONE),
	    AT_MOST(IDLE_CPU("go", 2), 0.01, UNIT_NONE) } },
	{ "granularity", "Half of the best rate takes tasks of 2 us at most where a G is started for each, nine "
	  "tenths some 10 us; with a thread for each it takes several times that.", TOLD,
	  { AT_MOST(METG("single-p", 50, 0, 1), 2e3, UNIT_NS), AT_MOST(METG("work-stealing", 50, 0, 1), 2e3, UNIT_NS),
	    AT_MOST(METG("go", 50, 0, 1), 2e3, UNIT_NS), AT_LEAST(METG_1_1(50, 0, 1), 5e3, UNIT_NS),
	    AT_MOST(METG("work-stealing", 50, 0, 2), 2e3, UNIT_NS), AT_MOST(METG("go", 50, 0, 2), 2e3, UNIT_NS),
	    AT_LEAST(METG_1_1(50, 0, 2), 5e3, UNIT_NS),
	    AT_MOST(METG("single-p", 90, 0, 1), 1e4, UNIT_NS), AT_MOST(METG("work-stealing", 90, 0, 1), 1e4, UNIT_NS),
	    AT_MOST(METG("go", 90, 0, 1), 1e4, UNIT_NS), AT_LEAST(METG_1_1(90, 0, 1), 2e4, UNIT_NS),
	    AT_MOST(METG("work-stealing", 90, 0, 2), 1e4, UNIT_NS), AT_MOST(METG("go", 90, 0, 2), 1e4, UNIT_NS),
	    AT_LEAST(METG_1_1(90, 0, 2), 2e4, UNIT_NS) } },
	{ "fork-join", "Forked and joined, a task may be a tenth of that where nobody starts a G for it until it is "
	  "stolen.", TOLD,
	  { AT_MOST(METG("single-p", 50, 1, 1), 200, UNIT_NS), AT_MOST(METG("work-stealing", 50, 1, 1), 200, UNIT_NS),
	    AT_LEAST(METG("go", 50, 1, 1), 100, UNIT_NS), AT_LEAST(METG_1_1(50, 1, 1), 5e3, UNIT_NS),
	    AT_MOST(METG("work-stealing", 50, 1, 2), 200, UNIT_NS), AT_LEAST(METG("go", 50, 1, 2), 200, UNIT_NS),
	    AT_LEAST(METG_1_1(50, 1, 2), 5e3, UNIT_NS),
	    AT_MOST(METG("single-p", 90, 1, 1), 1e3, UNIT_NS), AT_MOST(METG("work-stealing", 90, 1, 1), 1e3, UNIT_NS),
	    AT_LEAST(METG("go", 90, 1, 1), 500, UNIT_NS), AT_LEAST(METG_1_1(90, 1, 1), 2e4, UNIT_NS),
	    AT_MOST(METG("work-stealing", 90, 1, 2), 1e3, UNIT_NS), AT_LEAST(METG("go", 90, 1, 2), 1e3, UNIT_NS),
	    AT_LEAST(METG_1_1(90, 1, 2), 2e4, UNIT_NS) } },
	{ "quota", "P above a container's CPU quota runs worse than P = quota: the quota is used up early, the whole "
	  "program stands still for the rest of each period, and gains no time.  A quota of one processor.", TOLD,
	  { HIGHER(IN_QUOTA("work-stealing", "p99_ns", 2), IN_QUOTA("work-stealing", "p99_ns", 1), 10),
	    HIGHER(IN_QUOTA("go", "p99_ns", 2), IN_QUOTA("go", "p99_ns", 1), 10),
	    HIGHER(IN_QUOTA("pthreads", "p99_ns", 2), IN_QUOTA("pthreads", "p99_ns", 1), 10),
	    HIGHER(IN_QUOTA("work-stealing", NULL, 2), IN_QUOTA("work-stealing", NULL, 1), 0.8),
	    HIGHER(IN_QUOTA("go", NULL, 2), IN_QUOTA("go", NULL, 1), 0.8),
	    HIGHER(IN_QUOTA("pthreads", NULL, 2), IN_QUOTA("pthreads", NULL, 1), 0.8) } },
	{ "oversubscribed", "More Ps than processors gain nothing.", TOLD,
	  { HIGHER(OVER("work-stealing", 4, 2), OVER("work-stealing", 1, 2), 0.85),
	    HIGHER(OVER("go", 4, 2), OVER("go", 1, 2), 0.85) } },

	{ "adding-one-core", "Without Gs, adding 10 M numbers on one core takes 10 to 13 % less.",
	  PART_III, "adding, one core", "+11 to +15 %",
	  { WITHIN(SUM("go", 8, 1), SUM("go", 1, 1), 1.10, 1.16),
	    WITHIN(SUM("work-stealing", 8, 1), SUM("work-stealing", 1, 1), 1.10, 1.16) } },
	{ "adding-cores", "Adding 10 M numbers on several cores takes at least 41 % less with Gs.",
	  PART_III ", of eight hardware threads", "adding, all cores", "-43 to -41 %",
	  { LOWER(SUM("go", 8, 2), SUM("go", 1, 2), 0.60),
	    LOWER(SUM("work-stealing", 8, 2), SUM("work-stealing", 1, 2), 0.60) } },
	{ "reading", "Reading documents with eight Gs on one core takes 87 to 88 % less.",
	  PART_III, "reading, one core", "-88 to -87 %",
	  { WITHIN(DOCS("go", 8, 1), DOCS("go", 1, 1), 0.115, 0.135),
	    WITHIN(DOCS("work-stealing", 8, 1), DOCS("work-stealing", 1, 1), 0.115, 0.135) } },
	{ "reading-cores", "Reading documents with eight Gs takes 87 to 88 % less on many cores, too: no better than on one.",
	  PART_III ", on eight hardware threads", "reading, all cores", "-88 to -87 %",
	  { WITHIN(DOCS("go", 8, 2), DOCS("go", 1, 2), 0.115, 0.135),
	    WITHIN(DOCS("work-stealing", 8, 2), DOCS("work-stealing", 1, 2), 0.115, 0.135) } },
	{ "bubble-sort", "Bubble sort gains nothing from Gs on one core.",
	  PART_III, "bubble sort, one core", "no gain",
	  { HIGHER(BUBBLE("go", 8), BUBBLE("go", 1), 0.9),
	    HIGHER(BUBBLE("work-stealing", 8), BUBBLE("work-stealing", 1), 0.9) } },
	{ "thread-switch", "A switch between threads takes 1 to 1.5 us, one between goroutines 0.2 us.",
	  "W. Kennedy, Scheduling in Go, part II, 2018", NULL, NULL,
	  { { .kind = VALUE, .what = YIELD("pthreads"), .low = 1000, .high = 1500, .unit = UNIT_NS },
	    { .kind = VALUE, .what = YIELD("go"), .low = 150, .high = 250, .unit = UNIT_NS } } },
	{ 0 },
};
