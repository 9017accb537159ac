/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/presets.h"

static struct decl decls[] = {
	{ .name = "calibrate", .params = { { "steps", "", 1000, 1, 1000000 } }, .nparams = 1 },
	{ .name = "fib", .params = { { "n", "", 20, 1, 45 } }, .nparams = 1 },
	{ .name = "documents", .nparams = 2,
	  .params = { { "docs", "", 1000, 1, 100000 }, { "gs", "", 8, 1, 100000 } } },
	{ .name = "mixed", .nparams = 2,
	  .params = { { "units", "", 400, 1, 100000 }, { "yield", "", 1, 0, 1 } } },
	{ .name = "sieve", .params = { { "n", "", 100, 1, 10000 } }, .nparams = 1 },
	{ .name = "pingpong" },
	{ .name = "sum" },
};
static struct backend backends[] = {
	{ .name = "one", .model = "1:1", .caps = "parallel,threads", .available = false },
	{ .name = "two", .model = "N:1", .caps = "", .available = true },
};
static const struct catalog catalog = {
	.backends = backends, .nbackends = 2, .workloads = decls, .nworkloads = sizeof decls / sizeof *decls,
};
static struct topo *topo;

/* The plan of a command line; fails the test if there is none. */
static struct plan plan_of(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "set", required_argument, NULL, OPT_SET },
		{ "opt", required_argument, NULL, OPT_OPT },
		{ "pin", required_argument, NULL, OPT_PIN },
		{ "seed", required_argument, NULL, OPT_SEED },
		{ "reps", required_argument, NULL, OPT_REPS },
		{ "preset", required_argument, NULL, OPT_PRESET },
		{ 0 },
	};
	struct options o;
	struct plan p;
	struct err e = { "" };

	if (options_parse(&o, argc, argv, ":b:w:p:", longs, &e) ||
	    plan_make(&p, &o, preset_find(o.preset, &e), &catalog, topo, 8, &e))
		fail_msg("%s", e.msg);
	options_free(&o);
	return p;
}
#define PLAN(...) plan_of(sizeof (char *[]){ "", __VA_ARGS__ } / sizeof(char *), \
                          (char *[]){ "", __VA_ARGS__, NULL })

static bool has(const struct plan *p, const char *text)
{
	char buf[CELL_TEXT];

	for (int i = 0; i < p->ncells; i++)
		if (!strcmp(cell_text(&p->cells[i], buf, sizeof buf), text))
			return true;
	return false;
}

static void cells_are_the_product(void **state)
{
	struct plan p = PLAN("-w", "fib", "--set", "n=10,11,12", "-p", "1,4", "--pin", "none,cores",
	                     "--opt", "steal=near,far");

	(void)state;
	assert_int_equal(p.ncells, 2 * 3 * 2 * 2 * 2);
	assert_true(has(&p, "fib n=11 | two P=4 cores steal=far"));
	for (int i = 0; i < p.ncells; i++) {
		assert_int_equal(p.cells[i].ncpus, p.cells[i].procs);
		for (int k = 0; k < i; k++)
			assert_false(cell_same(&p.cells[i], &p.cells[k]));
	}
	plan_free(&p);
}

static void a_key_goes_where_it_is_known(void **state)
{
	struct plan p = PLAN("-w", "fib,documents", "--set", "gs=1,2", "-p", "1", "-b", "two",
	                     "--preset", "standard");

	(void)state;
	assert_int_equal(p.ncells, 4);
	assert_true(has(&p, "fib n=20 | two P=1 none"));
	assert_true(has(&p, "fib n=20 | two P=1 none copy"));
	assert_true(has(&p, "documents docs=1000 gs=2 | two P=1 none"));
	plan_free(&p);
}

static void presets_set_and_are_overruled(void **state)
{
	struct plan p = PLAN("-w", "documents", "-p", "1", "-b", "two");

	(void)state;
	assert_int_equal(p.ncells, 2);
	assert_true(has(&p, "documents docs=20 gs=1 | two P=1 none"));
	assert_true(has(&p, "documents docs=100 gs=100 | two P=1 none"));
	plan_free(&p);
	/* The two lines of the preset come to the same cell: once. */
	p = PLAN("-w", "documents", "-p", "1", "-b", "two", "--set", "gs=007,9", "--set", "docs=100");
	assert_int_equal(p.ncells, 2);
	assert_true(has(&p, "documents docs=100 gs=7 | two P=1 none"));
	assert_true(has(&p, "documents docs=100 gs=9 | two P=1 none"));
	plan_free(&p);
	p = PLAN("--preset", "standard", "-w", "fib", "-b", "one");
	assert_int_equal(p.ncells, 8);          /* P = 1, 2, 4, 8, twice */
	for (int i = 0; i < p.ncells; i++) {
		assert_int_equal(p.cells[i].copy, i >= 4);
		assert_int_equal(p.cells[i].ncpus, p.cells[i].procs);
	}
	plan_free(&p);
}

/* Some workloads are there under other policies, too, where there are Ps to bind apart. */
static void presets_bind_some(void **state)
{
	struct plan p = PLAN("--preset", "standard", "-w", "sum", "-b", "two", "-p", "1,2");

	(void)state;
	assert_int_equal(p.ncells, 4);
	for (int i = 0; i < p.ncells; i++) {
		assert_string_equal(p.cells[i].pin, i < 2 ? "none" : i == 2 ? "cores" : "compact");
		assert_int_equal(p.cells[i].procs, i == 0 ? 1 : 2);
		assert_int_equal(p.cells[i].ncpus, p.cells[i].procs);
	}
	plan_free(&p);
	/* Not the copies of the cells. */
	p = PLAN("--preset", "standard", "-w", "pingpong", "-b", "two", "-p", "2");
	assert_int_equal(p.ncells, 4);
	assert_int_equal(p.cells[1].copy, 1);
	assert_string_equal(p.cells[2].pin, "cores");
	assert_int_equal(p.cells[2].copy, 0);
	plan_free(&p);
	/* Unless the command line says which; and not where there are more Ps than PUs. */
	p = PLAN("--preset", "standard", "-w", "sum", "-b", "two", "-p", "2", "--pin", "none,l3");
	assert_int_equal(p.ncells, 2);
	plan_free(&p);
	p = PLAN("--preset", "standard", "-w", "sum", "-b", "two", "-p", "1024");
	assert_int_equal(p.ncells, 1);
	plan_free(&p);
}

/* What is no parameter of the workload is a knob; another cell, and --opt goes first. */
static void presets_turn_knobs(void **state)
{
	struct plan p = PLAN("--preset", "lessons", "-w", "mixed", "-p", "2", "-b", "two");

	(void)state;
	assert_int_equal(p.ncells, 3);
	assert_true(has(&p, "mixed units=2000 yield=0 | two P=2 none"));
	assert_true(has(&p, "mixed units=400 yield=1 | two P=2 none"));
	assert_true(has(&p, "mixed units=2000 yield=1 | two P=2 none quota_pct=100"));
	plan_free(&p);
	p = PLAN("--preset", "lessons", "-w", "mixed", "-p", "2", "-b", "two", "--opt", "quota_pct=50",
	         "--opt", "plant=one-p");
	assert_int_equal(p.ncells, 3);
	assert_true(has(&p, "mixed units=2000 yield=1 | two P=2 none quota_pct=50 plant=one-p"));
	assert_true(has(&p, "mixed units=2000 yield=0 | two P=2 none quota_pct=50 plant=one-p"));
	plan_free(&p);
}

/* A size that is too much for some back ends is not planned for them. */
static void presets_spare_some_back_ends(void **state)
{
	struct plan p = PLAN("--preset", "ratios", "-w", "sieve,fib", "-p", "1");

	(void)state;
	assert_int_equal(p.ncells, 3);
	assert_true(has(&p, "sieve n=2000 | two P=1 none"));
	assert_true(has(&p, "fib n=30 | one P=1 none"));
	assert_true(has(&p, "fib n=30 | two P=1 none"));
	plan_free(&p);
}

/* Every workload as declared, but for those that have lines of their own. */
static void presets_have_the_others_too(void **state)
{
	static const struct preset_cell lines[] = {
		{ "fib", "", NULL }, { "fib", "n=30", NULL }, { "documents", "gs=1", NULL }, { 0 },
	};
	struct preset preset = { .name = "mine", .cells = lines, .pins = { "none" }, .reps = 1 };
	char *argv[] = { "", "-b", "two", "-p", "1", NULL };
	const struct option none[] = { { 0 } };
	struct options o;
	struct plan p;
	struct err e = { "" };

	(void)state;
	for (int others = 0; others < 2; others++) {
		preset.others = others;
		assert_int_equal(options_parse(&o, 5, argv, ":b:w:p:", none, &e), 0);
		assert_int_equal(plan_make(&p, &o, &preset, &catalog, topo, 8, &e), 0);
		options_free(&o);
		assert_int_equal(p.ncells, others ? 8 : 3);
		assert_true(has(&p, "fib n=20 | two P=1 none"));
		assert_true(has(&p, "fib n=30 | two P=1 none"));
		assert_true(has(&p, "documents docs=1000 gs=1 | two P=1 none"));
		assert_int_equal(has(&p, "sieve n=100 | two P=1 none"), others);
		assert_int_equal(has(&p, "mixed units=400 yield=1 | two P=1 none"), others);
		plan_free(&p);
	}
}

/* What a whole preset takes says nothing of a part of it. */
static void estimates_are_of_whole_presets(void **state)
{
	struct plan p = PLAN("--preset", "ratios", "--reps", "10"), q;

	(void)state;
	assert_true(p.estimate_s > 0);
	q = PLAN("--preset", "ratios", "--reps", "20");
	assert_true(q.estimate_s > 1.9 * p.estimate_s && q.estimate_s < 2 * p.estimate_s);
	plan_free(&q);
	q = PLAN("--preset", "ratios", "--reps", "10", "-w", "fib");
	assert_true(q.estimate_s == 0);
	plan_free(&q);
	q = PLAN("--preset", "ratios", "--reps", "10", "-b", "one");
	assert_true(q.estimate_s == 0);
	plan_free(&q);
	plan_free(&p);
}

/* Names in list.h are C's, with _ for -. */
static bool same_name(const char *listed, const char *workload)
{
	for (; *listed && (*listed == *workload || (*listed == '_' && *workload == '-')); listed++)
		workload++;
	return *listed == *workload;
}

/* What a preset names must exist, with its parameters and in their ranges; the
 * ranges are the workloads' affair.  The yardstick has one that does not yet. */
static void presets_name_workloads_that_exist(void **state)
{
	static const char *const names[] = {
#define X(name) #name,
#include "list.h"
#undef X
	};

	(void)state;
	for (const struct preset *p = presets; p->name; p++) {
		for (const struct preset_cell *c = p->cells; c && c->workload; c++) {
			size_t i = 0;

			while (i < sizeof names / sizeof *names && !same_name(names[i], c->workload))
				i++;
			if (i == sizeof names / sizeof *names)
				fail_msg("preset %s: no workload %s", p->name, c->workload);
		}
	}
}

static void each_block_has_every_cell_once(void **state)
{
	struct plan p = PLAN("-w", "fib", "--set", "n=10,11,12,13,14", "-p", "1,2", "--reps", "4",
	                     "--seed", "3");
	struct step *s = plan_steps(&p);
	int moved = 0;

	(void)state;
	assert_int_equal(p.ncalibrations, 2);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(p.calibrations[i].backend, "two");  /* the first to be had */
		assert_int_equal(p.calibrations[i].procs, i + 1);
	}
	assert_int_equal(plan_rows(&p), 4 * 20 + 2 * 5);
	for (int rep = 0; rep <= 4; rep++) {
		const struct step *block = s + rep * 22;
		int seen[20] = { 0 };

		for (int i = 0; i < 2; i++) {
			assert_int_equal(block[i].kind, ROW_CALIBRATION);
			assert_int_equal(block[i].rep, rep);
		}
		for (int i = 0; i < 20 && rep < 4; i++) {
			assert_int_equal(block[2 + i].kind, ROW_CELL);
			assert_int_equal(block[2 + i].rep, rep);
			assert_int_equal(seen[block[2 + i].cell - p.cells]++, 0);
			moved += rep && block[2 + i].cell != s[2 + i].cell;
		}
	}
	/* Of 60 places, 3 would stay the same by chance. */
	assert_true(moved > 40);
	free(s);
	plan_free(&p);
}

/* Every cell comes first about equally often: the shuffle favours none. */
static void the_order_favours_no_cell(void **state)
{
	struct plan p = PLAN("-w", "fib", "--set", "n=10,11,12,13,14", "-p", "1,2", "-b", "two",
	                     "--reps", "1000", "--seed", "11");
	struct step *s = plan_steps(&p);
	int first[10] = { 0 }, last[10] = { 0 };

	(void)state;
	for (int rep = 0; rep < 1000; rep++) {
		first[s[rep * 12 + 2].cell - p.cells]++;
		last[s[rep * 12 + 11].cell - p.cells]++;
	}
	for (int i = 0; i < 10; i++) {          /* 100 expected, standard deviation 9.5 */
		assert_in_range(first[i], 60, 140);
		assert_in_range(last[i], 60, 140);
	}
	free(s);
	plan_free(&p);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	return topo_open(&topo, NULL, "package:1 core:4 pu:2", &e);
}

static int teardown(void **state)
{
	(void)state;
	topo_close(topo);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_the_product),
		cmocka_unit_test(a_key_goes_where_it_is_known),
		cmocka_unit_test(presets_set_and_are_overruled),
		cmocka_unit_test(presets_bind_some),
		cmocka_unit_test(presets_turn_knobs),
		cmocka_unit_test(presets_spare_some_back_ends),
		cmocka_unit_test(presets_have_the_others_too),
		cmocka_unit_test(estimates_are_of_whole_presets),
		cmocka_unit_test(presets_name_workloads_that_exist),
		cmocka_unit_test(each_block_has_every_cell_once),
		cmocka_unit_test(the_order_favours_no_cell),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
