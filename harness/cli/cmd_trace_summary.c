/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab trace summary: a trace, or two side by side, in figures.
 */
#include <getopt.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "plan/options.h"
#include "timeline/trace_summary.h"
#include "trace/trace.h"

static const char help[] =
	"Usage: schedlab trace summary FILE [FILE2] [--json]\n"
	"\n"
	"Where the Gs of a trace spent their time, and why; how long they were kept in a\n"
	"run queue; how many ran at once; how busy each P was; the longest waits, and who\n"
	"ended them; work and span, which bound the speed-up.  Two traces are shown side by\n"
	"side.\n"
	"\n"
	"  --json   for programs\n"
	"\n"
	"Examples:\n"
	"  schedlab trace summary run.trace\n"
	"  schedlab trace summary before.trace after.trace\n";

static const struct option longs[] = {
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int show(const struct trace_summary *const *s, int n, bool as_json)
{
	struct err e;

	if (as_json && trace_summary_put(s, n, stdout)) {
		err_set(&e, -1, "no memory left");
		return cmd_fail(&e);
	}
	if (!as_json && n == 1)
		trace_summary_print(s[0], stdout);
	else if (!as_json)
		trace_summary_print_two(s[0], s[1], stdout);
	return EXIT_GOOD;
}

static int summary(char **path, int n, bool as_json)
{
	struct trace t[2];
	struct trace_summary s[2];
	const struct trace_summary *all[2] = { &s[0], &s[1] };
	int read = 0, summed = 0, status;
	struct err e = { "" };

	while (read < n && !trace_read(&t[read], path[read], &e)) {
		trace_notes(&t[read], path[read]);
		read++;
	}
	while (read == n && summed < n && !trace_summary(&s[summed], &t[summed], &e))
		summed++;
	status = summed == n ? show(all, n, as_json) : cmd_fail(&e);
	while (summed)
		trace_summary_free(&s[--summed]);
	while (read)
		trace_free(&t[--read]);
	return status;
}

int cmd_trace_summary(int argc, char **argv)
{
	bool as_json = false;
	struct err e;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (c) {
		case OPT_AS_JSON: as_json = true; break;
		case 'h':
			fputs(help, stdout);
			return EXIT_GOOD;
		default:
			options_bad_flag(c, argv, longs, &e);
			return cmd_fail(&e);
		}
	}
	if (optind == argc || argc - optind > 2) {
		err_set(&e, -1, "trace summary takes one trace or two, not %d", argc - optind);
		return cmd_fail(&e);
	}
	return summary(argv + optind, argc - optind, as_json);
}
