/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures of traces whose answers are known; and of a scheduler that does everything
 * at random, what must hold of any.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "timeline/trace_summary.h"
#include "trace/trace_random_test.h"

#define MS 1000000

static struct trace t;
static struct trace_summary s;

static void sum(void)
{
	struct err e = { "" };

	if (trace_read(&t, path, &e) || trace_summary(&s, &t, &e))
		fail_msg("%s", e.msg);
}

static void done(void)
{
	trace_summary_free(&s);
	trace_free(&t);
}

static char *printed(void)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	trace_summary_print(&s, out);
	fclose(out);
	return text;
}

/* Two Gs that print letters, and main that waits for both.  At P = 1 one after the other:
 * from one to the other is one switch.  At P = 2 at the same time. */
static void alphabet(int procs)
{
	tw_begin("work-stealing", "M:N", procs);
	tw(TRACE_P, 0, 0, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_P, 0, 1, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 10, TRACE_CREATED, 0, 2, tw_name("lower"));
	tw(TRACE_P, 0, 20, TRACE_CREATED, 0, 3, tw_name("upper"));
	tw(TRACE_P, 0, 30, TRACE_WAITING, 0, 1, tw_name("WaitGroup.Wait"));
	tw(TRACE_P, 0, 40, TRACE_RUNNING, 0, 3, 1);
	if (procs == 2)
		tw(TRACE_P, 1, 50, TRACE_RUNNING, 0, 2, 2);
	tw(TRACE_P, 0, 140, TRACE_ENDED, 0, 3, 0);
	if (procs == 1)
		tw(TRACE_P, 0, 150, TRACE_RUNNING, 0, 2, 1);
	tw(TRACE_P, (uint32_t)procs - 1, 250, TRACE_RUNNABLE, TRACE_READIED, 1, 0);
	tw(TRACE_P, (uint32_t)procs - 1, 255, TRACE_ENDED, 0, 2, 0);
	tw(TRACE_P, 0, 260, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 300, TRACE_ENDED, 0, 1, 0);
	tw_end(path);
	sum();
}

static int letters_switch(void)
{
	uint32_t last = TRACE_NONE;
	int n = 0;

	for (uint32_t i = 0; i < t.nsteps; i++) {
		const struct trace_step *st = &t.step[i];

		if (st->state != TRACE_IS_RUNNING || st->g == 0)
			continue;
		n += last != TRACE_NONE && st->g != last;
		last = st->g;
	}
	return n;
}

static void alphabet_on_one_and_two(void **state)
{
	char *text;

	(void)state;
	alphabet(1);
	assert_int_equal(s.most, 1);
	assert_int_equal(letters_switch(), 1);
	assert_int_equal(s.created, 3);
	assert_int_equal(s.ended, 3);
	assert_int_equal(s.work, 29 + 100 + 105 + 40);
	/* main to where it created lower, lower, main again. */
	assert_int_equal(s.span, 9 + 100 + 40);
	assert_int_equal(s.queue.n, 4);
	assert_int_equal(s.queue.longest, 140);
	assert_int_equal(s.wakeup.n, 1);
	assert_int_equal(s.wakeup.median, 10);
	assert_int_equal(s.p[0].time, s.work);
	assert_int_equal(s.nlate, 0);
	done();
	alphabet(2);
	assert_int_equal(s.most, 2);
	assert_int_equal(s.at_once[2], 90);
	assert_int_equal(s.wait[0].time, 220);
	text = printed();
	assert_non_null(strstr(text, "WaitGroup.Wait; ended by G 2 (lower)"));
	free(text);
	done();
}

/* A G is readied and nobody runs it for 5 ms, beside a P that has nothing to do: that is
 * found, and said by name. */
static void late_wake_up(void **state)
{
	char *text;

	(void)state;
	for (int planted = 0; planted < 2; planted++) {
		uint64_t late = planted ? 5 * MS : 20000;

		tw_begin("work-stealing", "M:N", 2);
		tw(TRACE_P, 0, 0, TRACE_CREATED, 0, 1, tw_name("main"));
		tw(TRACE_P, 0, 0, TRACE_RUNNING, 0, 1, 1);
		tw(TRACE_P, 0, 100, TRACE_CREATED, 0, 2, tw_name("sleepyhead"));
		tw(TRACE_P, 1, 5000, TRACE_RUNNING, 0, 2, 2);
		tw(TRACE_P, 1, 6000, TRACE_WAITING, 0, 2, tw_name("chan receive"));
		tw(TRACE_P, 0, 1 * MS, TRACE_RUNNABLE, TRACE_READIED, 2, 0);
		tw(TRACE_P, 1, 1 * MS + late, TRACE_RUNNING, 0, 2, 2);
		tw(TRACE_P, 1, 1 * MS + late + 100, TRACE_ENDED, 0, 2, 0);
		tw(TRACE_P, 0, 8 * MS, TRACE_ENDED, 0, 1, 0);
		tw_end(path);
		sum();
		assert_int_equal(s.nlate, planted);
		assert_int_equal(s.wakeup.longest, late);
		assert_int_equal(s.late[0].time, late);
		assert_int_equal(s.late[0].beside_idle, late);
		text = printed();
		if (planted) {
			assert_non_null(strstr(text, "\nLate: 1 time a G was Runnable beside an idle P for more than 200"));
			assert_non_null(strstr(text, "5.00 ms  G 2 (sleepyhead), from 1.000 ms on, readied by G 1 (main); a P"));
			assert_non_null(strstr(text, "idle for 5.00 ms of it"));
		} else {
			assert_null(strstr(text, "Late"));
		}
		free(text);
		done();
	}
}

/* A P whose G is in a call is not idle, until it is handed off and nobody takes it. */
static void a_call_keeps_its_p(void **state)
{
	(void)state;
	for (int handed_off = 0; handed_off < 2; handed_off++) {
		tw_begin("work-stealing", "M:N", 1);
		tw(TRACE_P, 0, 0, TRACE_CREATED, 0, 1, tw_name("main"));
		tw(TRACE_P, 0, 0, TRACE_RUNNING, 0, 1, 1);
		tw(TRACE_P, 0, 100, TRACE_CREATED, 0, 2, tw_name("other"));
		tw(TRACE_P, 0, 200, TRACE_CALL, 0, 1, 0);
		if (handed_off)
			tw(TRACE_SYSMON, 0, 1 * MS, TRACE_P_LOST, 0, 0, 0);
		tw(TRACE_P, 0, 4 * MS, TRACE_RUNNING, 0, 2, 2);
		tw(TRACE_P, 0, 5 * MS, TRACE_ENDED, 0, 2, 0);
		tw(TRACE_M, 1, 6 * MS, TRACE_RUNNABLE, TRACE_CALL_OVER, 1, 0);
		tw(TRACE_P, 0, 6 * MS, TRACE_RUNNING, 0, 1, 1);
		tw(TRACE_P, 0, 7 * MS, TRACE_ENDED, 0, 1, 0);
		tw(TRACE_P, 0, 9 * MS, TRACE_P_STOP, 0, 0, 0);
		tw_end(path);
		sum();
		assert_int_equal(t.length, 7 * MS);
		assert_int_equal(s.late[0].time, 4 * MS - 100);
		assert_int_equal(s.late[0].beside_idle, handed_off ? 3 * MS : 0);
		assert_int_equal(s.nlate, handed_off);
		done();
	}
}

/* Four tasks of 100 by two Gs each: the chain is one of them, whoever ran where. */
static void fork_join(void **state)
{
	(void)state;
	tw_begin("work-stealing", "M:N", 1);
	tw(TRACE_P, 0, 0, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_P, 0, 0, TRACE_RUNNING, 0, 1, 1);
	for (uint64_t g = 2; g < 6; g++)
		tw(TRACE_P, 0, 0, TRACE_CREATED, TRACE_BY_FORK, g, tw_name("task"));
	tw(TRACE_P, 0, 10, TRACE_WAITING, 0, 1, tw_name("join"));
	for (uint64_t g = 2; g < 6; g++) {
		tw(TRACE_P, 0, 10 + 100 * (g - 2), TRACE_RUNNING, 0, g, 1);
		if (g == 5)
			tw(TRACE_P, 0, 410, TRACE_RUNNABLE, TRACE_READIED, 1, 0);
		tw(TRACE_P, 0, 110 + 100 * (g - 2), TRACE_ENDED, 0, g, 0);
	}
	tw(TRACE_P, 0, 410, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 420, TRACE_ENDED, 0, 1, 0);
	tw_end(path);
	sum();
	assert_int_equal(t.odd, 0);
	assert_int_equal(s.work, 420);
	assert_int_equal(s.span, 110);
	done();
}

static void what_holds_of_any(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		int procs = 1 + (int)seed % RT_PS;
		int64_t life = 0, spent = 0, ran = 0, time = 0;

		random_trace(path, seed, procs);
		sum();
		assert_true(s.most <= procs);
		assert_true(s.span > 0 && s.span <= s.work && s.span <= t.length);
		for (uint32_t g = 0; g < t.ng; g++) {
			int64_t of_g = 0;

			for (uint32_t i = t.g[g].first; i != TRACE_NONE; i = t.step[i].next)
				of_g += t.step[i].until - t.step[i].at;
			assert_int_equal(of_g, t.g[g].ended - t.g[g].created);
			life += of_g;
		}
		for (int i = 0; i < TRACE_STATES; i++) {
			int64_t why = 0;

			for (int j = 0; j < t.nreasons; j++)
				why += s.reason[i][j].time;
			assert_int_equal(why, s.state[i].time);
			spent += s.state[i].time;
		}
		assert_int_equal(spent, life);
		for (int p = 0; p < t.ps; p++)
			ran += s.p[p].time;
		assert_int_equal(ran, s.work);
		ran = 0;
		for (int k = 0; k <= s.most; k++) {
			ran += k * s.at_once[k];
			time += s.at_once[k];
		}
		assert_int_equal(ran, s.work);
		assert_int_equal(time, t.length);
		time = 0;
		for (int i = 0; i < SUMMARY_BUCKETS; i++)
			time += (int64_t)(s.bucket[i] * (double)t.length / SUMMARY_BUCKETS);
		assert_in_range(time, s.work - SUMMARY_BUCKETS, s.work + SUMMARY_BUCKETS);
		done();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alphabet_on_one_and_two),
		cmocka_unit_test(late_wake_up),
		cmocka_unit_test(a_call_keeps_its_p),
		cmocka_unit_test(fork_join),
		cmocka_unit_test(what_holds_of_any),
	};

	return cmocka_run_group_tests(tests, tw_make_path, tw_remove_path);
}
