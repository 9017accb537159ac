/* SPDX-License-Identifier: Apache-2.0
 *
 * questions.c: the questions, in the order in which they are answered: what a model
 * costs, then what it buys.
 *
 * Parameters are those that the presets have; where a run has other sizes it is asked of
 * these.  Sizes that leave one G alone with the work are no answer to what more
 * processors or more tasks buy.
 */
#include "verdicts/questions.h"

#include <stddef.h>

const struct question questions[] = {
	{ .id = "switch", .text = "Which model is cheapest to switch?", .kind = ASKS_LEAST,
	  .of = { { .workload = "yield" }, { .workload = "pingpong" } },
	  .lead = "Switching from one task to another is cheapest on", .than = "than between threads",
	  .times = "as long", .measure = "-w yield" },
	{ .id = "start", .text = "Which model is cheapest to start?", .kind = ASKS_LEAST,
	  .of = { { "spawn", "n", { NULL } } },
	  .lead = "Starting a task is cheapest on", .than = "than as a thread",
	  .times = "as long", .measure = "-w spawn" },
	{ .id = "memory", .text = "Which model is cheapest to hold in memory?", .kind = ASKS_LEAST,
	  .of = { { "parked", "n", { NULL } } }, .counter = "bytes_per_task", .unit = UNIT_BYTES,
	  .lead = "A task that waits takes least memory on", .than = "than as a thread",
	  .times = "as much", .measure = "-w parked" },
	{ .id = "second-processor-cpu-bound", .text = "What does a second processor buy for CPU-bound work?",
	  .kind = ASKS_SECOND_P,
	  .of = { { "sum", "chunks", { "chunks=1", "serial=1" } }, { "sort", "n", { "bubble=1", "serial=1" } },
	          { "nqueens", "n", { "serial=1" } }, { "matmul", "log2_n", { "serial=1" } },
	          { "fib", "n", { "serial=1" } } },
	  .lead = "A second processor makes CPU-bound work", .takes = "parallel",
	  .without = "cannot use it", .measure = "-w sum -p 1,2" },
	{ .id = "second-processor-io-bound", .text = "What does a second processor buy for I/O-bound work?",
	  .kind = ASKS_SECOND_P,
	  .of = { { "documents", "gs", { "gs=1" } } },
	  .lead = "A second processor makes I/O-bound work", .takes = "parallel",
	  .without = "cannot use it", .measure = "-w documents -p 1,2" },
	{ .id = "tasks-io-bound", .text = "What do more tasks buy for I/O-bound work on one processor?",
	  .kind = ASKS_MORE_TASKS,
	  .of = { { "documents", "gs", { NULL } } },
	  .lead = "On one processor", .measure = "-w documents --set gs=1,100 -p 1" },
	{ .id = "blocking", .text = "Whom does a blocking call stop?", .kind = ASKS_WHO_STOPS,
	  .of = { { "blocking", "gs", { "gs=1" } } },
	  .lead = "A blocking call stops", .measure = "-w blocking" },
	{ .id = "preemption", .text = "How long does one wait for its turn behind a task that never lets go?",
	  .kind = ASKS_LEAST,
	  .of = { { .workload = "hog" } }, .counter = "p99_ns",
	  .lead = "Behind tasks that never let go, the wait for one's turn (99 % of all) is shortest on",
	  .than = "than among threads", .times = "as long", .takes = "preemptive", .without = "it lasts until they end",
	  .measure = "-w hog" },
	{ 0 },
};
