/* SPDX-License-Identifier: Apache-2.0 */
#include "cell/gbench.h"

#include <benchmark/benchmark.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <sstream>

struct gb_loop {
	benchmark::State *state;
};

bool gb_keep_running(struct gb_loop *loop)
{
	return loop->state->KeepRunning();
}

void gb_pause(struct gb_loop *loop)
{
	loop->state->PauseTiming();
}

void gb_resume(struct gb_loop *loop)
{
	loop->state->ResumeTiming();
}

int64_t gb_iterations(const struct gb_loop *loop)
{
	return loop->state->max_iterations;
}

void gb_counter(struct gb_loop *loop, const char *name, double value)
{
	loop->state->counters[name] = value;
}

void gb_ns_per_op(struct gb_loop *loop, double ops)
{
	/* Inverted, a rate is seconds by unit: give it units of 1e9 ops.  So the
	 * library divides its own time, and ns_per_op can't differ from it. */
	loop->state->counters["ns_per_op"] = benchmark::Counter(
	        ops * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

int gb_run(const char *name, double min_time_s, int64_t iterations,
           int (*body)(struct gb_loop *, void *), void *arg, char **json)
{
	/* In memory: what is written to a file, and when, is for the caller to say. */
	std::ostringstream report;
	benchmark::JSONReporter reporter;
	int rc = 0;

	reporter.SetOutputStream(&report);
	reporter.SetErrorStream(&std::cerr);
	auto *bench = benchmark::RegisterBenchmark(name, [&](benchmark::State &state) {
		struct gb_loop loop = { &state };

		rc = body(&loop, arg);
		if (rc)
			state.SkipWithError("the cell gave up");
	})->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kNanosecond);
	if (iterations > 0)
		bench->Iterations(iterations);
	else
		bench->MinTime(min_time_s);
	benchmark::RunSpecifiedBenchmarks(&reporter, ".");
	if (rc)
		return rc;
	*json = report ? strdup(report.str().c_str()) : nullptr;
	return *json ? 0 : -ENOMEM;
}
