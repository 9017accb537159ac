/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c: schedlab SUBCOMMAND.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/standard.h"
#include "build_info.h"
#include "cli/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "list", cmd_list, "back ends, workloads, presets and pinning policies" },
	{ "run", cmd_run, "measure one cell: a workload on a back end" },
	{ "matrix", cmd_matrix, "measure many cells, repeatedly and in turn; then draw" },
	{ "plot", cmd_plot, "draw a run again from its stored data" },
	{ "report", cmd_report, "a run, or several, as a page to open" },
	{ "ratios", cmd_ratios, "a run of the yardstick, held against Go and its targets" },
	{ "compare", cmd_compare, "two runs, or two back ends, policies or knobs of one" },
	{ "ab", cmd_ab, "two builds of schedlab, measured in turn and compared" },
	{ "floor", cmd_floor, "by how much runs differ on this machine, once, for compare" },
	{ "reproduce", cmd_reproduce, "which orderings of a run hold elsewhere" },
	{ "lessons", cmd_lessons, "what people are told about scheduling, judged on this machine" },
	{ "demo", cmd_demo, "a small program with its output, and what it shows" },
	{ "topo", cmd_topo, "the machine, and the processors that a policy picks" },
	{ "bundle", cmd_bundle, "a run as one file that others can have" },
	{ "doctor", cmd_doctor, "what about this machine disturbs measurements" },
	{ "trace", cmd_trace, "what happened, and when: recorded, in figures, drawn, exported" },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void help(FILE *out)
{
	fputs("Usage: schedlab COMMAND [FLAGS]\n\n"
	      "What does the scheduling model cost, and what does it buy?\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fputs("\nschedlab help COMMAND, or COMMAND --help, says more.  schedlab --version names\n"
	      "this build.\n", out);
}

static int unknown(const char *name)
{
	struct nearest near = { .word = name };
	char hint[100];
	struct err e;

	for (size_t i = 0; i < COMMANDS; i++)
		nearest_try(&near, commands[i].name);
	err_set(&e, 0, "unknown command '%.60s'%s", name,
	        near.best ? nearest_hint(&near, hint, sizeof hint) : "; see schedlab --help");
	return cmd_fail(&e);
}

/* A command, by its own name as argv[0]. */
static int command(int argc, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(argc, argv);
	return unknown(argv[0]);
}

/* schedlab help [COMMAND]: what the command's own --help prints. */
static int help_of(int argc, char **argv)
{
	char flag[] = "--help", *asked[] = { argv[1], flag, NULL };
	struct err e;

	if (argc > 2) {
		err_set(&e, 0, "help takes one command, not %d", argc - 1);
		return cmd_fail(&e);
	}
	if (argc == 2 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0 && strcmp(argv[1], "help") != 0)
		return command(2, asked);
	help(stdout);
	return EXIT_GOOD;
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
	return strcmp(argv[1], "help") ? command(argc - 1, argv + 1) : help_of(argc - 1, argv + 1);
}

/* A pipe whose reader has had enough, as that of | head. */
static bool nobody_reads(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int main(int argc, char **argv)
{
	int status;

	standard_open();
	/* A file that grows too large is an error of write(2), as a full disk is: it gets a
	 * sentence.  The programs that are started have it as it was. */
	signal(SIGXFSZ, SIG_IGN);
	status = dispatch(argc, argv);
	/* A full disk shows here at the latest. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (nobody_reads())
			return 128 + SIGPIPE;
		fprintf(stderr, "schedlab: cannot write standard output: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return status;
}
