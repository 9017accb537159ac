/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab report: a run, or several, as a page.
 */
#include <getopt.h>
#include <stdio.h>

#include "base/files.h"
#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "plan/options.h"
#include "report/report.h"

static const char help[] =
	"Usage: schedlab report DIR [DIR2 ...] [--out FILE]\n"
	"\n"
	"Makes a page of a run, from the data in its folder alone: what the run says, the\n"
	"table of all ratios, figures, lessons, machine and method.  It is one file that\n"
	"needs no network; the table works without JavaScript, too.  Other runs, up to 7,\n"
	"are held against the first: machines side by side, orderings that differ.\n"
	"\n"
	"matrix makes the page at its end.  DIR may be a bundle (schedlab bundle).\n"
	"\n"
	"  --out FILE   the page (default: report.html in the first DIR)\n"
	"\n"
	"Examples:\n"
	"  schedlab report results/20261123T181405Z-host\n"
	"  schedlab report results/mine results/theirs --out both.html\n";

static const struct option longs[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int make(const struct results *const *runs, int n, const char *path, struct err *e)
{
	struct catalog c;
	struct err ignored;
	/* Without it models and kinds are not known, and all else is. */
	const bool known = catalog_read(&c, &ignored) == 0;
	int rc = report_write(runs, n, known ? &c : NULL, path, e);

	if (known)
		catalog_free(&c);
	if (rc)
		return cmd_fail(e);
	fprintf(stderr, "made: %s\n", path);
	return EXIT_GOOD;
}

static int read_and_make(char **dirs, int n, const char *out, struct err *e)
{
	struct results r[REPORT_RUNS_MAX];
	const struct results *runs[REPORT_RUNS_MAX];
	char path[PATH_MAX];
	int read = 0, status = EXIT_GOOD;

	while (read < n && !status) {
		if (bundle_read(&r[read], dirs[read], e)) {
			status = cmd_fail(e);
		} else {
			runs[read] = &r[read];
			read++;
		}
	}
	if (!status)
		status = make(runs, n, out ? out : path_join(path, dirs[0], REPORT_NAME), e);
	while (read)
		results_free(&r[--read]);
	return status;
}

int cmd_report(int argc, char **argv)
{
	const char *out = NULL;
	struct err e;
	int c, n;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (c) {
		case OPT_OUT: out = optarg; break;
		case 'h': fputs(help, stdout); return EXIT_GOOD;
		default:
			options_bad_flag(c, argv, longs, &e);
			return cmd_fail(&e);
		}
	}
	n = argc - optind;
	if (n < 1 || n > REPORT_RUNS_MAX) {
		err_set(&e, -1, "report takes one to %d runs' folders, not %d", REPORT_RUNS_MAX, n);
		return cmd_fail(&e);
	}
	if (!out && bundle_is_file(argv[optind])) {
		err_set(&e, -1, "%.300s is a bundle, and no folder for a page: --out says where it goes", argv[optind]);
		return cmd_fail(&e);
	}
	return read_and_make(argv + optind, n, out, &e);
}
