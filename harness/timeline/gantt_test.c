/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the picture: what each has is what the summary counts, and a part of the
 * time has that part alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "timeline/gantt.h"
#include "timeline/trace_summary.h"
#include "trace/trace_random_test.h"

static int64_t length_of(const struct gantt_row *r, int64_t from, int64_t to)
{
	int64_t sum = 0, last = from;

	for (size_t i = 0; i < r->n; i++) {
		assert_true(r->span[i].at >= last && r->span[i].at < r->span[i].until);
		last = r->span[i].until;
		sum += last - r->span[i].at;
	}
	assert_true(last <= to);
	return sum;
}

static void rows(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct trace t;
		const struct trace *all[] = { &t };
		struct trace_summary s;
		struct gantt g, half[2];
		struct err e = { "" };
		int procs = 1 + (int)seed % RT_PS;

		random_trace(path, seed, procs);
		assert_int_equal(trace_read(&t, path, &e), 0);
		assert_int_equal(trace_summary(&s, &t, &e), 0);
		assert_int_equal(gantt_make(&g, all, 1, 0, 0, 10, &e), 0);
		assert_int_equal(gantt_make(&half[0], all, 1, 0, t.length / 2, 100000, &e), 0);
		assert_int_equal(gantt_make(&half[1], all, 1, t.length / 2, 0, 100000, &e), 0);
		assert_int_equal(g.panel[0].nps, procs);
		assert_int_equal(g.panel[0].nrows - procs + g.panel[0].hidden, t.ng);
		for (int p = 0; p < procs; p++) {
			assert_int_equal(length_of(&g.panel[0].row[p], 0, t.length), s.p[p].time);
			assert_int_equal(length_of(&half[0].panel[0].row[p], 0, t.length / 2) +
			                 length_of(&half[1].panel[0].row[p], t.length / 2, t.length), s.p[p].time);
		}
		for (int i = procs; i < g.panel[0].nrows; i++) {
			const struct trace_g *gp = &t.g[g.panel[0].row[i].g];

			assert_int_equal(length_of(&g.panel[0].row[i], 0, t.length), gp->ended - gp->created);
		}
		for (int i = 0; i < 2; i++) {
			assert_int_equal(half[i].panel[0].hidden, 0);
			gantt_free(&half[i]);
		}
		gantt_free(&g);
		trace_summary_free(&s);
		trace_free(&t);
	}
}

/* The longest, in order of their creation. */
static void chosen(void **state)
{
	struct trace t;
	const struct trace *all[] = { &t };
	struct gantt g;
	struct err e = { "" };

	(void)state;
	tw_begin("single-p", "N:1", 1);
	for (uint64_t i = 1; i <= 6; i++)
		tw(TRACE_P, 0, i, TRACE_CREATED, 0, i, tw_name("work"));
	for (uint64_t i = 1; i <= 6; i++) {
		tw(TRACE_P, 0, 1000 * i, TRACE_RUNNING, 0, i, 1);
		tw(TRACE_P, 0, 1000 * i + (i % 2 ? 100 + i : i), TRACE_ENDED, 0, i, 0);
	}
	tw_end(path);
	assert_int_equal(trace_read(&t, path, &e), 0);
	assert_int_equal(gantt_make(&g, all, 1, 0, 0, 3, &e), 0);
	assert_int_equal(g.panel[0].nrows, 4);
	assert_int_equal(g.panel[0].hidden, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(t.g[g.panel[0].row[1 + i].g].id, 1 + 2 * i);
	gantt_free(&g);
	assert_int_not_equal(gantt_make(&g, all, 1, t.length, 0, 3, &e), 0);
	trace_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(chosen),
	};

	return cmocka_run_group_tests(tests, tw_make_path, tw_remove_path);
}
