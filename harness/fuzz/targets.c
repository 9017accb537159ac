/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/targets.h"

#define DATA "harness/fuzz/testdata/"
#define TOPOLOGIES "harness/topo/testdata/"

const struct target targets[] = {
	{ "rows", "cells.jsonl", fuzz_rows, { DATA "run/cells.jsonl", DATA "few.jsonl" }, 8 },
	{ "meta", "meta.json", fuzz_meta, { DATA "run/meta.json", DATA "meta-nasty.json" }, 8 },
	{ "runs", "runs.json", fuzz_runs, { DATA "runs.json", DATA "runs-begun.json" }, 1 },
	{ "gbench", "Google Benchmark's JSON", fuzz_gbench, { "harness/formats/testdata/gbench.json" }, 4 },
	{ "report", "a cell's benchmark.json", fuzz_report, { DATA "report.json" }, 1 },
	{ "detail", "a cell's detail.json", fuzz_detail, { DATA "detail.json" }, 1 },
	{ "words", "a cell's standard error", fuzz_words, { DATA "words.txt" }, 1 },
	{ "demo", "a demo's output", fuzz_demo, { DATA "demo.txt" }, 8 },
	{ "backends", "backends.tsv", fuzz_backends, { "harness/testdata/cells/backends.tsv" }, 1 },
	{ "workloads", "workloads.json", fuzz_workloads, { "harness/testdata/cells/workloads.json" }, 2 },
	{ "bundle", "a bundle", fuzz_bundle,
	  { DATA "bundle.tar", DATA "bundle.tar.zst", DATA "bundle.tar.gz", DATA "bundle-hostile.tar" }, 8 },
	{ "topology", "topology.xml", fuzz_topology,
	  { TOPOLOGIES "topologies/8intel64-4n2t-memattrs.xml", TOPOLOGIES "topologies/16em64t-4s2c2t-offlines.xml",
	    TOPOLOGIES "topologies/20em64t-hybrid-1p6c2t+2ca4co1t.xml", TOPOLOGIES "hostile/wide-pu.xml",
	    TOPOLOGIES "hostile/missing-pu.xml", TOPOLOGIES "hostile/same-pu.xml", TOPOLOGIES "hostile/numa-root.xml" }, 40 },
	{ "trace", "a trace", fuzz_trace, { DATA "work-stealing.trace", DATA "threads.trace" }, 4 },
	{ 0 },
};
