/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab trace export: a trace for other programs.
 */
#include <getopt.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "plan/options.h"
#include "formats/trace_formats.h"

static const char help[] =
	"Usage: schedlab trace export FILE -o OUT [--format perfetto|go|csv]\n"
	"\n"
	"Writes a trace for other programs:\n"
	"\n"
	"  perfetto  for ui.perfetto.dev, and for trace_processor: a G is a thread, a P is a\n"
	"            CPU (threads of 1:1: the CPU that the kernel ran them on), with why\n"
	"            each G does not run, and arrows from who readied it\n"
	"  go        for go tool trace of Go 1.22 or later; its Ms are made up\n"
	"  csv       a line for each step of a G, for anything\n"
	"\n"
	"  -o OUT       the file.  One that ends in .perfetto-trace or .pftrace, in .gotrace,\n"
	"               or in .csv says the format, too\n"
	"  --format F   the format, if OUT does not say it (default: perfetto)\n"
	"\n"
	"Examples:\n"
	"  schedlab trace export run.trace -o run.pftrace\n"
	"  schedlab trace export run.trace -o run.gotrace && go tool trace run.gotrace\n"
	"  schedlab trace export run.trace --format csv -o steps.txt\n";

enum { OPT_TRACE_FORMAT = 1 };

static const struct option longs[] = {
	{ "format", required_argument, NULL, OPT_TRACE_FORMAT },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

void trace_notes(const struct trace *t, const char *path)
{
	for (int i = 0; i < t->nnotes; i++)
		fprintf(stderr, "%.300s: %s\n", path, t->note[i]);
}

static int export(const char *from, const struct trace_format *f, const char *to)
{
	struct trace t;
	struct err e;
	int rc;

	if (trace_read(&t, from, &e))
		return cmd_fail(&e);
	trace_notes(&t, from);
	rc = trace_export(&t, f, to, &e);
	trace_free(&t);
	if (rc)
		return cmd_fail(&e);
	fprintf(stderr, "written: %s, for %s\n", to, f->reader);
	return EXIT_GOOD;
}

int cmd_trace_export(int argc, char **argv)
{
	const struct trace_format *f = NULL;
	const char *to = NULL;
	struct err e;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:h", longs, NULL)) != -1) {
		switch (c) {
		case 'o': to = optarg; break;
		case OPT_TRACE_FORMAT:
			f = trace_format_named(optarg);
			if (!f) {
				err_set(&e, -1, "--format %.60s: not perfetto, go or csv", optarg);
				return cmd_fail(&e);
			}
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_GOOD;
		default:
			options_bad_flag(c, argv, longs, &e);
			return cmd_fail(&e);
		}
	}
	if (optind + 1 != argc) {
		err_set(&e, -1, "trace export takes one trace, not %d", argc - optind);
		return cmd_fail(&e);
	}
	if (!to) {
		err_set(&e, -1, "-o: where to is missing");
		return cmd_fail(&e);
	}
	if (!f)
		f = trace_format_of(to);
	return export(argv[optind], f ? f : trace_format_named("perfetto"), to);
}
