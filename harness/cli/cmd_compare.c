/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab compare: two runs, or two sides of one.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "compare/compare.h"
#include "formats/formats.h"
#include "plan/options.h"

static const char help[] =
	"Usage: schedlab compare A B [--floor PCT] [FLAGS]\n"
	"       schedlab compare DIR --backends X,Y | --pins P,Q | --opts KEY=V,W [FLAGS]\n"
	"       schedlab compare DIR --format gbench|benchstat\n"
	"\n"
	"How many times what b takes is what a takes, cell by cell, with an interval, and\n"
	"what may be concluded: faster or slower (the whole interval is beyond the noise\n"
	"floor), same (all of it is inside), cannot tell, or too few (below 6\n"
	"repetitions).  Nothing is concluded from disturbed rows, and none is left out as\n"
	"an outlier.\n"
	"\n"
	"Within one run the sides were measured in turn, and are compared pair by pair\n"
	"within a repetition.  Two runs differ by more than their repetitions show, also\n"
	"of one build: by how much, schedlab floor has measured for their machine, or\n"
	"--floor says; without either nothing is concluded.\n"
	"A and B may also be what a program with Google Benchmark wrote\n"
	"(--benchmark_out=FILE, with --benchmark_repetitions=12).\n"
	"\n"
	"A run may also be a bundle of one (schedlab bundle).\n"
	"\n"
	"  --backends X,Y   b is Y, a is X, of the same run\n"
	"  --pins P,Q       the same of pinning policies\n"
	"  --opts KEY=V,W   the same of a knob's values\n"
	"  --builds old,new   the two builds of a run of ab\n"
	"  --floor PCT      the noise floor, in percent (within a run: 1)\n"
	"  --fail-above PCT exit status 1 if a cell is slower by more than so many\n"
	"                   percent, with its whole interval; needs 12 repetitions\n"
	"  --first          by the first attempts, as if nothing had been measured again\n"
	"  --json           for programs\n"
	"  --markdown       for a pull request\n"
	"  --format gbench  compares nothing: prints the run as Google Benchmark's JSON,\n"
	"                   for its tools/compare.py\n"
	"  --format benchstat   the same for Go's benchstat\n"
	"\n"
	"Exit status: 0 compared; 1 as --fail-above says; 2 bad usage.\n"
	"\n"
	"Examples:\n"
	"  schedlab compare results/before results/after --floor 5\n"
	"  schedlab compare results/quick --backends go,work-stealing\n"
	"  schedlab compare results/quick --format benchstat >quick.txt\n"
	"  schedlab compare results/quick --pins none,compact --json | jq '.rows[] |\n"
	"      select(.verdict == \"slower\") | .label'\n";

static const struct option longs[] = {
	{ "backends", required_argument, NULL, OPT_BACKENDS },
	{ "pins", required_argument, NULL, OPT_PINS },
	{ "opts", required_argument, NULL, OPT_OPTS },
	{ "builds", required_argument, NULL, OPT_BUILDS },
	{ "floor", required_argument, NULL, OPT_FLOOR },
	{ "fail-above", required_argument, NULL, OPT_FAIL_ABOVE },
	{ "first", no_argument, NULL, OPT_FIRST },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "markdown", no_argument, NULL, OPT_MARKDOWN },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct format {
	const char *name;
	int (*write)(const struct results *, FILE *, int *left_out, struct err *);
} formats[] = { { "gbench", export_gbench }, { "benchstat", export_benchstat }, { 0 } };

struct request {
	struct compare_asked asked;
	const char *flag;               /* what said it; NULL: two runs */
	struct words values;
	char *key;                      /* of --opts */
	double fail_above;              /* a fraction; NAN: not given */
	bool as_json, markdown, first;
	const struct format *format;    /* NULL: a comparison */
	const char *dir[2];             /* one of a run, twice */
};

static int take_sides(struct request *q, const char *flag, enum compare_by by, const char *value, struct err *e)
{
	char bad[64];
	size_t key = 0;

	if (q->flag)
		return err_set(e, -EINVAL, "%s and %s: a comparison is of one thing", q->flag, flag);
	if (by == BY_OPT && parse_pair(value, &key))
		return err_set(e, -EINVAL, "%s %.60s: not KEY=V,W", flag, value);
	q->flag = flag;
	q->asked.by = by;
	if (by == BY_OPT) {
		q->key = strndup(value, key);
		if (!q->key)
			return err_set(e, -ENOMEM, "out of memory");
		q->asked.key = q->key;
		value += key + 1;
	}
	if (words_split(&q->values, value, bad) || q->values.n != 2)
		return err_set(e, -EINVAL, "%s %.60s: not two that differ, separated by a comma", flag, value);
	q->asked.value[0] = q->values.v[0];
	q->asked.value[1] = q->values.v[1];
	return 0;
}

static int take_format(struct request *q, const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (const struct format *f = formats; f->name; f++) {
		if (!strcmp(f->name, name)) {
			q->format = f;
			return 0;
		}
		nearest_try(&near, f->name);
	}
	return err_set(e, -EINVAL, "--format: unknown format '%.60s'%s", name, nearest_hint(&near, hint, sizeof hint));
}

static int check_format(const struct request *q, int n, struct err *e)
{
	if (q->flag || q->as_json || q->markdown || !isnan(q->asked.floor) || !isnan(q->fail_above))
		return err_set(e, -EINVAL, "--format prints one run and takes no other flag");
	return n == 1 ? 0 : err_set(e, -EINVAL, "compare --format takes one run's folder, not %d", n);
}

static int take_folders(struct request *q, int n, char **v, struct err *e)
{
	if (q->format) {
		q->dir[0] = v[0];
		return check_format(q, n, e);
	}
	if (q->flag && n != 1)
		return err_set(e, -EINVAL, "compare %s takes one run's folder, not %d", q->flag, n);
	if (!q->flag && n != 2)
		return err_set(e, -EINVAL, "compare takes two runs' folders, or one and --backends, --pins or --opts, "
		               "not %d", n);
	q->dir[0] = v[0];
	q->dir[1] = v[n - 1];
	if (q->as_json && q->markdown)
		return err_set(e, -EINVAL, "--json and --markdown: one of them");
	if (q->flag && isnan(q->asked.floor))
		q->asked.floor = COMPARE_FLOOR;
	return 0;
}

/* 1: help was asked for. */
static int read_request(struct request *q, int argc, char **argv, struct err *e)
{
	int c, rc = 0;

	opterr = 0;
	optind = 1;
	while (!rc && (c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (c) {
		case OPT_BACKENDS: rc = take_sides(q, "--backends", BY_BACKEND, optarg, e); break;
		case OPT_PINS: rc = take_sides(q, "--pins", BY_PIN, optarg, e); break;
		case OPT_OPTS: rc = take_sides(q, "--opts", BY_OPT, optarg, e); break;
		case OPT_BUILDS: rc = take_sides(q, "--builds", BY_BUILD, optarg, e); break;
		case OPT_FLOOR: rc = options_percent(&q->asked.floor, "--floor", optarg, e); break;
		case OPT_FAIL_ABOVE: rc = options_percent(&q->fail_above, "--fail-above", optarg, e); break;
		case OPT_FIRST: q->first = true; break;
		case OPT_AS_JSON: q->as_json = true; break;
		case OPT_FORMAT: rc = take_format(q, optarg, e); break;
		case OPT_MARKDOWN: q->markdown = true; break;
		case 'h': fputs(help, stdout); return 1;
		default: return options_bad_flag(c, argv, longs, e);
		}
	}
	return rc ? rc : take_folders(q, argc - optind, argv + optind, e);
}

int compare_show(const struct comparison *c, bool as_json, bool markdown, double fail_above, struct err *e)
{
	bool fails = false;
	int rc = isnan(fail_above) ? 0 : compare_fails(c, fail_above, &fails, e);

	if (!rc && as_json) {
		rc = compare_put(c, stdout);
		if (rc)
			err_set(e, rc, "cannot write the comparison: %s", strerror(-rc));
	} else if (!rc) {
		(markdown ? compare_print_markdown : compare_print)(c, stdout);
	}
	return rc ? cmd_fail(e) : fails ? EXIT_BAD : EXIT_GOOD;
}

static int read_side(struct results *r, const struct request *q, int side, struct err *e)
{
	const char *path = q->dir[side];

	if (gbench_is_file(path) && !bundle_is_file(path))
		return gbench_read(r, path, e);
	return (q->first ? bundle_read_first : bundle_read)(r, path, e);
}

static int write_run(const struct request *q, struct err *e)
{
	struct results r;
	int left_out = 0, rc = read_side(&r, q, 0, e);

	if (rc)
		return cmd_fail(e);
	rc = q->format->write(&r, stdout, &left_out, e);
	results_free(&r);
	if (!rc && left_out)
		fprintf(stderr, "%d rows that others disturbed are left out\n", left_out);
	return rc ? cmd_fail(e) : EXIT_GOOD;
}

/* The noise floor of both runs' machine; NULL: none. */
static struct floor *find_floor(const struct results *a, const struct results *b)
{
	struct err e;
	struct floor *f = floor_find(a, b, &e);

	if (*e.msg)
		fprintf(stderr, "schedlab: left out: %s\n", e.msg);
	return f;
}

static int compare(const struct request *q, struct err *e)
{
	struct compare_asked asked = q->asked;
	struct floor *measured;
	struct results r[2] = { { 0 } };
	bool two = q->asked.by == BY_RUN;
	struct comparison c;
	int rc = 0, status;

	if (!two && gbench_is_file(q->dir[0]) && !bundle_is_file(q->dir[0]))
		rc = err_set(e, -EINVAL, "%.300s is no run's folder: %s compares what was measured in turn", q->dir[0],
		             q->flag);
	if (!rc)
		rc = read_side(&r[0], q, 0, e);
	if (rc)
		return cmd_fail(e);
	if (two && read_side(&r[1], q, 1, e)) {
		results_free(&r[0]);
		return cmd_fail(e);
	}
	asked.measured = measured = two && isnan(asked.floor) ? find_floor(&r[0], &r[1]) : NULL;
	rc = compare_make(&c, &r[0], &r[two], &asked, e);
	status = rc ? cmd_fail(e) : compare_show(&c, q->as_json, q->markdown, q->fail_above, e);
	if (!rc)
		compare_free(&c);
	floor_free(measured);
	results_free(&r[0]);
	if (two)
		results_free(&r[1]);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	struct request q = { .asked.floor = NAN, .fail_above = NAN };
	struct err e;
	int rc = read_request(&q, argc, argv, &e);
	int status = rc > 0 ? EXIT_GOOD : rc < 0 ? cmd_fail(&e) : (q.format ? write_run : compare)(&q, &e);

	words_free(&q.values);
	free(q.key);
	return status;
}
