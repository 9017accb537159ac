/* SPDX-License-Identifier: Apache-2.0
 *
 * checklist.c: what SIGPLAN's Empirical Evaluation Checklist asks of an evaluation
 * (sigplan.org/Resources/EmpiricalEvaluation), in our words, with what this run has of it.
 * What only an author can say is left open.
 */
#include <math.h>
#include <string.h>

#include "bundle/readme.h"

/* A point that the run meets, or one that whoever writes about it has to. */
#define MET(out, ...) (fputs("- [x] ", out), fprintf(out, __VA_ARGS__))
#define OPEN(out, ...) (fputs("- [ ] ", out), fprintf(out, __VA_ARGS__))

static void claims(FILE *out)
{
	fputs("\n**Claims**\n\n", out);
	OPEN(out, "What is claimed is said, and is no more than what was measured: yours to write.  A run makes no claim\n"
	     "  by itself; `compare` and `reproduce` give each ordering an interval and a verdict.\n");
	MET(out, "Limits are named: one machine, one build, warm processes, synthetic programs.  Times are not to be\n"
	    "  carried to another machine; orderings may be, and `reproduce` says which.\n");
}

static void comparison(const struct readme *t, FILE *out)
{
	char list[400];
	int n = readme_list(t, OF_BACKEND, list, sizeof list);

	fputs("\n**What it is compared with**\n\n", out);
	if (n > 1)
		MET(out, "Other implementations of the same programs, on the same PUs, in turn: %s.\n", list);
	else
		OPEN(out, "There is one back end alone, %s, and so no comparison.\n", list);
	if (*results_fact(t->r, "go"))
		MET(out, "The state of the art: Go's runtime (%s), if its back end is among them.\n", results_fact(t->r, "go"));
	else
		OPEN(out, "The state of the art: there was no Go, which is the reference.\n");
	MET(out, "Alike for all: the work, checked in each process, the PUs, timer slack, huge pages, limits of stacks.\n");
}

static void programs(const struct readme *t, FILE *out)
{
	char list[2000];
	int n = readme_list(t, OF_WORKLOAD, list, sizeof list);

	fputs("\n**Programs**\n\n", out);
	MET(out, "%d workloads: %s.\n", n, list);
	OPEN(out, "They are small programs, each of one thing that schedulers do, and no applications: say why that fits.\n");
}

static void analysis(const struct readme *t, FILE *out)
{
	const struct summary *s = t->s;
	int ok = s->status[ST_OK];

	fputs("\n**Analysis**\n\n", out);
	if (t->p && t->p->reps >= 6)
		MET(out, "Enough trials for an interval: %d processes a cell.\n", t->p->reps);
	else
		OPEN(out, "Trials: %d processes a cell; an interval of 95 %% takes six.\n", t->p ? t->p->reps : t->r->reps);
	MET(out, "Medians with intervals from order statistics; of ratios, within repetitions.  No outlier was dropped.\n");
	if (ok && s->disturbed > ok / 10)
		OPEN(out, "The machine was quiet: no, others disturbed %d of %d rows; nothing is concluded from these.\n",
		     s->disturbed, ok);
	else
		MET(out, "The machine was quiet: others disturbed %d of %d rows.\n", s->disturbed, ok);
	if (isfinite(s->noise))
		MET(out, "Noise is stated: calibrations moved by %.1f %%.\n", s->noise * 100);
	if (s->told.known && isfinite(s->told.half))
		MET(out, "What the run can tell is stated: in half of its rows differences from %.1f %% on.\n", s->told.half * 100);
	if (s->status[ST_WRONG] + s->status[ST_FAILED] + s->status[ST_CRASHED] + s->status[ST_TIMEOUT])
		OPEN(out, "Failures are stated: %d rows wrong, %d failed, %d crashed, %d timed out; `cells.jsonl` says why.\n",
		     s->status[ST_WRONG], s->status[ST_FAILED], s->status[ST_CRASHED], s->status[ST_TIMEOUT]);
	else
		MET(out, "No row is wrong, failed, crashed or timed out.\n");
}

static void metrics(FILE *out)
{
	fputs("\n**Figures**\n\n", out);
	MET(out, "Direct ones: wall-clock and CPU time of an operation, memory at most, context switches.\n");
	MET(out, "What a faster time may have cost is beside it: CPU time on all PUs, and memory.\n");
}

static void design(const struct readme *t, FILE *out)
{
	char procs[200], pins[300];

	readme_list(t, OF_PROCS, procs, sizeof procs);
	readme_list(t, OF_PIN, pins, sizeof pins);
	fputs("\n**Experiment**\n\n", out);
	MET(out, "It can be repeated from these files: plan, seed, build, machine, environment.\n");
	MET(out, "Interleaved: each repetition runs every cell once, in a new order, so that a drift hits all alike.\n");
	MET(out, "Important parameters are varied: P = %s; pinning: %s.\n", procs, pins);
	OPEN(out, "The platform is one that the claim is about: one machine, described above.\n");
	if (strstr(results_fact(t->r, "commit"), "dirty"))
		OPEN(out, "The source is known: no, there were uncommitted changes.\n");
	else
		MET(out, "The source is known: commit %s.\n", results_fact(t->r, "commit"));
}

static void presentation(FILE *out)
{
	fputs("\n**Presentation**\n\n", out);
	MET(out, "All cells are shown, those that lost and those without a time, too.\n");
	MET(out, "Axes are labelled; that of times is logarithmic, which is said, and speed-ups have their ideal.\n");
	OPEN(out, "Ratios are averaged by their geometric mean, as `compare` does, and no digit is given beyond the noise.\n");
}

void checklist_print(const struct readme *t, FILE *out)
{
	fputs("\n## Checklist for empirical evaluations\n\n"
	      "After SIGPLAN's, filled in from the run.  What is not ticked is missing here, or is for the author to say.\n", out);
	claims(out);
	comparison(t, out);
	programs(t, out);
	analysis(t, out);
	metrics(out);
	design(t, out);
	presentation(out);
}
