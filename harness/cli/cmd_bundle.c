/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab bundle: a run as one file that others can have.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "plan/options.h"

static const char help[] =
	"Usage: schedlab bundle DIR [-o FILE] [--gzip] [--with-names]\n"
	"\n"
	"Packs a run into one file for others: its rows, plan, machine and pictures, the\n"
	"sums of all, and a README with the table, how to reproduce it, and SIGPLAN's\n"
	"checklist for empirical evaluations, filled in.  The same run makes the same\n"
	"bytes.  Prints the file's name.\n"
	"\n"
	"The names of host and user are taken out of what was typed and said.  Look into\n"
	"it all the same before you publish it.\n"
	"\n"
	"  -o FILE        its name, which ends in .tar.zst or .tar.gz (default:\n"
	"                 schedlab-TIME.tar.zst, here); no other file is replaced\n"
	"  --gzip         by default .tar.gz\n"
	"  --with-names   leaves the names of host and user in\n"
	"\n"
	"reproduce, compare, ratios and lessons take a bundle where they take a folder.\n"
	"\n"
	"Exit status: 0 the file is there, whole; 2 bad usage, or it was not written.\n"
	"\n"
	"Examples:\n"
	"  schedlab bundle results/reference/kvm-xeon-2vcpu\n"
	"  schedlab bundle results/quick -o /tmp/quick.tar.gz\n"
	"  schedlab reproduce schedlab-20261126T120000Z.tar.zst\n";

static const struct option longs[] = {
	{ "gzip", no_argument, NULL, OPT_GZIP },
	{ "with-names", no_argument, NULL, OPT_WITH_NAMES },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int bundle(const char *dir, const struct bundle_asked *asked, struct err *e)
{
	char out[PATH_MAX];

	if (bundle_make(out, dir, asked, e))
		return cmd_fail(e);
	puts(out);
	return EXIT_GOOD;
}

int cmd_bundle(int argc, char **argv)
{
	struct bundle_asked asked = { .out = NULL };
	struct err e;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":ho:", longs, NULL)) != -1) {
		switch (c) {
		case 'o': asked.out = optarg; break;
		case OPT_GZIP: asked.gzip = true; break;
		case OPT_WITH_NAMES: asked.names = true; break;
		case 'h': fputs(help, stdout); return EXIT_GOOD;
		default: options_bad_flag(c, argv, longs, &e); return cmd_fail(&e);
		}
	}
	if (asked.out && asked.gzip)
		err_set(&e, -EINVAL, "-o and --gzip: the name of -o says which it is");
	else if (optind + 1 != argc)
		err_set(&e, -EINVAL, "bundle takes one run's folder, not %d", argc - optind);
	else
		return bundle(argv[optind], &asked, &e);
	return cmd_fail(&e);
}
