/* SPDX-License-Identifier: Apache-2.0 */
#include "run/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "machine/host.h"
#include "run/live.h"
#include "run/state.h"

/* By what each cell took last time, and the mean of these for the others. */
static double time_left(const struct runner *r)
{
	int timed = 0, unknown = 0;
	double left = 0, sum = 0;

	for (int i = 0; i < r->plan->ncells + r->plan->ncalibrations; i++) {
		const struct known *k = &r->known[i];

		sum += k->wall_ns;
		timed += k->wall_ns > 0 || k->na;
		if (k->na)
			continue;
		left += k->left * k->wall_ns;
		unknown += k->wall_ns > 0 ? 0 : k->left;
	}
	return left + (timed ? unknown * sum / timed : 0);
}

static void tick(void *arg)
{
	progress_update(arg);
}

/* Both stay: this row, which says with whom it disagrees, and the one before, whose time
 * does not count either when the run is read. */
static void check_agreement(struct runner *r, const struct step *s, struct outcome *o)
{
	if (o->status == ST_OK && s->kind == ROW_CELL &&
	    !agreement_take(&r->agreement, s->cell, o->benchmark, o->detail, o->reason, sizeof o->reason))
		o->status = ST_WRONG;
}

/* The row is there. */
static void note(struct runner *r, int step, const struct outcome *o)
{
	const struct attempt a = { o->status, o->disturbed, o->pass };
	struct had *h = &r->had[step];

	spent_add(&r->spent, h->attempts, o->ran ? (double)o->wall_ns : 0);
	r->rows_again += h->attempts > 0;
	had_add(h, &a, o->ns_per_op);
	h->ours = true;
	r->done[step] = true;
	r->progress.done++;
}

static int write_row(struct runner *r, int step, const struct outcome *o, struct err *e)
{
	const struct step *s = &r->steps[step];
	char *line = outcome_line(o, s->cell, s->kind, s->rep, r->had[step].attempts);
	int rc = line ? run_append(r->run, line, e) : err_set(e, -ENOMEM, "out of memory");

	free(line);
	return rc;
}

static int measure_step(struct runner *r, int step, int *interrupt, struct err *e)
{
	const struct step *s = &r->steps[step];
	struct known *k = known_of(r, s);
	struct outcome o = { .status = ST_NA };
	char text[CELL_TEXT], why[120];
	int rc = 0;

	r->rep = s->rep;
	progress_what(&r->progress, cell_text(s->cell, text, sizeof text));
	progress_update(&r->progress);
	r->measure.layout = s->layout;
	if (k->na)
		memcpy(o.reason, k->reason, sizeof o.reason);
	else
		rc = r->measures(&r->measure, s->cell, k->iterations.n, &o, interrupt, e);
	progress_what(&r->progress, "");
	if (!rc) {
		r->timed_ns += timed_ns(&o);
		iterations_learn(&k->iterations, &o);
		check_agreement(r, s, &o);
		known_learn(k, o.status, o.reason, o.ran ? (double)o.wall_ns : 0);
		if (s->kind == ROW_CELL || s->rep)
			o.pass = r->passes[s->kind == ROW_CELL ? s->rep : s->rep - 1];
		rc = write_row(r, step, &o, e);
	}
	if (!rc)
		note(r, step, &o);
	if (!rc && o.not_counted && !r->told_counters) {
		progress_say(&r->progress, "Hardware counters are %s",
		             counters_why(o.not_counted, COUNTERS_PARANOID, why, sizeof why));
		r->told_counters = true;
	}
	if (!rc && o.status != ST_OK && o.status != ST_NA && !k->told) {
		progress_say(&r->progress, "%s: %s: %s", text, status_name(o.status), o.reason);
		k->told = true;
	}
	outcome_free(&o);
	return rc;
}

static int measure_undone(struct runner *r, int first, int end, int *interrupt, struct err *e)
{
	int rc = 0;

	for (int i = first; i < end && !rc; i++) {
		if (r->done[i])
			continue;
		/* Rows that need no process come too fast to notice otherwise. */
		*interrupt = proc_interrupted(r->measure.sigfd);
		if (*interrupt)
			return -EINTR;
		r->progress.left_ns = time_left(r);
		rc = measure_step(r, i, interrupt, e);
		known_of(r, &r->steps[i])->left--;
	}
	return rc;
}

/* ---- Measuring again --------------------------------------------------------
 *
 * A row that others disturbed is measured again because of the noise that was seen,
 * never because of its time: who repeats what looks slow gets a table of lucky rows.
 * All attempts stay; attempt_replaces says which counts.
 *
 *   - When: at the end of its repetition, before the calibrations that close it.  At once
 *     it would mostly meet the same neighbour again.  After the run it would not be a pair
 *     any more with the rows of its repetition; here it is as near to them as they are to
 *     each other, and what its repetition's calibrations say holds for it, too.
 *   - Calibrations are measured again at once: they say how fast the machine is now.
 *   - Where these, undisturbed, differ by more than DRIFT from one end of a repetition to
 *     the other, its rows were not measured under the same conditions, and are no pairs:
 *     all of it is measured again, as another pass.  The calibrations that closed the pass
 *     before open this one.
 *   - How much: a row or a repetition at most plan.again times, and all of this together
 *     in no more than so many times what the first attempts took so far.  So a run beside
 *     a neighbour who stays takes three times its time, and its rows stay marked.
 */

#define DRIFT 0.05

static void redo(struct runner *r, int step)
{
	r->done[step] = false;
	r->progress.total++;
	known_of(r, &r->steps[step])->left++;
}

static bool is_wanted_again(const struct runner *r, int step)
{
	const struct had *h = &r->had[step];

	return had_disturbed(h) && h->tries <= r->plan->again && (h->ours || r->steps[step].rep >= r->from);
}

static bool has_time(struct runner *r, double ns)
{
	bool has = spent_allows(&r->spent, r->plan->again, ns);

	r->out_of_time |= !has;
	return has;
}

/* Those that others disturbed, each once before one of them a second time: the neighbour
 * may be gone by then. */
static int again_disturbed(struct runner *r, int first, int end, int *interrupt, struct err *e)
{
	int rc = 0, n = 1;

	for (int round = 0; round < r->plan->again && n && !rc; round++) {
		double ns = 0;

		n = 0;
		for (int i = first; i < end; i++) {
			if (!is_wanted_again(r, i) || !has_time(r, ns + known_of(r, &r->steps[i])->wall_ns))
				continue;
			ns += known_of(r, &r->steps[i])->wall_ns;
			redo(r, i);
			n++;
		}
		rc = measure_undone(r, first, end, interrupt, e);
	}
	return rc;
}

/* The calibrations before a repetition, or after the last. */
static int calibrate(struct runner *r, int rep, int *interrupt, struct err *e)
{
	int first = rep * block_size(r), end = first + r->plan->ncalibrations;
	int rc = measure_undone(r, first, end, interrupt, e);

	return rc ? rc : again_disturbed(r, first, end, interrupt, e);
}

/* What the calibrations that open this pass took: those that close it are not there yet,
 * unless it was another process that measured them. */
static void note_before(struct runner *r, int rep)
{
	const int open = r->passes[rep] ? rep + 1 : rep;

	for (int i = 0; i < r->plan->ncalibrations; i++) {
		const struct had *h = &r->had[open * block_size(r) + i];

		r->before[i] = open == rep || h->pass < r->passes[rep] ? had_time(h) : 0;
	}
}

/* By how much the calibrations moved most during the pass, and at which P. */
static double calibrations_moved(const struct runner *r, int rep, int *procs)
{
	double most = 0;

	for (int i = 0; i < r->plan->ncalibrations; i++) {
		double by = moved(r->before[i], had_time(&r->had[(rep + 1) * block_size(r) + i]));

		if (by > most) {
			most = by;
			*procs = r->plan->calibrations[i].procs;
		}
	}
	return most;
}

/* Whether the repetition is to be measured again; if so, its steps are not done any more. */
static bool again_whole(struct runner *r, int rep, int *procs, double *by)
{
	int first = rep * block_size(r) + r->plan->ncalibrations, end = first + block_size(r);
	double ns = 0;

	*by = calibrations_moved(r, rep, procs);
	if (*by <= DRIFT || rep < r->from || r->passes[rep] >= r->plan->again)
		return false;
	for (int i = first; i < end; i++)
		ns += known_of(r, &r->steps[i])->wall_ns;
	if (!has_time(r, ns))
		return false;
	r->passes[rep]++;
	r->reps_again++;
	for (int i = first; i < end; i++)
		if (misses_pass(r, i))
			redo(r, i);
	return true;
}

static int measure_repetition(struct runner *r, int rep, int *interrupt, struct err *e)
{
	int first = rep * block_size(r) + r->plan->ncalibrations, end = (rep + 1) * block_size(r);
	int procs = 0, rc;
	double by;

	for (;;) {
		note_before(r, rep);
		rc = measure_undone(r, first, end, interrupt, e);
		if (!rc)
			rc = again_disturbed(r, first, end, interrupt, e);
		if (!rc)
			rc = calibrate(r, rep + 1, interrupt, e);
		if (rc || !again_whole(r, rep, &procs, &by))
			return rc;
		progress_say(&r->progress, "Repetition %d is measured again: during it the calibration at P=%d moved "
		             "by %.1f %%", rep + 1, procs, 100 * by);
	}
}

static int measure_all(struct runner *r, int *interrupt, struct err *e)
{
	int rc = calibrate(r, 0, interrupt, e);

	for (int rep = 0; rep < r->plan->reps && !rc; rep++)
		rc = measure_repetition(r, rep, interrupt, e);
	return rc;
}

/* ---- What is said about it --------------------------------------------------- */

static void say_what_comes(const struct plan *p, int done, const char *dir)
{
	double minutes = ceil(p->estimate_s / 60);

	char crowded[160];

	fprintf(stderr, "%d cells, %d repetitions, seed %" PRIu64 ": %d rows, %d to measure, in %s\n",
	        p->ncells, p->reps, p->seed, plan_rows(p), plan_rows(p) - done, dir);
	cells_oversubscribed(p->cells, p->ncells, host_quota("/proc/self/cgroup", "/sys/fs/cgroup"),
	                     crowded, sizeof crowded);
	if (*crowded)
		fprintf(stderr, "%s\n", crowded);
	if (p->again)
		fprintf(stderr, "What others disturb is measured again, up to %d time%s: at most %d times the time,\n"
		        "  and no longer than that to wait for neighbours\n",
		        p->again, p->again > 1 ? "s" : "", p->again + 1);
	if (p->estimate_s > 0)
		fprintf(stderr, "This takes about %.0f minute%s on two CPUs\n", minutes,
		        minutes > 1 ? "s" : "");
}

/* Of the time from the first row to the last. */
static void say_what_was_timed(const struct runner *r, int64_t took_ns)
{
	if (r->timed_ns > 0)
		fprintf(stderr, "Measured for %.0f s; %.0f %% of that in timed loops\n", (double)took_ns / 1e9,
		        100 * r->timed_ns / (double)took_ns);
}

static void say_what_was_again(const struct runner *r)
{
	int disturbed = 0;

	for (int i = 0; i < plan_rows(r->plan); i++)
		disturbed += had_disturbed(&r->had[i]);
	if (!r->plan->again || (!r->rows_again && !r->out_of_time))
		return;
	fprintf(stderr, "Measured again: %d rows", r->rows_again);
	if (r->reps_again)
		fprintf(stderr, ", among them %d whole repetition%s, since calibrations moved", r->reps_again,
		        r->reps_again > 1 ? "s" : "");
	fprintf(stderr, ";\n  %.0f s, and %.0f s on first attempts.  ", r->spent.again_ns / 1e9, r->spent.first_ns / 1e9);
	if (disturbed)
		fprintf(stderr, "%d %s disturbed", disturbed, disturbed > 1 ? "stay" : "stays");
	else
		fputs("None stays disturbed", stderr);
	fputs(r->out_of_time ? ", and there was no time for more\n" : "\n", stderr);
}

int runner_run(struct run *run, const struct plan *plan, const struct catalog *catalog,
               const struct topo *topo, const struct row *rows, int n, const struct again *again,
               int *interrupt, struct err *e)
{
	return runner_run_by(measure_cell, run, plan, catalog, topo, rows, n, again, interrupt, e);
}

int runner_run_by(runner_measure *measures, struct run *run, const struct plan *plan,
                  const struct catalog *catalog, const struct topo *topo, const struct row *rows, int n,
                  const struct again *again, int *interrupt, struct err *e)
{
	char scratch[PATH_MAX];
	int64_t start;
	struct runner r = { .plan = plan, .run = run, .steps = plan_steps(plan),
	                    .done = calloc((size_t)plan_rows(plan), sizeof *r.done),
	                    .had = calloc((size_t)plan_rows(plan), sizeof *r.had),
	                    .passes = calloc((size_t)plan->reps + 1, sizeof *r.passes),
	                    .before = calloc((size_t)plan->ncalibrations + 1, sizeof *r.before),
	                    .measures = measures, .noise = { .patient = plan->again > 0 },
	                    .known = calloc((size_t)(plan->ncells + plan->ncalibrations), sizeof *r.known) };
	struct live live = { 0 };
	int rc;

	r.measure = (struct measure){ .catalog = catalog, .topo = topo,
	                              .scratch = path_join(scratch, run->dir, "scratch"),
	                              .min_time_s = plan->min_time_s,
	                              .timeout_s = plan->timeout_s, .noise = &r.noise,
	                              .tick = tick, .arg = &r.progress };
	rc = r.steps && r.done && r.had && r.passes && r.before && r.known ? runner_recall(&r, rows, n, again, e)
	                                                : err_set(e, -ENOMEM, "out of memory");
	if (!rc)
		rc = dir_make(scratch, e);
	if (!rc)
		rc = r.measure.sigfd = proc_signals(e);
	if (rc >= 0) {
		say_what_comes(plan, r.ndone, run->dir);
		progress_begin(&r.progress, r.ndone, plan_rows(plan), live_begin(&live, &r) ? live_table : NULL, &live);
		start = clock_ns();
		rc = measure_all(&r, interrupt, e);
		progress_end(&r.progress);
		live_end(&live);
		say_what_was_timed(&r, clock_ns() - start);
		say_what_was_again(&r);
		proc_signals_end(r.measure.sigfd);
	}
	dir_remove(scratch);
	noise_free(&r.noise);
	agreement_free(&r.agreement);
	free(r.steps);
	free(r.done);
	free(r.had);
	free(r.passes);
	free(r.before);
	free(r.known);
	return rc;
}
