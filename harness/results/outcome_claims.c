/* SPDX-License-Identifier: Apache-2.0
 *
 * outcome_claims.c: whether what a cell says of its times and its work can be so, seen
 * from outside: its process lasted so long, used so much CPU time, and was asked to
 * measure for so long.  A time that nobody else has seen is not believed beyond that.
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "results/json.h"
#include "results/outcome.h"

/* A fifth of a clock cycle: no operation is done faster, whatever it is. */
#define FASTEST_NS 0.05

/* The kernel's accounts of CPU time and ours are read at other moments. */
#define CPU_SLACK_NS 5e6

static bool __attribute__((format(printf, 2, 3))) no(char reason[REASON_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, REASON_MAX, fmt, ap);
	va_end(ap);
	return false;
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static bool times_hold(const struct outcome *o, const json_t *run, const struct asked *asked,
                       char reason[REASON_MAX])
{
	double iterations = number(run, "iterations"), real = number(run, "real_time");
	double timed = iterations * real, cpu = iterations * number(run, "cpu_time");
	double used = (double)rusage_cpu_ns(&o->usage);

	if (strcmp(json_get_text(run, "time_unit") ? json_get_text(run, "time_unit") : "", "ns") != 0)
		return no(reason, "claims times that are not in ns");
	if (!(iterations >= 1) || iterations != floor(iterations) || !(real > 0))
		return no(reason, "claims %g iterations of %g ns", iterations, real);
	if (fabs(o->ns_per_op * o->ops / real - 1) > 1e-3)
		return no(reason, "claims %g ns an operation, and %g ns for the %.0f of an iteration",
		          o->ns_per_op, real, o->ops);
	if (o->ns_per_op < FASTEST_NS)
		return no(reason, "claims %g ns an operation: no processor is as fast", o->ns_per_op);
	if (timed > (double)o->wall_ns)
		return no(reason, "claims %.1f ms of measuring, and its process lasted for %.1f",
		          timed / 1e6, (double)o->wall_ns / 1e6);
	/* Google Benchmark gives up the least time at a thousand million iterations. */
	if (asked->iterations && iterations != (double)asked->iterations)
		return no(reason, "claims %.0f iterations, and was given %lld", iterations,
		          (long long)asked->iterations);
	if (!asked->iterations && timed < asked->min_time_s * 1e9 / 2 && iterations < 1e9)
		return no(reason, "claims %.3f ms of measuring, and was to measure for %.3f at least",
		          timed / 1e6, asked->min_time_s * 1e3);
	if (cpu > used + CPU_SLACK_NS)
		return no(reason, "claims %.1f ms of CPU time, and its process used %.1f", cpu / 1e6, used / 1e6);
	if (cpu > timed * asked->cell->ncpus * 1.02 + CPU_SLACK_NS)
		return no(reason, "claims %.1f ms of CPU time in %.1f ms on %d PU%s", cpu / 1e6, timed / 1e6,
		          asked->cell->ncpus, asked->cell->ncpus > 1 ? "s" : "");
	return true;
}

static bool work_holds(const json_t *run, const json_t *detail, double ops, char reason[REASON_MAX])
{
	double iterations = number(detail, "iterations"), executed = number(detail, "executed");
	double all = iterations + warmups_of(detail);
	json_t *counted = json_object_get(json_object_get(detail, "counters"), "ops");

	if (iterations != number(run, "iterations"))
		return no(reason, "claims %.0f iterations, and its detail %.0f", number(run, "iterations"), iterations);
	if (!json_is_integer(counted) || json_number_value(counted) != ops)
		return no(reason, "claims %.0f operations in an iteration, and its detail %.0f", ops,
		          json_number_value(counted));
	if (!json_is_integer(json_object_get(detail, "executed")) || !json_get_text(detail, "checksum"))
		return no(reason, "does not say what it did: its detail has no executed or no checksum");
	if (fmod(executed, all) != 0)
		return no(reason, "did %.0f units of work in %.0f iterations, warm-ups included: not the same in each",
		          executed, all);
	return true;
}

bool outcome_holds(const struct outcome *o, const json_t *run, const json_t *detail,
                   const struct asked *asked, char reason[REASON_MAX])
{
	return times_hold(o, run, asked, reason) && work_holds(run, detail, o->ops, reason);
}
