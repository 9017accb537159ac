/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab ab: two builds, measured in turn and compared.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/presets.h"
#include "compare/budget.h"
#include "compare/compare.h"
#include "machine/host.h"
#include "plan/adapt.h"
#include "plan/builds.h"
#include "plan/options.h"
#include "results/folder.h"
#include "run/runner.h"

#define AB_REPS 12      /* where nobody said: p-values are corrected from so many on */

static const char help[] =
	"Usage: schedlab ab OLD_BUILD [NEW_BUILD] [FLAGS]\n"
	"       schedlab ab --resume DIR [FLAGS]\n"
	"\n"
	"Did a change make it faster?  OLD_BUILD and NEW_BUILD are what make left of two\n"
	"versions, such as ../before/build; NEW_BUILD is this one if it is left out.  In\n"
	"each repetition every cell of the old build is measured right beside the new\n"
	"one's, in random order, and the two are a pair: what two runs of one build\n"
	"differ by plays no part.  Where both builds have layouts (make layouts), the\n"
	"repetitions rotate over them, so that where code happens to lie is not taken for\n"
	"a change.\n"
	"\n"
	"What is measured, these say as in matrix: -b -w -p --preset --pin --set --opt\n"
	"--reps (12) --budget --seed --min-time --timeout --layouts --again --out\n"
	"--dry-run.  What is printed, these as in compare: --floor --fail-above --json\n"
	"--markdown.\n"
	"\n"
	"  --resume DIR     go on with the run in DIR; if it is whole, print again\n"
	"  --retry WHAT,... with --resume, as in matrix\n"
	"\n"
	"Exit status: 0 compared; 1 as --fail-above says, or a row is wrong, failed,\n"
	"crashed or timed out; 2 bad usage, or the run could not be written;\n"
	"130 interrupted.\n"
	"\n"
	"Examples:\n"
	"  schedlab ab ../before/build -b work-stealing -w pingpong,spawn\n"
	"  schedlab ab ../before/build ../after/build --reps 20 --fail-above 5\n"
	"  schedlab ab build -b single-p -w yield    # A/A: what noise looks like\n"
	"  schedlab ab --resume results/20261123T181405Z-ab\n";

static const struct option flags[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "preset", required_argument, NULL, OPT_PRESET },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "reps", required_argument, NULL, OPT_REPS },
	{ "budget", required_argument, NULL, OPT_BUDGET },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "layouts", required_argument, NULL, OPT_LAYOUTS },
	{ "again", required_argument, NULL, OPT_AGAIN },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", required_argument, NULL, OPT_RESUME },
	{ "retry", required_argument, NULL, OPT_RETRY },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "floor", required_argument, NULL, OPT_FLOOR },
	{ "fail-above", required_argument, NULL, OPT_FAIL_ABOVE },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "markdown", no_argument, NULL, OPT_MARKDOWN },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* What two builds are measured with. */
struct ab {
	const struct options *o;
	struct catalog old, new;
	struct topo *topo;
};

/* Two catalogs, each other's; close in either case. */
static int open_builds(struct ab *ab, const char *old, const char *new, struct err *e)
{
	int rc = new ? catalog_read_from(&ab->new, new, e) : catalog_read(&ab->new, e);

	if (!rc)
		rc = catalog_read_from(&ab->old, old, e);
	if (!rc)
		rc = topo_open(&ab->topo, NULL, NULL, e);
	if (!rc)
		builds_pair(&ab->new, &ab->old);
	return rc;
}

static void close_builds(struct ab *ab)
{
	topo_close(ab->topo);
	catalog_free(&ab->old);
	catalog_free(&ab->new);
}

/* ---- The answer ------------------------------------------------------------------ */

static int answer(const struct options *o, const char *dir, struct err *e)
{
	const struct compare_asked asked = { .by = BY_BUILD, .value = { BUILD_OLD, BUILD_NEW },
	                                     .floor = o->has_floor ? o->floor : COMPARE_FLOOR };
	struct comparison c;
	struct results r;
	int status;

	if (results_read(&r, dir, e))
		return cmd_fail(e);
	if (compare_make(&c, &r, &r, &asked, e)) {
		status = cmd_fail(e);
	} else {
		status = compare_show(&c, o->as_json, o->markdown, o->has_fail_above ? o->fail_above : NAN, e);
		compare_free(&c);
	}
	results_free(&r);
	return status;
}

/* Rows that failed are told by the exit status, too. */
static int conclude(const struct options *o, const char *dir, int measured, struct err *e)
{
	int status;

	if (measured > EXIT_BAD)
		return measured;
	status = answer(o, dir, e);
	if (status <= EXIT_BAD && !o->as_json && !o->markdown)
		printf("The run is in %s\n", dir);
	return status > measured ? status : measured;
}

/* ---- Measuring --------------------------------------------------------------------- */

/* What the user named must be there. */
static int check_named(const struct ab *ab, struct err *e)
{
	const struct words *b = &ab->o->backends, *w = &ab->o->workloads;
	const struct catalog *c = &ab->old;
	struct err ignored;

	for (int i = 0; i < b->n; i++) {
		int k = catalog_backend(c, b->v[i], "-b", &ignored);

		if (k < 0)
			return err_set(e, -EINVAL, "%.300s has no back end %.60s", c->dir, b->v[i]);
		if (!c->backends[k].available)
			return err_set(e, -EINVAL, "%.200s: %.60s: %.150s", c->dir, b->v[i], c->backends[k].reason);
	}
	for (int i = 0; i < w->n; i++)
		if (catalog_workload(c, w->v[i], "-w", &ignored) < 0)
			return err_set(e, -EINVAL, "%.300s has no workload %.60s", c->dir, w->v[i]);
	return 0;
}

/* Of the rest is said what the old build lacks. */
static void say_left_out(const struct adaptation *a, const char *dir)
{
	const char *why;
	int at = 0, n;

	while ((why = adaptation_next(a, &at, &n)))
		fprintf(stderr, "%d left out: %s: %s\n", n, dir, why);
}

static int make_plan(struct plan *p, struct ab *ab, struct err *e)
{
	const struct preset *preset = preset_find(ab->o->preset, e);
	struct options o = *ab->o;
	struct adaptation a = { NULL, 0, 0 };
	const char *source;
	int usable = host_usable(&source), again, rc;

	o.reps = o.reps ? o.reps : AB_REPS;
	rc = preset ? plan_make(p, &o, preset, &ab->new, ab->topo, usable, e) : -EINVAL;
	if (rc)
		return rc;
	rc = check_named(ab, e);
	if (!rc) {
		again = p->again;
		rc = plan_adapt(p, &a, NULL, &ab->old, ab->topo, usable, e);
		if (rc && a.why && a.why[0])
			err_set(e, rc, "%.200s: %.200s", ab->old.dir, a.why[0]);
		p->again = again;
	}
	if (!rc)
		rc = builds_check(&ab->new, p, e);
	if (!rc)
		rc = builds_plan(p, e);
	if (!rc)
		rc = plan_check(p, &o, e);
	if (!rc)
		say_left_out(&a, ab->old.dir);
	adaptation_free(&a);
	if (rc)
		plan_free(p);
	return rc;
}

static int start(struct ab *ab, int argc, char **argv, struct err *e)
{
	const struct options *o = ab->o;
	const struct again nothing = { 0 };
	char out[PATH_MAX];
	struct plan p;
	int status;

	if (open_builds(ab, o->folders[0], o->folders[1], e) || make_plan(&p, ab, e))
		return cmd_fail(e);
	results_new_dir(out, "ab");
	if (o->out)
		snprintf(out, sizeof out, "%s", o->out);
	if (o->dry_run)
		status = matrix_dry_run(&p);
	else if (o->budget_s > 0)
		status = conclude(o, out, matrix_budget(out, o->budget_s, &p, &nothing, &ab->new, ab->topo, argc, argv,
		                                        TELL_NOTHING, e), e);
	else if (budget_absent(out, e))
		status = cmd_fail(e);
	else
		status = conclude(o, out, matrix_measure(out, &p, &ab->new, ab->topo, argc, argv, TELL_NOTHING, e), e);
	plan_free(&p);
	return status;
}

/* Its builds are where they were. */
static int resume(struct ab *ab, int argc, char **argv, struct err *e)
{
	const char *dir = ab->o->resume;
	char pilot[PATH_MAX];
	struct again again;
	struct results r;
	bool begun = run_is_in(dir) || !run_is_in(budget_pilot(pilot, dir));
	int rc = matrix_read_again(&again, &ab->o->retry, e);

	if (!rc)
		rc = results_read(&r, begun ? dir : pilot, e);
	if (rc)
		return cmd_fail(e);
	if (!results_of_two_builds(&r))
		rc = err_set(e, -EINVAL, "%.300s is no run of two builds: matrix --resume goes on with it", dir);
	if (!rc)
		rc = open_builds(ab, results_build_fact(&r, BUILD_OLD, "dir"), results_build_fact(&r, BUILD_NEW, "dir"), e);
	results_free(&r);
	if (rc)
		return cmd_fail(e);
	return conclude(ab->o, dir, begun ? matrix_go_on(dir, dir, &again, &ab->new, ab->topo, TELL_NOTHING, e)
	                                  : matrix_budget(dir, 0, NULL, &again, &ab->new, ab->topo, argc, argv,
	                                                  TELL_NOTHING, e), e);
}

/* ---- The command --------------------------------------------------------------------- */

static int check(const struct options *o, struct err *e)
{
	if (o->as_json && o->markdown)
		return err_set(e, -EINVAL, "--json and --markdown: one of them");
	if (!o->resume && o->retry.n)
		return err_set(e, -EINVAL, "--retry measures rows of a run again: which run, --resume says");
	if (o->budget_s > 0 && (o->reps || o->dry_run))
		return err_set(e, -EINVAL, "--budget chooses the repetitions, after a pilot: without --reps and --dry-run");
	if (!o->resume && !o->folders[0])
		return err_set(e, -EINVAL, "ab takes the old build's folder, and the new one's if that is not this build");
	if (o->resume && (o->folders[0] || o->backends.n || o->workloads.n || o->nprocs || o->pins.n || o->nset ||
	                  o->nopt || o->preset || o->reps || o->budget_s > 0 || o->has_seed || o->has_layouts || o->has_again ||
	                  o->timeout_s > 0 || o->min_time_s > 0 || o->out || o->dry_run))
		return err_set(e, -EINVAL, "--resume goes on with the run's own plan and builds: beside it only --retry and "
		               "flags of what is printed are of use");
	return 0;
}

int cmd_ab(int argc, char **argv)
{
	struct options o;
	struct ab ab = { .o = &o };
	struct err e;
	int status = EXIT_GOOD;

	if (options_parse_folders(&o, 2, argc, argv, ":b:w:p:h", flags, &e))
		status = cmd_fail(&e);
	else if (o.help)
		fputs(help, stdout);
	else if (check(&o, &e))
		status = cmd_fail(&e);
	else
		status = o.resume ? resume(&ab, argc, argv, &e) : start(&ab, argc, argv, &e);
	close_builds(&ab);
	options_free(&o);
	return status;
}
