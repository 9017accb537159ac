/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c: schedlab SUBCOMMAND.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_info.h"
#include "cmd.h"
#include "parse.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);      /* NULL: not yet */
	const char *summary;
} commands[] = {
	{ "list", cmd_list, "back ends, workloads, presets and pinning policies" },
	{ "run", cmd_run, "measure one cell: a workload on a back end" },
	{ "matrix", cmd_matrix, "measure many cells, repeatedly and in turn; then draw" },
	{ "plot", cmd_plot, "draw a run again from its stored data" },
	{ "ratios", cmd_ratios, "a run of the yardstick, held against Go and its targets" },
	{ "lessons", cmd_lessons, "what people are told about scheduling, judged on this machine" },
	{ "demo", cmd_demo, "a small program with its output, and what it shows" },
	{ "topo", cmd_topo, "the machine, and the processors that a policy picks" },
	{ "report", NULL, NULL }, { "compare", NULL, NULL }, { "reproduce", NULL, NULL },
	{ "bundle", NULL, NULL }, { "trace", NULL, NULL }, { "doctor", NULL, NULL },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void help(FILE *out)
{
	fputs("Usage: schedlab COMMAND [FLAGS]\n\n"
	      "What does the scheduling model cost, and what does it buy?\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].run)
			fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\nschedlab COMMAND --help says more.  schedlab --version names this build.\n", out);
}

static int unknown(const char *name)
{
	struct nearest near = { .word = name };
	char hint[100];
	struct err e;

	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].run)
			nearest_try(&near, commands[i].name);
	err_set(&e, 0, "unknown command '%.60s'%s", name,
	        near.best ? nearest_hint(&near, hint, sizeof hint) : "; see schedlab --help");
	return cmd_fail(&e);
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help(stdout);
		return EXIT_GOOD;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("schedlab %s, commit %s\n", BUILD_VERSION, BUILD_COMMIT);
		return EXIT_GOOD;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		struct err e;

		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (commands[i].run)
			return commands[i].run(argc - 1, argv + 1);
		err_set(&e, 0, "%s: not yet", argv[1]);
		return cmd_fail(&e);
	}
	return unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	/* A full disk shows here at the latest. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "schedlab: cannot write standard output: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return status;
}
