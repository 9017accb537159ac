/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab trace: what happened, and when.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "plan/options.h"

static const char help[] =
	"Usage: schedlab trace -b BACKEND -w WORKLOAD [FLAGS] -o FILE\n"
	"       schedlab trace summary FILE [FILE2] [--json]\n"
	"       schedlab trace show FILE... -o OUT.html|.svg|.png [--from MS] [--to MS]\n"
	"       schedlab trace export FILE -o OUT [--format perfetto|go|csv]\n"
	"\n"
	"A trace says what each G did, on which P, what it waited for and who ended that.\n"
	"schedlab trace COMMAND --help says more.\n"
	"\n"
	"Without a command it records one: an iteration of a cell, in a process of its\n"
	"own.  What the program writes is thrown away.  The trace of a cell in Go is the\n"
	"runtime's own, for go tool trace.  Other programs record one with\n"
	"SCHEDLAB_TRACE=FILE.\n"
	"\n"
	"  -b, --backend B      the back end\n"
	"  -w, --workload W     the workload\n"
	"  -p, --procs N        processors, P (default: as for run)\n"
	"  --pin POLICY         which PUs, and bound to them (default: none)\n"
	"  --set KEY=VALUE      a parameter of the workload\n"
	"  --opt KEY=VALUE      a knob, of the back end or of the harness (schedlab list)\n"
	"  --timeout S          seconds after which the cell is killed\n"
	"  -o, --out FILE       the file\n"
	"\n"
	"  summary  in figures, of one or two\n"
	"  show     who ran where: a picture, or a page to zoom\n"
	"  export   for Perfetto, for go tool trace, or as CSV\n"
	"\n"
	"Exit status: 0; 1 the cell failed; 2 bad usage, or the file cannot be written;\n"
	"77 the workload does not apply to the back end.\n"
	"\n"
	"Examples:\n"
	"  schedlab trace -b work-stealing -w alphabet -p 2 -o alphabet.trace\n"
	"  schedlab trace summary alphabet.trace\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} views[] = {
	{ "summary", cmd_trace_summary },
	{ "show", cmd_trace_show },
	{ "export", cmd_trace_export },
};

static const struct option longs[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

int cmd_trace(int argc, char **argv)
{
	struct err e;
	int c;

	for (size_t i = 0; argc > 1 && i < sizeof views / sizeof *views; i++)
		if (!strcmp(argv[1], views[i].name))
			return views[i].run(argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "-h") != 0 && strcmp(argv[1], "--help") != 0)
		return cmd_trace_record(argc, argv);
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "+:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_GOOD;
		}
		options_bad_flag(c, argv, longs, &e);
		return cmd_fail(&e);
	}
	err_set(&e, -1, "trace: %s; see schedlab trace --help", optind < argc ? "no such command" : "which command");
	return cmd_fail(&e);
}
