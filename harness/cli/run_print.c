/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_print.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "stats/histogram.h"
#include "stats/stats.h"

static double counter(const struct outcome *o, const char *name)
{
	double v = 0;

	outcome_counter(o, name, &v);
	return v;
}

/* Of the whole process. */
static void print_counted(const struct outcome *o)
{
	const struct counted *c = &o->counted;
	char why[120], text[16];
	int n = 0;

	for (int i = 0; i < COUNTERS; i++)
		if (c->has[i])
			printf("%s%s %s", n++ ? ", " : "  counted       ", unit_text(c->value[i], UNIT_NONE, text),
			       counter_name((enum counter)i));
	if (n)
		printf("\n");
	if (c->has[COUNTER_CYCLES] && c->has[COUNTER_INSTRUCTIONS])
		printf("                %.2f instructions a cycle; %s\n",
		       c->value[COUNTER_INSTRUCTIONS] / c->value[COUNTER_CYCLES],
		       c->share < 1 ? "scaled, since they took turns" : "all the time");
	if (o->not_counted)
		printf("  counters      %s\n", counters_why(o->not_counted, COUNTERS_PARANOID, why, sizeof why));
}

/* ---- How the iterations are distributed ---------------------------------------- */

#define SAMPLES 1000            /* the most that a cell keeps */
#define HEIGHT  4
#define WIDTH   60

/* A row of the chart, the lowest is 0: of a bar that is so many eighths of a line high. */
static const char *block(int eighths, int row, bool unicode)
{
	static const char *const blocks[] = { " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587",
	                                      "\u2588" };
	static const char *const plain[] = { " ", ".", ".", ".", ":", ":", ":", "#", "#" };
	int here = eighths - 8 * row;

	return (unicode ? blocks : plain)[here < 0 ? 0 : here > 8 ? 8 : here];
}

static void print_chart(const struct histogram *h)
{
	const bool unicode = text_unicode();
	const int wide = WIDTH / h->bins;
	char least[16], middle[16], greatest[16];
	int most = 0, pad;

	for (int i = 0; i < h->bins; i++)
		most = h->in[i] > most ? h->in[i] : most;
	for (int row = HEIGHT - 1; row >= 0; row--) {
		int blanks = 0;

		printf("                ");
		for (int i = 0; i < h->bins; i++) {
			/* What is there shows, however little it is. */
			int eighths = (8 * HEIGHT * h->in[i] + most - 1) / most;
			const char *b = block(eighths, row, unicode);

			for (int k = 0; k < wide; k++) {
				if (*b == ' ') {
					blanks++;
					continue;
				}
				printf("%*s%s", blanks, "", b);
				blanks = 0;
			}
		}
		putchar('\n');
	}
	time_text(h->least, least);
	time_text(h->ratios ? sqrt(h->least * h->greatest) : (h->least + h->greatest) / 2, middle);
	time_text(h->greatest, greatest);
	pad = wide * h->bins / 2 - text_columns(least);
	printf("                %s", least);
	print_right(middle, pad + text_columns(middle) / 2, stdout);
	print_right(greatest, wide * h->bins - wide * h->bins / 2 - text_columns(middle) / 2, stdout);
	printf("%s\n", h->ratios ? " (log)" : "");
}

/* What so few samples say nothing of is left out, the picture too. */
static void print_iterations(const struct outcome *o)
{
	static const struct { const char *name; double q; int from; } percentiles[] = {
		{ "p50", 0.5, 1 }, { "p90", 0.9, 10 }, { "p99", 0.99, 100 }, { "max", 1, 1 },
	};
	double x[SAMPLES];
	int n = outcome_iterations(o, x, SAMPLES);
	struct histogram h;
	char t[16];

	if (n < 2)
		return;
	printf("  iterations    ");
	for (size_t i = 0, some = 0; i < sizeof percentiles / sizeof *percentiles; i++)
		if (n >= percentiles[i].from)
			printf("%s%s %s", some++ ? ", " : "", percentiles[i].name,
			       time_text(stats_quantile(x, n, percentiles[i].q), t));
	printf("; %d clocked\n", n);
	if (n >= 8 && histogram_make(&h, x, n))
		print_chart(&h);
}

/* Of what the workload itself clocked, a wish to run or a request. */
static void print_latency(const struct outcome *o)
{
	static const char *const names[] = { "p50", "p90", "p99", "p999", "max" };
	int some = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char key[16], t[16];
		double v;

		snprintf(key, sizeof key, "%s_ns", names[i]);
		if (outcome_counter(o, key, &v))
			printf("%s%s %s", some++ ? ", " : "  latency       ", names[i], time_text(v, t));
	}
	if (some)
		putchar('\n');
}

static void print_who_disturbed(const struct outcome *o)
{
	int64_t used = o->noise.foreign_ns + o->noise.unknown_ns + o->noise.steal_ns;
	double before_or_after = 100 * o->noise.neighbour, meanwhile = counter(o, "neighbour_ppm") / 1e4;
	double slower = meanwhile > before_or_after ? meanwhile : before_or_after;
	char t[16];

	printf("  disturbed     others used %s of CPU time here, or near\n", time_text((double)used, t));
	if (slower >= 5)
		printf("                somebody else on its core made it up to %.0f %% slower\n", slower);
}

/* ---- The whole -------------------------------------------------------------------- */

void run_print(const struct outcome *o, const struct decl *d)
{
	char t[16], cpu[16];
	void *at = NULL;
	const char *name;
	double v, iterations = counter(o, "iterations");

	printf("  time          %s per %s\n", time_text(o->ns_per_op, t), d->metric);
	printf("  iteration     %s, CPU %s; %.0f operations\n",
	       time_text(o->ns_per_op * o->ops, t), time_text(counter(o, "cpu_time"), cpu), o->ops);
	printf("  measured      %.0f iteration%s; %s for the whole process\n", iterations,
	       iterations == 1 ? "" : "s", time_text((double)o->wall_ns, t));
	print_iterations(o);
	print_latency(o);
	printf("  process       %.1f MiB at most, %.0f voluntary and %.0f other switches\n",
	       counter(o, "rss_bytes") / (1 << 20), counter(o, "voluntary_switches"),
	       counter(o, "involuntary_switches"));
	while ((name = outcome_next(o, &at, &v)))
		printf("    %-21s %.10g\n", name, v);
	if (o->is_counted)
		print_counted(o);
	if (o->disturbed)
		print_who_disturbed(o);
}
