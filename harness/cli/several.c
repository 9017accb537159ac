/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/several.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "cli/cmd.h"
#include "results/folder.h"
#include "run/proc.h"
#include "run/runner.h"

/* Several runs, and what they are measured with. */
struct several {
	const char *dir;
	const struct runs_plan *runs;
	struct plan *plan;
	const struct again *again;
	struct catalog *catalog;
	const struct topo *topo;
	int argc;
	char **argv;
	enum tell tell;         /* of each run */
	struct err *e;
};

/* ---- Between two runs ------------------------------------------------------ */

/* Seconds until as much time has passed since the last row of a run as was asked for.
 * Never more than that, whatever became of the clock. */
static double seconds_left(const struct several *s, int run)
{
	char path[PATH_MAX], rows[PATH_MAX];
	struct stat st;
	double left;

	if (!(s->runs->gap_s > 0) || stat(path_join(rows, runs_path(path, s->dir, run), "cells.jsonl"), &st) != 0)
		return 0;
	left = s->runs->gap_s - difftime(time(NULL), st.st_mtime);
	return fmin(fmax(left, 0), s->runs->gap_s);
}

static void say_when(double left, int run, int runs)
{
	time_t then = time(NULL) + (time_t)left;
	char text[32];
	struct tm tm;

	gmtime_r(&then, &tm);
	strftime(text, sizeof text, "%H:%M:%S UTC", &tm);
	fprintf(stderr, "Run %d of %d begins at %s\n", run, runs, text);
}

/* The signal that ended the waiting; 0: the time has come; -errno with a sentence. */
static int wait_until(int64_t deadline_ns, struct err *e)
{
	int sigfd = proc_signals(e), interrupt = 0;

	while (sigfd >= 0 && !interrupt && clock_ns() < deadline_ns) {
		int64_t left_ms = (deadline_ns - clock_ns()) / 1000000 + 1;

		poll(&(struct pollfd){ .fd = sigfd, .events = POLLIN }, 1, left_ms < 60000 ? (int)left_ms : 60000);
		interrupt = proc_interrupted(sigfd);
	}
	if (sigfd < 0)
		return sigfd;
	proc_signals_end(sigfd);
	return interrupt;
}

/* An exit status; EXIT_GOOD: the run may begin. */
static int keep_apart(const struct several *s, int run)
{
	double left = run > 1 ? seconds_left(s, run - 1) : 0;
	int interrupt;

	if (left <= 0)
		return EXIT_GOOD;
	say_when(left, run, s->runs->runs);
	interrupt = wait_until(clock_ns() + (int64_t)(left * 1e9), s->e);
	if (interrupt < 0)
		return cmd_fail(s->e);
	if (!interrupt)
		return EXIT_GOOD;
	fputs("Interrupted.  ", stderr);
	matrix_say_how_to_resume(s->plan, s->dir, s->again);
	return 128 + interrupt;
}

/* ---- The runs -------------------------------------------------------------- */

static int conclude(const struct several *s)
{
	struct between b;

	if (between_make(&b, s->dir, s->runs->runs, s->e))
		return cmd_fail(s->e);
	if (between_put(&b, s->runs, s->dir, s->e)) {
		between_free(&b);
		return cmd_fail(s->e);
	}
	between_print(&b, stdout);
	printf("The runs are in %s\n", s->dir);
	between_free(&b);
	return EXIT_GOOD;
}

/* Those that are there are gone on with; the others begin. */
static int each_run(const struct several *s)
{
	const uint64_t seed = s->plan->seed;
	char path[PATH_MAX];
	int worst = EXIT_GOOD;

	for (int i = 1; i <= s->runs->runs; i++) {
		bool begun = run_is_in(runs_path(path, s->dir, i));
		int status = begun ? EXIT_GOOD : keep_apart(s, i);

		if (status != EXIT_GOOD)
			return status;
		fprintf(stderr, "Run %d of %d\n", i, s->runs->runs);
		s->plan->seed = (seed + (uint64_t)i - 1) & SEED_MAX;
		status = begun ? matrix_go_on(path, s->dir, s->again, s->catalog, s->topo, s->tell, s->e)
		               : matrix_begin(path, s->dir, s->plan, s->catalog, s->topo, s->argc, s->argv, s->tell, s->e);
		if (status != EXIT_GOOD && status != EXIT_BAD)
			return status;
		worst = status > worst ? status : worst;
	}
	return conclude(s) ? EXIT_USAGE : worst;
}

int several_start(const char *dir, const struct runs_plan *runs, struct plan *p, struct catalog *c,
                  const struct topo *topo, int argc, char **argv, enum tell tell, struct err *e)
{
	const struct again nothing = { 0 };

	if (runs_create(dir, runs, e))
		return cmd_fail(e);
	return each_run(&(struct several){ dir, runs, p, &nothing, c, topo, argc, argv, tell, e });
}

/* The plan is that of the first run: one that was stopped before that began has none. */
int several_resume(const char *dir, const struct runs_plan *runs, const struct again *again, struct catalog *c,
                   const struct topo *topo, int argc, char **argv, enum tell tell, struct err *e)
{
	char first[PATH_MAX];
	struct results r;
	struct plan p;
	int rc = results_read(&r, runs_path(first, dir, 1), e);

	if (rc)
		return cmd_fail(e);
	rc = meta_plan(&p, r.meta, e);
	results_free(&r);
	if (rc)
		return cmd_fail(e);
	rc = each_run(&(struct several){ dir, runs, &p, again, c, topo, argc, argv, tell, e });
	plan_free(&p);
	return rc;
}
