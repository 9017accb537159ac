/* SPDX-License-Identifier: Apache-2.0 */
#include "runner.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "measure.h"
#include "progress.h"

/* What earlier rows taught about a cell of the plan. */
struct known {
	double wall_ns;         /* of its last process; 0: none yet */
	bool told;              /* its failing was reported; repeats are counted */
	bool na;                /* it does not apply, and never will in this run */
	char reason[REASON_MAX];
};

struct runner {
	const struct plan *plan;
	struct run *run;
	struct step *steps;
	bool *done;             /* by step */
	struct known *known;    /* by cell; the calibration cell is the last */
	struct measure measure;
	struct progress progress;
};

static struct known *known_of(struct runner *r, const struct step *s)
{
	return s->kind == ROW_CALIBRATION ? &r->known[r->plan->ncells]
	                                  : &r->known[s->cell - r->plan->cells];
}

static void learn(struct known *k, enum status status, const char *reason, double wall_ns)
{
	if (wall_ns > 0)
		k->wall_ns = wall_ns;
	if (status == ST_NA) {
		k->na = true;
		snprintf(k->reason, sizeof k->reason, "%s", reason);
	}
}

/* Marks the steps that have a row; a row that the plan does not ask for, or has
 * twice, means that this is no run of this plan. */
static int mark_done(struct runner *r, const struct row *rows, int n, struct err *e)
{
	int total = plan_rows(r->plan), block = r->plan->ncells + r->plan->calibrated;

	for (int i = 0; i < n; i++) {
		/* All steps of one repetition stand together. */
		int k = rows[i].rep < 0 || rows[i].rep > r->plan->reps ? total
		                                                       : rows[i].rep * block;
		int end = k + block < total ? k + block : total;
		double wall = 0;

		while (k < end && (r->steps[k].kind != rows[i].kind ||
		                   !cell_same(r->steps[k].cell, &rows[i].cell)))
			k++;
		if (k >= end || r->done[k] || rows[i].attempt != 0)
			return err_set(e, -EINVAL, "%.300s/cells.jsonl: line %d is no row of the plan, "
			               "or is there twice", r->run->dir, i + 1);
		r->done[k] = true;
		row_counter(&rows[i], "wall_ns", &wall);
		learn(known_of(r, &r->steps[k]), rows[i].status, rows[i].reason, wall);
	}
	return 0;
}

/* By what each cell took last time, and the mean of these for the others. */
static double time_left(struct runner *r, int from)
{
	int total = plan_rows(r->plan), timed = 0, unknown = 0;
	double left = 0, sum = 0;

	for (int i = 0; i <= r->plan->ncells; i++) {
		sum += r->known[i].wall_ns;
		timed += r->known[i].wall_ns > 0 || r->known[i].na;
	}
	for (int i = from; i < total; i++) {
		const struct known *k = known_of(r, &r->steps[i]);

		if (!r->done[i] && !k->na) {
			left += k->wall_ns;
			unknown += !(k->wall_ns > 0);
		}
	}
	return left + (timed ? unknown * sum / timed : 0);
}

static void tick(void *arg)
{
	progress_update(arg);
}

static int write_row(struct runner *r, const struct step *s, const struct outcome *o, struct err *e)
{
	char *line = outcome_line(o, s->cell, s->kind, s->rep, 0);
	int rc = line ? run_append(r->run, line, e) : err_set(e, -ENOMEM, "out of memory");

	free(line);
	return rc;
}

static int measure_step(struct runner *r, const struct step *s, int *interrupt, struct err *e)
{
	struct known *k = known_of(r, s);
	struct outcome o = { .status = ST_NA };
	char text[CELL_TEXT];
	int rc = 0;

	r->progress.what = cell_text(s->cell, text, sizeof text);
	progress_update(&r->progress);
	if (k->na)
		memcpy(o.reason, k->reason, sizeof o.reason);
	else
		rc = measure_cell(&r->measure, s->cell, &o, interrupt, e);
	r->progress.what = "";
	if (!rc) {
		learn(k, o.status, o.reason, o.ran ? (double)o.wall_ns : 0);
		rc = write_row(r, s, &o, e);
	}
	if (!rc && o.status != ST_OK && o.status != ST_NA && !k->told) {
		progress_say(&r->progress, "%s: %s: %s", text, status_name(o.status), o.reason);
		k->told = true;
	}
	outcome_free(&o);
	return rc;
}

static int measure_all(struct runner *r, int *interrupt, struct err *e)
{
	int total = plan_rows(r->plan), rc = 0;

	for (int i = 0; i < total && !rc; i++) {
		if (r->done[i])
			continue;
		/* Rows that need no process come too fast to notice otherwise. */
		*interrupt = proc_interrupted(r->measure.sigfd);
		if (*interrupt)
			return -EINTR;
		r->progress.left_ns = time_left(r, i);
		rc = measure_step(r, &r->steps[i], interrupt, e);
		r->progress.done += !rc;
	}
	return rc;
}

static void say_what_comes(const struct plan *p, int done, const char *dir)
{
	double minutes = ceil(p->estimate_s / 60);

	fprintf(stderr, "%d cells, %d repetitions, seed %" PRIu64 ": %d rows, %d to measure, in %s\n",
	        p->ncells, p->reps, p->seed, plan_rows(p), plan_rows(p) - done, dir);
	if (p->estimate_s > 0)
		fprintf(stderr, "This takes about %.0f minute%s on two CPUs\n", minutes,
		        minutes > 1 ? "s" : "");
}

int runner_run(struct run *run, const struct plan *plan, const struct catalog *catalog,
               const struct topo *topo, const struct row *rows, int n, int *interrupt,
               struct err *e)
{
	char scratch[PATH_MAX];
	struct runner r = { .plan = plan, .run = run, .steps = plan_steps(plan),
	                    .done = calloc((size_t)plan_rows(plan), sizeof *r.done),
	                    .known = calloc((size_t)plan->ncells + 1, sizeof *r.known) };
	int rc;

	r.measure = (struct measure){ .catalog = catalog, .topo = topo,
	                              .scratch = path_join(scratch, run->dir, "scratch"),
	                              .min_time_s = plan->min_time_s,
	                              .timeout_s = plan->timeout_s,
	                              .tick = tick, .arg = &r.progress };
	rc = r.steps && r.done && r.known ? mark_done(&r, rows, n, e)
	                                  : err_set(e, -ENOMEM, "out of memory");
	if (!rc)
		rc = dir_make(scratch, e);
	if (!rc)
		rc = r.measure.sigfd = proc_signals(e);
	if (rc >= 0) {
		say_what_comes(plan, n, run->dir);
		progress_begin(&r.progress, n, plan_rows(plan));
		rc = measure_all(&r, interrupt, e);
		progress_end(&r.progress);
		proc_signals_end(r.measure.sigfd);
	}
	dir_remove(scratch);
	free(r.steps);
	free(r.done);
	free(r.known);
	return rc;
}
