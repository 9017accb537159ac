/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_matrix.c: schedlab matrix.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "files.h"
#include "host.h"
#include "options.h"
#include "plot.h"
#include "runner.h"
#include "summary.h"

static const struct option flags[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "preset", required_argument, NULL, OPT_PRESET },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "reps", required_argument, NULL, OPT_REPS },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", required_argument, NULL, OPT_RESUME },
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
	"  --preset NAME          quick (default), ratios, lessons, standard or full:\n"
	"                         what the flags below leave open; see schedlab list\n"
	"  -b, --backend B,...    back ends (default: all)\n"
	"  -w, --workload W,...   workloads\n"
	"  -p, --procs N,...      numbers of processors, P\n"
	"  --pin POLICY,...       pinning policies; 0,2,4 is one, of PU numbers\n"
	"  --set KEY=V,...        values of a parameter, where a workload has it\n"
	"  --opt KEY=V,...        values of a knob, of a back end or of the harness\n"
	"  --reps N               repetitions\n"
	"  --seed N               of the order (default: random, printed)\n"
	"  --timeout S            seconds after which a cell is killed\n"
	"  --min-time S           seconds that a cell measures for, at least\n"
	"  --out DIR              the run's folder (default: results/TIME-HOST)\n"
	"  --resume DIR           go on with the run in DIR; takes no other flag\n"
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
	"  schedlab matrix --resume results/pinned\n";

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

/* A path as a shell takes it. */
static void print_quoted(const char *path)
{
	if (!path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                       "0123456789_./+:@%-")]) {
		fputs(path, stderr);
		return;
	}
	fputc('\'', stderr);
	for (; *path; path++)
		fputs(*path == '\'' ? "'\\''" : (char[]){ *path, '\0' }, stderr);
	fputc('\'', stderr);
}

static void say_how_to_resume(const char *dir)
{
	fputs("All rows measured so far are kept.  To go on:\n  ", stderr);
	print_quoted(program_invocation_name);
	fputs(" matrix --resume ", stderr);
	print_quoted(dir);
	fputc('\n', stderr);
}

static int check_alone(const struct options *o, struct err *e)
{
	if (o->backends.n || o->workloads.n || o->nprocs || o->pins.n || o->nset || o->nopt ||
	    o->preset || o->reps || o->has_seed || o->timeout_s > 0 || o->min_time_s > 0 ||
	    o->out || o->dry_run)
		return err_set(e, -EINVAL, "--resume goes on with the run's own plan and takes "
		               "no other flag");
	return 0;
}

static int dry_run(const struct plan *p)
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

/* The end of a whole run: figures and pictures.  The exit status. */
static int conclude(const char *dir, struct err *e)
{
	struct results r;
	struct summary s;
	int bad, rc = results_read(&r, dir, e);

	if (rc)
		return cmd_fail(e);
	rc = summary_make(&s, &r, e);
	if (!rc) {
		summary_print(&s, &r, stdout);
		rc = summary_put(&s, &r, e);
		bad = s.status[ST_WRONG] + s.status[ST_FAILED] + s.status[ST_CRASHED] +
		      s.status[ST_TIMEOUT];
		summary_free(&s);
	}
	results_free(&r);
	if (rc)
		return cmd_fail(e);
	/* The rows are what counts: without pictures it is a run all the same. */
	if (plot_run(dir, e))
		fprintf(stderr, "schedlab: no plots: %s\n", e->msg);
	printf("The run is in %s\n", dir);
	return bad ? EXIT_BAD : EXIT_GOOD;
}

/* A run that is open: measures the rest of it.  The exit status. */
static int measure(struct run *run, const struct plan *p, const struct catalog *c,
                   const struct topo *topo, const struct row *rows, int n, struct err *e)
{
	int interrupt = 0, rc = put_topology(topo, run->dir, e);

	if (!rc)
		rc = runner_run(run, p, c, topo, rows, n, &interrupt, e);
	run_close(run);
	if (rc == -EINTR) {
		fprintf(stderr, "Interrupted.  ");
		say_how_to_resume(run->dir);
		return 128 + interrupt;
	}
	if (rc) {
		cmd_fail(e);
		if (rc != -EINVAL)      /* no run of this plan */
			say_how_to_resume(run->dir);
		return EXIT_USAGE;
	}
	return conclude(run->dir, e);
}

static int resume(const struct options *o, const struct catalog *c, const struct topo *topo,
                  struct err *e)
{
	struct row *rows = NULL;
	struct facts f;
	struct plan p;
	struct run run;
	int n = 0, status;

	if (check_alone(o, e) || facts_collect(&f, c, e))
		return cmd_fail(e);
	if (run_open(&run, o->resume, &p, &f, &rows, &n, e)) {
		status = cmd_fail(e);
	} else {
		status = measure(&run, &p, c, topo, rows, n, e);
		rows_free(rows, n);
		plan_free(&p);
	}
	facts_free(&f);
	return status;
}

static int start(const struct options *o, const struct catalog *c, const struct topo *topo,
                 int argc, char **argv, struct err *e)
{
	char out[PATH_MAX];
	const char *source;
	struct facts f;
	struct plan p;
	struct run run;
	int status;

	if (plan_make(&p, o, c, topo, host_usable(&source), e))
		return cmd_fail(e);
	if (o->dry_run) {
		status = dry_run(&p);
		plan_free(&p);
		return status;
	}
	default_out(out);
	if (o->out)
		snprintf(out, sizeof out, "%s", o->out);
	if (facts_collect(&f, c, e)) {
		plan_free(&p);
		return cmd_fail(e);
	}
	if (run_create(&run, out, &p, &f, argc, argv, e))
		status = cmd_fail(e);
	else
		status = measure(&run, &p, c, topo, NULL, 0, e);
	facts_free(&f);
	plan_free(&p);
	return status;
}

int cmd_matrix(int argc, char **argv)
{
	struct topo *topo = NULL;
	struct catalog c;
	struct options o;
	struct err e;
	int status;

	if (options_parse(&o, argc, argv, ":b:w:p:h", flags, &e)) {
		status = cmd_fail(&e);
	} else if (o.help) {
		fputs(help, stdout);
		status = EXIT_GOOD;
	} else if (catalog_read(&c, &e)) {
		status = cmd_fail(&e);
	} else {
		if (topo_open(&topo, NULL, NULL, &e))
			status = cmd_fail(&e);
		else if (o.resume)
			status = resume(&o, &c, topo, &e);
		else
			status = start(&o, &c, topo, argc, argv, &e);
		topo_close(topo);
		catalog_free(&c);
	}
	options_free(&o);
	return status;
}
