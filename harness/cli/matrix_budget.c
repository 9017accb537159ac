/* SPDX-License-Identifier: Apache-2.0
 *
 * matrix_budget.c: schedlab matrix --budget.  compare/budget.h says why.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "compare/budget.h"
#include "results/folder.h"
#include "results/results.h"
#include "run/runner.h"

/* The plan of a run that is there. */
static int plan_of(struct plan *p, const char *dir, struct err *e)
{
	struct results r;
	int rc = results_read(&r, dir, e);

	if (rc)
		return rc;
	rc = meta_plan(p, r.meta, e);
	results_free(&r);
	return rc;
}

/* The pilot is whole: the run begins, with as many repetitions as fit, in an order of its
 * own. */
static int begin(struct budget *b, const char *dir, struct plan *p, struct catalog *c, const struct topo *topo,
                 int argc, char **argv, enum tell tell, struct err *e)
{
	if (!b->blocks && budget_choose(b, dir, e))
		return cmd_fail(e);
	budget_print(b, stderr);
	p->reps = b->blocks;
	p->estimate_s = b->blocks * b->block_s;
	p->seed = (p->seed + 1) & SEED_MAX;
	return matrix_begin(dir, dir, p, c, topo, argc, argv, tell, e);
}

static int go_on(struct budget *b, const char *dir, const struct again *again, struct catalog *c,
                 const struct topo *topo, int argc, char **argv, enum tell tell, struct err *e)
{
	char pilot[PATH_MAX];
	struct plan p;
	int status;

	if (plan_of(&p, budget_pilot(pilot, dir), e))
		return cmd_fail(e);
	status = matrix_go_on(pilot, dir, again, c, topo, TELL_NOTHING, e);
	if (status == EXIT_GOOD || status == EXIT_BAD)
		status = begin(b, dir, &p, c, topo, argc, argv, tell, e);
	plan_free(&p);
	return status;
}

int matrix_budget(const char *dir, double budget_s, struct plan *p, const struct again *again, struct catalog *c,
                  const struct topo *topo, int argc, char **argv, enum tell tell, struct err *e)
{
	struct budget b = { .budget_s = budget_s };
	char pilot[PATH_MAX];
	int rc = p ? budget_create(dir, budget_s, e) : budget_read(&b, dir, e), status;

	if (rc == -ENOENT)
		err_set(e, rc, "%.300s holds no run: it has no meta.json that can be read", dir);
	if (rc)
		return cmd_fail(e);
	if (p) {
		p->reps = BUDGET_PILOT;
		p->estimate_s = 0;
		fprintf(stderr, "A pilot of %d repetitions\n", p->reps);
		status = matrix_begin(budget_pilot(pilot, dir), dir, p, c, topo, argc, argv, TELL_NOTHING, e);
		if (status == EXIT_GOOD || status == EXIT_BAD)
			status = begin(&b, dir, p, c, topo, argc, argv, tell, e);
	} else {
		status = go_on(&b, dir, again, c, topo, argc, argv, tell, e);
	}
	budget_free(&b);
	return status;
}
