/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab ratios: a run of the yardstick's workloads, held against Go.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "plan/options.h"
#include "verdicts/ratios.h"

static const char help[] =
	"Usage: schedlab ratios DIR [--first] [--json]\n"
	"\n"
	"Holds a run against the yardstick, the Go runtime: for each workload, back\n"
	"end and P our median, Go's, the ratio taken pair by pair within repetitions,\n"
	"an interval that covers its true median, and the target: met if the whole\n"
	"interval is at it or below, not met if it is above, else unclear.  Nothing is\n"
	"decided by repetitions that were disturbed.\n"
	"\n"
	"  --first       by the first attempts, as if nothing had been measured again\n"
	"  --json        for programs, with where each target comes from\n"
	"\n"
	"matrix --preset ratios makes such a run; make ratios does both.\n"
	"\n"
	"Exit status: 0 the run could be judged, whatever the verdicts; 1 a row is\n"
	"wrong, failed, crashed or timed out, or Go has no figures; 2 bad usage.\n"
	"\n"
	"Examples:\n"
	"  schedlab matrix --preset ratios --out results/yardstick\n"
	"  schedlab ratios results/yardstick\n"
	"  schedlab ratios results/yardstick --json | jq '.ratios[] |\n"
	"      select(.verdict == \"not met\") | .label + \" \" + .cell.backend'\n";

static const struct option longs[] = {
	{ "first", no_argument, NULL, OPT_FIRST },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int print(const struct results *r, bool as_json, struct err *e)
{
	struct summary s;
	struct ratios t;
	int rc = ratios_make(&t, r, yardstick, yardstick_cells, e);
	bool whole;

	if (rc)
		return cmd_fail(e);
	rc = summary_make(&s, r, e);
	if (rc) {
		ratios_free(&t);
		return cmd_fail(e);
	}
	if (!as_json)
		ratios_print(&t, r, &s, stdout);
	else if ((rc = ratios_put(&t, r, &s, stdout)) != 0)
		err_set(e, rc, "cannot write the ratios: %s", strerror(-rc));
	whole = t.theirs && !(s.status[ST_WRONG] + s.status[ST_FAILED] + s.status[ST_CRASHED] +
	                      s.status[ST_TIMEOUT]);
	summary_free(&s);
	ratios_free(&t);
	return rc ? cmd_fail(e) : whole ? EXIT_GOOD : EXIT_BAD;
}

int cmd_ratios(int argc, char **argv)
{
	bool as_json = false, first = false;
	struct results r;
	struct err e;
	int c, status;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (c == OPT_AS_JSON) {
			as_json = true;
			continue;
		}
		if (c == OPT_FIRST) {
			first = true;
			continue;
		}
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_GOOD;
		}
		options_bad_flag(c, argv, longs, &e);
		return cmd_fail(&e);
	}
	if (optind + 1 != argc) {
		err_set(&e, -EINVAL, "ratios takes one run's folder, not %d", argc - optind);
		return cmd_fail(&e);
	}
	if ((first ? bundle_read_first : bundle_read)(&r, argv[optind], &e))
		return cmd_fail(&e);
	status = print(&r, as_json, &e);
	results_free(&r);
	return status;
}
