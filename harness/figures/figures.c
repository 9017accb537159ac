/* SPDX-License-Identifier: Apache-2.0 */
#include "figures/figures.h"

#include <string.h>

const struct figure_kind figure_kinds[] = {
	{ .name = "heat", .points = points_heat,
	  .title = "Time of an operation, by that of the first back end",
	  .reading = "A row is a workload; 1/12 is a twelfth of the time that the first back end takes for the same work at "
	             "the same P, 12 twelve times as much. Blue is faster, orange slower; what cannot be told apart is white.",
	  .alt = "A table: the ratio of each back end's time to the first one's, for each workload at each P.",
	  .without = "The run has one back end, or none with a time: nothing to hold it against." },
	{ .name = "time", .points = points_time,
	  .title = "Time per operation",
	  .reading = "A row is a workload, a mark a back end; further left is faster. The scale is logarithmic.",
	  .alt = "Marks on a logarithmic scale: the time of an operation of each workload on each back end, a panel for each P, "
	         "with intervals.",
	  .without = "No row of the run has a time." },
	{ .name = "speedup", .points = points_speedup,
	  .title = "Speed-up over P",
	  .reading = "How many times faster than at the fewest Ps. On the dashed line each P is worth as much as the first.",
	  .alt = "A panel for each workload: speed-up against the number of Ps, a line for each back end, with the ideal.",
	  .without = "The run has one P, or no time at more: nothing to speed up." },
	{ .name = "efficiency", .points = points_efficiency,
	  .title = "Efficiency over P",
	  .reading = "Speed-up by how many times the Ps are more: at 100 % each P is worth as much as the first.",
	  .alt = "A panel for each workload: efficiency against the number of Ps, a line for each back end; ideal is 100 %.",
	  .without = "The run has one P, or no time at more: nobody to share the work." },
	{ .name = "cpu", .points = points_cpu,
	  .title = "CPU time by wall-clock time",
	  .reading = "How many PUs were at work on the average: 1 is one of them all the time, less is waiting, more is in "
	             "parallel.",
	  .alt = "Marks on a scale from 0 to P: CPU time by wall-clock time of each workload on each back end, a panel for each P.",
	  .without = "No row of the run has CPU time." },
	{ .name = "switches", .points = points_switches,
	  .title = "Context switches in 1000 operations",
	  .reading = "Those of the kernel at each P, then those of the back end's own scheduler, where it counts them; darker is "
	             "more.",
	  .alt = "A table: context switches in 1000 operations of each workload on each back end at each P.",
	  .without = "No row of the run counts context switches." },
	{ .name = "latency", .points = points_latency, .across = "percent",
	  .title = "Latency percentiles",
	  .reading = "So many percent are no later. Towards the right each step is a tenth of what was left, so that the tail is "
	             "as wide as the middle.",
	  .alt = "A panel for each workload that keeps latencies, and each P: latency against percentile, a line for each back "
	         "end, both scales logarithmic.",
	  .without = "No workload of the run keeps latencies: echo, hog, mixed and wakeup do." },
	{ .name = "tasks", .points = points_tasks, .across = "tasks",
	  .title = "What a task costs, by how many there are",
	  .reading = "Time to start, park and wake one of so many that wait at the same time, and its memory.",
	  .alt = "Time and memory of a task against the number of tasks, a line for each back end, all scales logarithmic.",
	  .without = "The run does not have parked with three numbers of tasks: --set n=100,1000,10000." },
	{ .name = "metg", .points = points_metg, .across = "ns",
	  .title = "How small may a task be?",
	  .reading = "Part of the best rate, by how long a task works by itself. Where it is a half, the hollow mark below, is "
	             "the minimum effective task granularity.",
	  .alt = "Efficiency against the size of tasks, a line for each back end, a panel for each P; the size at which it is "
	         "a half is marked.",
	  .without = "The run does not have metg, which counts it." },
	{ .name = "pins", .points = points_pins,
	  .title = "Time of an operation by pinning policy",
	  .reading = "By its time under the run's first policy: 0.80 is a fifth less. What cannot be told apart is white.",
	  .alt = "A table: the ratio of the time under each pinning policy to that under the first, for each workload and back "
	         "end at each P.",
	  .without = "The run has one pinning policy: --pin none,cores,compact." },
	{ .name = "noise", .points = points_noise,
	  .title = "Noise over the run, by repetition",
	  .reading = "Fixed work without a scheduler; all cells, each by its own median; and how many rows others disturbed.",
	  .alt = "Three panels against the repetition: calibrations, cells, and rows that others disturbed, a line for each P.",
	  .without = "The run has fewer than three repetitions." },
	{ 0 },
};

const struct figure_kind *figure_find(const char *name)
{
	for (const struct figure_kind *k = figure_kinds; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}
