/* SPDX-License-Identifier: Apache-2.0
 *
 * results_cell.h: the JSON of a cell program.
 *
 * --info describes the program:
 *
 *     backend         "single-p"
 *     model           "N:1"
 *     capabilities    ["preemptive", ...]: parallel, preemptive, blocking, threads
 *     workloads       in the order of list.h, each
 *         name, summary, question, metric        strings; metric is one operation
 *         kind            ["concurrency", "cpu-bound", ...]
 *         needs           capabilities without which it does not apply
 *         params          [{name, value (the default), min, max, help}]
 *
 * --detail=FILE describes one measurement:
 *
 *     backend, workload
 *     params          {name: value}, all of the workload's, whether given or not
 *     seed
 *     procs           P, and
 *     procs_source        where it came from, in words
 *     affinity        [PU, ...] that the process may use
 *     bound           for each P the PU it was read back to be bound to; -1: none
 *     iterations      timed ones, the warm-up not counted
 *     executed        units of work done in these and the warm-up
 *     checksum        "0x...": of one iteration, the same on every back end for
 *                     the same parameters and seed
 *     counters        {name: value}: what the timed loop added to the process's
 *                     context switches (nvcsw, nivcsw), the workload's own and
 *                     the back end's own counters; ops, of one iteration;
 *                     peak_rss_bytes
 *     iteration_ns    wall-clock times of up to 1,000 iterations, evenly spread;
 *                     empty where an iteration is too short to be clocked
 */
#ifndef RESULTS_CELL_H
#define RESULTS_CELL_H

#include "cell_args.h"
#include "cell_run.h"

struct cell_program {
	const char *backend, *model;
	const char *caps;               /* words, separated by spaces */
};

/* The text, the caller's to free; NULL: out of memory. */
char *results_info_text(const struct cell_program *);
char *results_detail_text(const struct cell_program *, const struct cell_args *,
                          const struct cell_result *, const int *affinity, int naffinity);

#endif
