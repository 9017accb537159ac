/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab reproduce: which orderings of a run hold elsewhere.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "cli/cmd.h"
#include "cli/presets.h"
#include "plan/adapt.h"
#include "plan/options.h"
#include "reproduce/reproduce.h"
#include "results/folder.h"

static const char help[] =
	"Usage: schedlab reproduce DIR [--preset NAME] [--reps N] [--min-time S] [FLAGS]\n"
	"       schedlab reproduce DIR --against DIR2 [FLAGS]\n"
	"\n"
	"Which of the orderings that the run in DIR established hold here: between back\n"
	"ends, and between P = 1 and more.  An ordering is established if the whole\n"
	"interval of the ratio is beyond the noise floor, and reversed if the other run's\n"
	"is beyond it on the other side.  The machines and builds may differ; in what, a\n"
	"table says.\n"
	"\n"
	"Measures the plan of DIR as a new run, as matrix does, without what cannot be\n"
	"measured here: back ends that this build does not have, more Ps than processors.\n"
	"PUs are picked anew by each policy.\n"
	"\n"
	"DIR and DIR2 may be bundles (schedlab bundle).\n"
	"\n"
	"  --preset NAME    only the cells that this preset has too, as often and as long\n"
	"  --reps N         repetitions\n"
	"  --min-time S     seconds that a cell measures for, at least\n"
	"  --out DIR        the new run's folder (default: results/TIME-reproduced)\n"
	"  --against DIR2   measures nothing: DIR2 is the other run\n"
	"  --floor PCT      the noise floor: by how much two runs of one build may\n"
	"                   differ, in percent (what schedlab floor has measured of the\n"
	"                   machine and the cells; else 5)\n"
	"  --json           for programs\n"
	"\n"
	"Exit status: 0 nothing is reversed; 1 something is; 2 bad usage, or the run\n"
	"could not be written; 130 interrupted.\n"
	"\n"
	"Examples:\n"
	"  schedlab reproduce results/reference/kvm-xeon-2vcpu\n"
	"  schedlab reproduce DIR --against DIR2 --json | jq '.pairs[] |\n"
	"      select(.verdict == \"reversed\")'\n";

static const struct option flags[] = {
	{ "preset", required_argument, NULL, OPT_PRESET },
	{ "reps", required_argument, NULL, OPT_REPS },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "against", required_argument, NULL, OPT_AGAINST },
	{ "floor", required_argument, NULL, OPT_FLOOR },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int answer(const struct options *o, const struct reproduction *r, struct err *e)
{
	int rc = 0;

	if (!o->as_json)
		reproduce_print(r, stdout);
	else if ((rc = reproduce_put(r, stdout)))
		err_set(e, rc, "cannot write what holds: %s", strerror(-rc));
	return rc ? cmd_fail(e) : r->total.verdict[ORDER_REVERSED] ? EXIT_BAD : EXIT_GOOD;
}

/* What runs of each side's machine differ by, where it was measured. */
static void find_floors(struct floor *f[2], const struct results *there, const struct results *here)
{
	struct err e[2];

	f[0] = floor_find(there, there, &e[0]);
	f[1] = floor_find(here, here, &e[1]);
	/* One is enough: as a rule both are about the same folder. */
	if (*e[0].msg || *e[1].msg)
		fprintf(stderr, "schedlab: left out: %s\n", *e[0].msg ? e[0].msg : e[1].msg);
}

/* Holds the run in here against the original; why: as reproduce_make has it. */
static int against(const struct options *o, const struct results *there, const char *dir,
                   const char *const *why, struct err *e)
{
	struct order_floors floors = { .otherwise = o->has_floor ? o->floor : REPRODUCE_FLOOR, .asked = o->has_floor };
	struct floor *measured[2] = { NULL };
	struct reproduction r;
	struct results here;
	int status;

	if (bundle_read(&here, dir, e))
		return cmd_fail(e);
	if (!floors.asked)
		find_floors(measured, there, &here);
	floors.there = measured[0];
	floors.here = measured[1];
	if (reproduce_make(&r, there, &here, why, &floors, e)) {
		status = cmd_fail(e);
	} else {
		status = answer(o, &r, e);
		reproduce_free(&r);
	}
	floor_free(measured[0]);
	floor_free(measured[1]);
	results_free(&here);
	return status;
}

/* ---- Measuring ----------------------------------------------------------------- */

/* What is needed to measure the plan here. */
struct anew {
	struct catalog c;
	struct topo *topo;
	struct plan plan;
	struct adaptation adapted;
	char out[PATH_MAX];
};

/* The cells of the preset, at one P: its size. */
static int size_of(struct plan *size, const struct anew *a, const struct preset *preset, struct err *e)
{
	const struct options at_one = { .procs = { 1 }, .nprocs = 1 };

	return plan_make(size, &at_one, preset, &a->c, a->topo, 1, e);
}

static int adapt(struct anew *a, const struct options *o, struct err *e)
{
	const struct preset *preset = o->preset ? preset_find(o->preset, e) : NULL;
	struct plan size = { 0 }, *p = &a->plan;
	const char *source;
	char *name;
	int rc = preset ? size_of(&size, a, preset, e) : 0;

	if (rc)
		return rc;
	rc = plan_adapt(p, &a->adapted, preset ? &size : NULL, &a->c, a->topo, host_usable(&source), e);
	plan_free(&size);
	if (!rc && preset) {
		name = strdup(preset->name);
		if (!name)
			return err_set(e, -ENOMEM, "out of memory");
		free(p->preset);
		p->preset = name;
		p->reps = preset->reps;
		p->min_time_s = preset->min_time_s;
		p->timeout_s = preset->timeout_s;
	}
	p->reps = o->reps ? o->reps : p->reps;
	p->min_time_s = o->min_time_s > 0 ? o->min_time_s : p->min_time_s;
	return rc ? rc : plan_check(p, o, e);
}

static void say_adapted(const struct anew *a, const char *dir)
{
	const char *why;
	int at = 0, n;

	fprintf(stderr, "%d of the %d cells of %s are measured here, %d times each, on PUs picked anew.\n",
	        a->plan.ncells, a->adapted.ncells, dir, a->plan.reps);
	if (a->plan.layouts != a->adapted.layouts)
		fprintf(stderr, "  Over %d link orders there, over %d here: make layouts links them\n",
		        a->adapted.layouts, a->plan.layouts);
	while ((why = adaptation_next(&a->adapted, &at, &n)))
		fprintf(stderr, "  %d left out: %s\n", n, why);
}

static int measure(const struct options *o, const struct results *there, struct anew *a, int argc, char **argv,
                   struct err *e)
{
	int status;

	if (meta_plan(&a->plan, there->meta, e))
		return cmd_fail(e);
	if (adapt(a, o, e))
		return cmd_fail(e);
	results_new_dir(a->out, "reproduced");
	if (o->out)
		snprintf(a->out, sizeof a->out, "%s", o->out);
	say_adapted(a, there->dir);
	status = matrix_measure(a->out, &a->plan, &a->c, a->topo, argc, argv, TELL_NOTHING, e);
	if (status > EXIT_BAD) {
		fprintf(stderr, "Once the run is whole, --against %s says what holds.\n", a->out);
		return status;
	}
	status = against(o, there, a->out, a->adapted.why, e);
	if (!o->as_json && status <= EXIT_BAD)
		printf("The new run is in %s\n", a->out);
	return status;
}

static int measure_anew(const struct options *o, const struct results *there, int argc, char **argv, struct err *e)
{
	struct anew a = { .topo = NULL };
	int status;

	if (catalog_read(&a.c, e))
		return cmd_fail(e);
	status = topo_open(&a.topo, NULL, NULL, e) ? cmd_fail(e) : measure(o, there, &a, argc, argv, e);
	adaptation_free(&a.adapted);
	plan_free(&a.plan);
	topo_close(a.topo);
	catalog_free(&a.c);
	return status;
}

/* ---- The command ----------------------------------------------------------------- */

static int check(const struct options *o, struct err *e)
{
	if (!o->folders[0])
		return err_set(e, -EINVAL, "reproduce takes one run's folder, not 0");
	if (o->against && (o->preset || o->reps || o->min_time_s > 0 || o->out))
		return err_set(e, -EINVAL, "--against measures nothing, and takes no --preset, --reps, --min-time or --out");
	return o->preset && !preset_find(o->preset, e) ? -EINVAL : 0;
}

static int reproduce(const struct options *o, int argc, char **argv, struct err *e)
{
	struct results there;
	int status;

	if (check(o, e) || bundle_read(&there, o->folders[0], e))
		return cmd_fail(e);
	status = o->against ? against(o, &there, o->against, NULL, e) : measure_anew(o, &there, argc, argv, e);
	results_free(&there);
	return status;
}

int cmd_reproduce(int argc, char **argv)
{
	struct options o;
	struct err e;
	int status = EXIT_GOOD;

	if (options_parse_folders(&o, 1, argc, argv, ":h", flags, &e))
		status = cmd_fail(&e);
	else if (o.help)
		fputs(help, stdout);
	else
		status = reproduce(&o, argc, argv, &e);
	options_free(&o);
	return status;
}
