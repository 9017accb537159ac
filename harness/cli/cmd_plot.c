/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab plot: draws a run again from its stored data.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "figures/plot.h"
#include "plan/options.h"

static const char help[] =
	"Usage: schedlab plot DIR\n"
	"\n"
	"Draws the pictures of a run again, from the data in its folder alone:\n"
	"DIR/plots/NAME.{svg,png}, each beside the .tsv it shows.  A figure that the run\n"
	"has no data for is left out, with a line that says why.\n"
	"\n"
	"Examples:\n"
	"  schedlab plot results/20261123T181405Z-host\n";

static const struct option longs[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

int cmd_plot(int argc, char **argv)
{
	char *text = NULL;
	size_t n = 0;
	struct err e;
	FILE *why;
	int c, rc;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_GOOD;
		}
		options_bad_flag(c, argv, longs, &e);
		return cmd_fail(&e);
	}
	if (optind + 1 != argc) {
		err_set(&e, -1, "plot takes one run's folder, not %d", argc - optind);
		return cmd_fail(&e);
	}
	if (bundle_is_file(argv[optind])) {
		err_set(&e, -1, "%.300s is a bundle: plot draws into a run's folder; unpack it (tar -xf)", argv[optind]);
		return cmd_fail(&e);
	}
	/* What is left out is told when the rest is there: an error is one sentence. */
	why = open_memstream(&text, &n);
	if (!why) {
		err_set(&e, -1, "out of memory");
		return cmd_fail(&e);
	}
	rc = plot_run(argv[optind], why, &e);
	fclose(why);
	if (!rc)
		fprintf(stderr, "%sdrawn: %s/plots\n", text, argv[optind]);
	free(text);
	if (rc)
		return cmd_fail(&e);
	return EXIT_GOOD;
}
