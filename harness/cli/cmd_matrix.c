/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_matrix.c: schedlab matrix.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/shell.h"
#include "cli/cmd.h"
#include "cli/presets.h"
#include "cli/several.h"
#include "compare/budget.h"
#include "compare/told.h"
#include "figures/plot.h"
#include "machine/host.h"
#include "plan/options.h"
#include "report/report.h"
#include "results/folder.h"
#include "results/summary.h"
#include "run/runner.h"
#include "verdicts/sentences.h"

static const struct option flags[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "preset", required_argument, NULL, OPT_PRESET },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "reps", required_argument, NULL, OPT_REPS },
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "budget", required_argument, NULL, OPT_BUDGET },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "layouts", required_argument, NULL, OPT_LAYOUTS },
	{ "again", required_argument, NULL, OPT_AGAIN },
	{ "first", no_argument, NULL, OPT_FIRST },
	{ "traces", required_argument, NULL, OPT_TRACES },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", required_argument, NULL, OPT_RESUME },
	{ "retry", required_argument, NULL, OPT_RETRY },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: schedlab matrix [FLAGS]\n"
	"\n"
	"Measures back ends x workloads x P x pinning x parameters.  A cell is a\n"
	"process of its own; each repetition runs every cell once, in a new order, so\n"
	"that a drift of the machine hits all alike.  Rows are on the disk as soon as\n"
	"they are measured; a run that was stopped, however, can be resumed.\n"
	"\n"
	"  --preset NAME          quick (default), ratios, lessons, floor, standard or\n"
	"                         full: what other flags leave open; see list\n"
	"  -b, --backend B,...    back ends (default: all)\n"
	"  -w, --workload W,...   workloads\n"
	"  -p, --procs N,...      numbers of processors, P\n"
	"  --pin POLICY,...       pinning policies; 0,2,4 is one, of PU numbers\n"
	"  --set KEY=V,...        values of a parameter, where a workload has it\n"
	"  --opt KEY=V,...        values of a knob, of a back end or of the harness\n"
	"  --reps N               repetitions\n"
	"  --runs N               so many runs, one after the other, each a folder of its\n"
	"                         own in DIR, and how far apart they are\n"
	"  --budget TIME          instead of --reps: 90s, 10m or 2h.  A pilot of 4\n"
	"                         repetitions comes first; by it 6 to 40 are planned,\n"
	"                         before any is measured, and what they tell is said\n"
	"  --seed N               of the order (default: random, printed)\n"
	"  --layouts off|N        over how many link orders of each cell program the\n"
	"                         repetitions rotate (default: all; see make layouts)\n"
	"  --again N              measure what others disturb again, at most so often\n"
	"                         (default: 2), within its repetition, and in no more\n"
	"                         time than the first attempts took; 0: never\n"
	"  --first                print tables of the first attempts alone\n"
	"  --traces on|off        trace an iteration each of five workloads, too, for the\n"
	"                         page (on, of presets standard and full)\n"
	"  --timeout S            seconds after which a cell is killed\n"
	"  --min-time S           seconds that a cell measures for, at least\n"
	"  --out DIR              the run's folder (default: results/TIME-HOST)\n"
	"  --resume DIR           go on with the run in DIR; its plan is what counts\n"
	"  --retry WHAT,...       with --resume: measure these rows again, too: failed,\n"
	"                         crashed, timeout, wrong, na, disturbed\n"
	"  --dry-run              print a line for each row, in order; measure none\n"
	"\n"
	"Exit status: 0 all rows are ok or na; 1 a row is wrong, failed, crashed or\n"
	"timed out; 2 bad usage, or the run could not be written; 130 interrupted.\n"
	"\n"
	"Examples:\n"
	"  schedlab matrix\n"
	"  schedlab matrix -b single-p,work-stealing -w fib --set n=20,25,30 -p 1,2\n"
	"  schedlab matrix --preset standard --pin none,cores --out results/pinned\n"
	"  schedlab matrix --preset ratios --out results/yardstick\n"
	"  schedlab matrix --resume results/pinned --retry failed,crashed\n";

/* "results/20261123T181405Z-host". */
static void default_out(char out[PATH_MAX])
{
	char host[64] = "host";

	gethostname(host, sizeof host - 1);
	host[strcspn(host, "./ ")] = '\0';
	results_new_dir(out, host);
}

void results_new_dir(char out[PATH_MAX], const char *what)
{
	char started[32];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(started, sizeof started, "%Y%m%dT%H%M%SZ", &tm);
	snprintf(out, PATH_MAX, "results/%s-%s", started, what);
}

/* "  build/schedlab matrix --resume DIR --retry failed,crashed"; of a run of ab, that. */
static void print_resume(const char *command, const char *dir, const struct again *again)
{
	int n = 0;

	fputs("  ", stderr);
	shell_word(program_invocation_name, stderr);
	fprintf(stderr, " %s --resume ", command);
	shell_word(dir, stderr);
	for (int s = 0; s <= ST_NA; s++)
		if (again->status[s])
			fprintf(stderr, "%s%s", n++ ? "," : " --retry ", status_name((enum status)s));
	if (again->disturbed)
		fprintf(stderr, "%sdisturbed", n++ ? "," : " --retry ");
	fputc('\n', stderr);
}

static const char *command_of(const struct cell *first)
{
	return first->build ? "ab" : "matrix";
}

void matrix_say_how_to_resume(const struct plan *p, const char *dir, const struct again *again)
{
	fputs("All rows measured so far are kept.  To go on:\n", stderr);
	print_resume(command_of(p->cells), dir, again);
}

static int check_alone(const struct options *o, struct err *e)
{
	if (o->backends.n || o->workloads.n || o->nprocs || o->pins.n || o->nset || o->nopt ||
	    o->preset || o->has_traces || o->reps || o->runs || o->budget_s > 0 || o->has_again || o->has_seed || o->has_layouts || o->timeout_s > 0 ||
	    o->min_time_s > 0 ||
	    o->out || o->dry_run)
		return err_set(e, -EINVAL, "--resume goes on with the run's own plan and takes "
		               "no other flag but --retry and --first");
	return 0;
}

int matrix_read_again(struct again *again, const struct words *w, struct err *e)
{
	*again = (struct again){ 0 };
	for (int i = 0; i < w->n; i++) {
		struct nearest near = { .word = w->v[i] };
		enum status s;
		char hint[100];

		if (!strcmp(w->v[i], "disturbed")) {
			again->disturbed = true;
			continue;
		}
		if (status_read(w->v[i], &s) == 0 && s != ST_OK) {
			again->status[s] = true;
			continue;
		}
		for (s = ST_WRONG; s <= ST_NA; s++)
			nearest_try(&near, status_name(s));
		nearest_try(&near, "disturbed");
		return err_set(e, -EINVAL, "--retry: rows cannot be '%.60s'%s", w->v[i],
		               nearest_hint(&near, hint, sizeof hint));
	}
	return 0;
}

int matrix_dry_run(const struct plan *p)
{
	struct step *steps = plan_steps(p);
	char text[CELL_TEXT];

	for (int i = 0; steps && i < plan_rows(p); i++)
		printf("%d\t%s\t%s\n", steps[i].rep,
		       steps[i].kind == ROW_CALIBRATION ? "calibration" : "cell",
		       cell_text(steps[i].cell, text, sizeof text));
	fprintf(stderr, "%d rows, seed %" PRIu64 "\n", plan_rows(p), p->seed);
	free(steps);
	return 0;
}

static int put_topology(const struct topo *topo, const char *dir, struct err *e)
{
	char *xml;
	int rc = topo_xml(topo, &xml, e);

	if (rc)
		return rc;
	rc = file_put(dir, "topology.xml", xml, strlen(xml), e);
	free(xml);
	return rc;
}

/* The tables as they would be, had nothing been measured again. */
static int print_first(const char *dir, struct err *e)
{
	struct results r;
	struct summary s;
	int rc = results_read_first(&r, dir, e);

	if (rc)
		return cmd_fail(e);
	rc = summary_make(&s, &r, e);
	if (!rc) {
		summary_print(&s, &r, stdout);
		summary_free(&s);
	}
	results_free(&r);
	return rc ? cmd_fail(e) : 0;
}

/* The end of a whole run: figures and pictures.  The exit status. */
static int conclude(const char *dir, const struct catalog *c, enum tell tell, struct err *e)
{
	struct results r;
	struct summary s;
	struct again again = { 0 };
	int bad = 0, rc = results_read(&r, dir, e);

	if (rc)
		return cmd_fail(e);
	rc = summary_make(&s, &r, e);
	if (!rc && (told_find(&s.told, &r, e) || sentences_make(&s.sentences, &r, c, questions, e))) {
		rc = -ENOMEM;
		summary_free(&s);
	}
	if (rc) {
		results_free(&r);
		return cmd_fail(e);
	}
	/* The files first: whoever reads the table may stop in the middle of it.  And the
	 * rows are what counts: without pictures it is a run all the same. */
	rc = summary_put(&s, &r, e);
	if (rc)
		cmd_fail(e);
	else if (!results_of_two_builds(&r) && plot_run(dir, NULL, e))
		fprintf(stderr, "schedlab: no plots: %s\n", e->msg);
	if (!rc && !results_of_two_builds(&r) && report_run(dir, c, e))
		fprintf(stderr, "schedlab: no page: %s\n", e->msg);
	if (tell == TELL_FIRST)
		rc = print_first(dir, e) ? EXIT_USAGE : rc;
	else if (tell)
		summary_print(&s, &r, stdout);
	if (tell == TELL_TABLES)
		sentences_print(&s.sentences, stdout);
	if (tell)
		printf("The run is in %s\n", dir);
	for (int k = ST_WRONG; k < ST_NA; k++) {
		again.status[k] = s.status[k] > 0;
		bad += s.status[k];
	}
	fflush(stdout);
	if (bad) {
		fputs("Should that pass, these rows can be measured again:\n", stderr);
		print_resume(command_of(r.cells), dir, &again);
	}
	summary_free(&s);
	results_free(&r);
	return rc ? EXIT_USAGE : bad ? EXIT_BAD : EXIT_GOOD;
}

/* A run that is open: measures the rest of it.  whole: the folder to go on with, should
 * that be stopped.  The exit status. */
static int measure(struct run *run, const char *whole, const struct plan *p, const struct catalog *c,
                   const struct topo *topo, const struct row *rows, int n,
                   const struct again *again, enum tell tell, struct err *e)
{
	int interrupt = 0, rc = put_topology(topo, run->dir, e);

	doctor_say_worst(p);
	if (!rc && p->traces)
		rc = matrix_traces(p, c, topo, run->dir, &interrupt, e);
	if (!rc)
		rc = runner_run(run, p, c, topo, rows, n, again, &interrupt, e);
	run_close(run);
	if (rc == -EINTR) {
		fprintf(stderr, "Interrupted.  ");
		matrix_say_how_to_resume(p, whole, again);
		return 128 + interrupt;
	}
	if (rc) {
		cmd_fail(e);
		if (rc != -EINVAL)      /* no run of this plan */
			matrix_say_how_to_resume(p, whole, again);
		return EXIT_USAGE;
	}
	return conclude(run->dir, c, tell, e);
}

/* The facts about this machine, this build and its programs. */
static int collect(struct facts *f, struct catalog *c, struct err *e)
{
	int rc = facts_collect(f, e);

	if (rc)
		return rc;
	rc = catalog_facts(c, f, e);
	if (rc)
		facts_free(f);
	return rc;
}

int matrix_go_on(const char *dir, const char *whole, const struct again *again, struct catalog *c,
                 const struct topo *topo, enum tell tell, struct err *e)
{
	struct row *rows = NULL;
	struct facts f;
	struct plan p;
	struct run run;
	int n = 0, status;

	if (collect(&f, c, e))
		return cmd_fail(e);
	if (run_open(&run, dir, &p, &f, &rows, &n, e)) {
		status = cmd_fail(e);
	} else {
		status = measure(&run, whole, &p, c, topo, rows, n, again, tell, e);
		rows_free(rows, n);
		plan_free(&p);
	}
	facts_free(&f);
	return status;
}

int matrix_begin(const char *dir, const char *whole, const struct plan *p, struct catalog *c,
                 const struct topo *topo, int argc, char **argv, enum tell tell, struct err *e)
{
	struct facts f;
	struct run run;
	int status;

	if (collect(&f, c, e))
		return cmd_fail(e);
	if (run_create(&run, dir, p, &f, argc, argv, e))
		status = cmd_fail(e);
	else
		status = measure(&run, whole, p, c, topo, NULL, 0, &(struct again){ 0 }, tell, e);
	facts_free(&f);
	return status;
}

int matrix_measure(const char *dir, const struct plan *p, struct catalog *c, const struct topo *topo,
                   int argc, char **argv, enum tell tell, struct err *e)
{
	return matrix_begin(dir, dir, p, c, topo, argc, argv, tell, e);
}

static int resume(const struct options *o, struct catalog *c, const struct topo *topo,
                  int argc, char **argv, struct err *e)
{
	const enum tell tell = o->first ? TELL_FIRST : TELL_TABLES;
	struct runs_plan runs;
	struct again again;

	if (check_alone(o, e) || matrix_read_again(&again, &o->retry, e) || runs_planned(o->resume, &runs, e))
		return cmd_fail(e);
	if (runs.runs)
		return several_resume(o->resume, &runs, &again, c, topo, argc, argv, tell, e);
	return run_is_in(o->resume) ? matrix_go_on(o->resume, o->resume, &again, c, topo, tell, e)
	                            : matrix_budget(o->resume, 0, NULL, &again, c, topo, argc, argv, tell, e);
}

static int start(const struct options *o, struct catalog *c, const struct topo *topo,
                 int argc, char **argv, struct err *e)
{
	char out[PATH_MAX];
	const struct preset *preset = preset_find(o->preset, e);
	const enum tell tell = o->first ? TELL_FIRST : TELL_TABLES;
	const char *source;
	struct plan p;
	int status;

	if (o->retry.n) {
		err_set(e, 0, "--retry measures rows of a run again: which run, --resume says");
		return cmd_fail(e);
	}
	if (o->budget_s > 0 && (o->reps || o->runs || o->dry_run)) {
		err_set(e, 0, "--budget chooses the repetitions of one run, after a pilot: without --reps, --runs and "
		        "--dry-run");
		return cmd_fail(e);
	}
	if (!preset || plan_make(&p, o, preset, c, topo, host_usable(&source), e))
		return cmd_fail(e);
	default_out(out);
	if (o->out)
		snprintf(out, sizeof out, "%s", o->out);
	if (o->dry_run)
		status = matrix_dry_run(&p);
	else if (o->budget_s > 0)
		status = matrix_budget(out, o->budget_s, &p, &(struct again){ 0 }, c, topo, argc, argv, tell, e);
	else if (budget_absent(out, e))
		status = cmd_fail(e);
	else if (!o->runs)
		status = matrix_begin(out, out, &p, c, topo, argc, argv, tell, e);
	else
		status = several_start(out, &(struct runs_plan){ o->runs, NAN }, &p, c, topo, argc, argv, tell, e);
	plan_free(&p);
	return status;
}

static int start_or_resume(const struct options *o, struct catalog *c, const struct topo *topo, int argc, char **argv,
                           struct err *e)
{
	return (o->resume ? resume : start)(o, c, topo, argc, argv, e);
}

int cmd_matrix(int argc, char **argv)
{
	return cmd_measure(argc, argv, flags, help, start_or_resume);
}
