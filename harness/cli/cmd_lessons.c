/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab lessons: a run of the preset lessons, held against the claims.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "plan/options.h"
#include "verdicts/lessons.h"

static const char help[] =
	"Usage: schedlab lessons [-b BACKEND,...] [--out DIR] [--json] [--inject FAULT]\n"
	"       schedlab lessons DIR [--json]\n"
	"\n"
	"Judges what people are told about scheduling by what this machine does.  For\n"
	"each claim: the figures that it is about, what was expected, what was seen (an\n"
	"interval), and whether it holds, does not hold, or is too noisy to say.\n"
	"Without DIR it measures first, with the preset lessons: some four minutes.\n"
	"\n"
	"  -b, --backend B,...   back ends to measure (default: all)\n"
	"  --out DIR             the run's folder (default: results/TIME-lessons)\n"
	"  --json                for programs\n"
	"  --inject FAULT        measure with a planted fault, to see verdicts turn:\n"
	"                        no-preempt, no-lock, or one-p (P is ignored)\n"
	"\n"
	"Exit status: 0 no claim is refuted (what was published is shown, not counted);\n"
	"1 one is, or a row is wrong, failed, crashed or timed out; 2 bad usage.\n"
	"\n"
	"Examples:\n"
	"  schedlab lessons\n"
	"  schedlab lessons --inject no-preempt --out results/without-preemption\n"
	"  schedlab lessons results/without-preemption --json | jq '.lessons[] |\n"
	"      select(.verdict == \"does not hold\") | .claim'\n";

static const struct option longs[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "inject", required_argument, NULL, OPT_INJECT },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	char *backends, *out, *inject;  /* of argv; NULL: not given */
	const char *dir;                /* of a run that is there; NULL: measure one */
	bool as_json;
};

static int judge(const char *dir, bool as_json, struct err *e)
{
	struct lessons l;
	struct results r;
	struct summary s;
	bool whole;
	int rc = bundle_read(&r, dir, e);

	if (rc)
		return cmd_fail(e);
	if (lessons_make(&l, &r, claims, e)) {
		results_free(&r);
		return cmd_fail(e);
	}
	rc = summary_make(&s, &r, e);
	if (!rc) {
		if (!as_json)
			lessons_print(&l, &r, &s, stdout);
		else if ((rc = lessons_put(&l, &r, &s, stdout)) != 0)
			err_set(e, rc, "cannot write the lessons: %s", strerror(-rc));
		whole = lessons_hold(&l) && !(s.status[ST_WRONG] + s.status[ST_FAILED] +
		                              s.status[ST_CRASHED] + s.status[ST_TIMEOUT]);
		summary_free(&s);
	}
	lessons_free(&l);
	results_free(&r);
	return rc ? cmd_fail(e) : whole ? EXIT_GOOD : EXIT_BAD;
}

/* The matrix, as one would type it; what it prints is not what was asked for, and
 * goes where its progress does. */
static int measure(const struct request *q, char *dir)
{
	char plant[64];
	char *argv[12] = { "matrix", "--preset", "lessons", "--out", dir };
	int argc = 5, status, out;

	if (q->backends) {
		argv[argc++] = "--backend";
		argv[argc++] = q->backends;
	}
	if (q->inject) {
		snprintf(plant, sizeof plant, "plant=%.40s", q->inject);
		argv[argc++] = "--opt";
		argv[argc++] = plant;
	}
	fflush(stdout);
	out = dup(STDOUT_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	status = cmd_matrix(argc, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	return status;
}

static int read_request(struct request *q, int argc, char **argv, struct err *e)
{
	static const char *const faults[] = { "no-preempt", "no-lock", "one-p" };
	bool known = false;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":b:h", longs, NULL)) != -1) {
		switch (c) {
		case 'b': q->backends = optarg; break;
		case OPT_OUT: q->out = optarg; break;
		case OPT_INJECT: q->inject = optarg; break;
		case OPT_AS_JSON: q->as_json = true; break;
		case 'h': fputs(help, stdout); return 1;
		default: return options_bad_flag(c, argv, longs, e);
		}
	}
	for (size_t i = 0; q->inject && i < sizeof faults / sizeof *faults; i++)
		known |= !strcmp(q->inject, faults[i]);
	if (q->inject && !known)
		return err_set(e, -EINVAL, "--inject must be no-preempt, no-lock or one-p, not '%.60s'", q->inject);
	if (optind + 1 < argc)
		return err_set(e, -EINVAL, "lessons takes one run's folder, not %d", argc - optind);
	q->dir = optind < argc ? argv[optind] : NULL;
	if (q->dir && (q->backends || q->out || q->inject))
		return err_set(e, -EINVAL, "%.200s is measured already: -b, --out and --inject are for a new run",
		               q->dir);
	return 0;
}

int cmd_lessons(int argc, char **argv)
{
	struct request q = { 0 };
	char dir[PATH_MAX];
	struct err e;
	int rc = read_request(&q, argc, argv, &e), status;

	if (rc > 0)
		return EXIT_GOOD;
	if (rc < 0)
		return cmd_fail(&e);
	if (q.dir)
		return judge(q.dir, q.as_json, &e);
	if (q.out)
		snprintf(dir, sizeof dir, "%s", q.out);
	else
		results_new_dir(dir, "lessons");
	status = measure(&q, dir);
	return status == EXIT_GOOD || status == EXIT_BAD ? judge(dir, q.as_json, &e) : status;
}
