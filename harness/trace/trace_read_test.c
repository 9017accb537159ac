/* SPDX-License-Identifier: Apache-2.0
 *
 * What is made of records: of programs whose course is known, of records that contradict
 * each other, and of files that are torn or damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "trace/trace.h"
#include "trace/trace_check.h"
#include "trace/trace_write_test.h"

/* A time of the records, as one of the trace: its first G is in the first of them. */
static int64_t begun;

static void read_it(struct trace *t)
{
	struct err e = { "" };
	const char *broken;

	begun = (int64_t)sl__trace_time(&tw_.ring[0].r[0]);
	tw_end(path);
	if (trace_read(t, path, &e))
		fail_msg("%s", e.msg);
	broken = trace_check(t);
	if (broken)
		fail_msg("%s", broken);
}

/* The step of a G that is under way at a time. */
static const struct trace_step *at(const struct trace *t, uint64_t id, int64_t time)
{
	time -= begun;
	for (uint32_t i = 0; i < t->nsteps; i++)
		if (t->g[t->step[i].g].id == id && t->step[i].at <= time && time < t->step[i].until)
			return &t->step[i];
	fail_msg("G %d has no step at %d", (int)id, (int)time);
	return NULL;
}

/* How many are Running at a time. */
static int running(const struct trace *t, int64_t time)
{
	int n = 0;

	time -= begun;
	for (uint32_t i = 0; i < t->nsteps; i++)
		n += t->step[i].state == TRACE_IS_RUNNING && t->step[i].at <= time && time < t->step[i].until;
	return n;
}

static const char *reason(const struct trace *t, const struct trace_step *s)
{
	return t->reason[s->reason];
}

static void a_g_s_life(void **state)
{
	struct trace t;

	(void)state;
	tw_begin("work-stealing", "M:N", 2);
	tw_about("workload", "alphabet");
	tw(TRACE_P, 0, 10, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_P, 0, 20, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 30, TRACE_CREATED, 0, 2, tw_name("child"));
	tw(TRACE_P, 0, 40, TRACE_WAITING, 0, 1, tw_name("chan receive"));
	tw(TRACE_P, 1, 45, TRACE_STEAL, 1, 2, 0);
	tw(TRACE_P, 1, 50, TRACE_RUNNING, 0, 2, 2);
	tw(TRACE_P, 1, 60, TRACE_RUNNABLE, TRACE_READIED, 1, 0);
	tw(TRACE_P, 0, 70, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 80, TRACE_CALL, 0, 1, 0);
	tw(TRACE_P, 1, 85, TRACE_ENDED, 0, 2, 0);
	tw(TRACE_P, 1, 90, TRACE_RUNNING, 0, 1, 2);
	tw(TRACE_P, 1, 99, TRACE_ENDED, 0, 1, 0);
	read_it(&t);
	/* The first G's creation is time 0. */
	assert_int_equal(t.step[0].at, 0);
	assert_int_equal(t.mono_ns, 5000000010);
	assert_int_equal(t.ng, 2);
	assert_int_equal(t.odd, 0);
	assert_int_equal(t.nnotes, 0);
	assert_int_equal(t.nmarks, 1);
	assert_int_equal(t.length, 99 - 10);
	assert_string_equal(t.workload, "alphabet");
	assert_string_equal(t.g[0].name, "main");
	assert_string_equal(t.g[1].name, "child");
	assert_int_equal(t.g[1].by, 0);
	assert_int_equal(t.g[0].by, TRACE_NONE);
	assert_true(t.g[0].over && t.g[1].over);
	assert_int_equal(at(&t, 1, 15)->state, TRACE_IS_RUNNABLE);
	assert_int_equal(at(&t, 1, 39)->state, TRACE_IS_RUNNING);
	assert_int_equal(at(&t, 2, 35)->by, 0);
	assert_int_equal(at(&t, 1, 55)->state, TRACE_IS_WAITING);
	assert_string_equal(reason(&t, at(&t, 1, 55)), "chan receive");
	assert_int_equal(at(&t, 1, 65)->by, 1);
	assert_int_equal(at(&t, 1, 75)->p, 0);
	assert_int_equal(at(&t, 1, 82)->state, TRACE_IS_CALL);
	assert_int_equal(at(&t, 1, 95)->p, 1);
	assert_int_equal(at(&t, 1, 95)->m, 2);
	assert_int_equal(running(&t, 75), 2);
	trace_free(&t);
}

/* Everything at the same time, in rings whose order says nothing: main on P 1 creates G 2,
 * which P 0 runs; that readies main, which waits. */
static void equal_times(void **state)
{
	struct trace t;

	(void)state;
	tw_begin("work-stealing", "M:N", 2);
	tw(TRACE_P, 0, 5, TRACE_RUNNING, 0, 2, 1);
	tw(TRACE_P, 0, 5, TRACE_RUNNABLE, TRACE_READIED, 1, 0);
	tw(TRACE_P, 0, 5, TRACE_ENDED, 0, 2, 0);
	tw(TRACE_P, 0, 5, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 9, TRACE_ENDED, 0, 1, 0);
	tw(TRACE_P, 1, 5, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_P, 1, 5, TRACE_RUNNING, 0, 1, 2);
	tw(TRACE_P, 1, 5, TRACE_CREATED, 0, 2, tw_name("child"));
	tw(TRACE_P, 1, 5, TRACE_WAITING, 0, 1, tw_name("semacquire"));
	read_it(&t);
	assert_int_equal(t.odd, 0);
	assert_int_equal(at(&t, 1, 7)->state, TRACE_IS_RUNNING);
	assert_int_equal(at(&t, 1, 7)->p, 0);
	assert_true(t.g[0].over && t.g[1].over);
	trace_free(&t);
}

/* A thread is Running only while the kernel says so. */
static void threads(void **state)
{
	char title[160];
	struct trace t;

	(void)state;
	tw_begin("pthreads", "1:1", 1);
	tw_about("command", "build/cell-pthreads --workload=hog --procs=1 --set n=3 --once");
	tw(TRACE_THREAD, 1, 10, TRACE_G_IS, 0, 1, 7001);
	tw(TRACE_THREAD, 1, 10, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_THREAD, 1, 11, TRACE_RUNNING, 0, 1, 0);
	tw(TRACE_KERNEL, 0, 12, TRACE_ON_CPU, 0, 7001, 3);
	tw(TRACE_KERNEL, 0, 20, TRACE_OFF_CPU, TRACE_PREEMPTED, 7001, 3);
	tw(TRACE_KERNEL, 0, 30, TRACE_ON_CPU, 0, 7001, 1);
	tw(TRACE_KERNEL, 0, 40, TRACE_OFF_CPU, TRACE_BLOCKED, 7001, 1);
	tw(TRACE_KERNEL, 0, 50, TRACE_ON_CPU, 0, 7001, 1);
	tw(TRACE_THREAD, 1, 60, TRACE_WAITING, 0, 1, tw_name("mutex"));
	tw(TRACE_KERNEL, 0, 61, TRACE_OFF_CPU, TRACE_BLOCKED, 7001, 1);
	tw(TRACE_SYSMON, 0, 70, TRACE_BY, 0, 0, 0);
	tw(TRACE_SYSMON, 0, 70, TRACE_RUNNABLE, TRACE_SLEPT, 1, 0);
	tw(TRACE_KERNEL, 0, 75, TRACE_ON_CPU, 0, 7001, 2);
	tw(TRACE_THREAD, 1, 80, TRACE_RUNNING, 0, 1, 0);
	tw(TRACE_THREAD, 1, 90, TRACE_ENDED, 0, 1, 0);
	tw(TRACE_KERNEL, 0, 95, TRACE_OFF_CPU, TRACE_BLOCKED, 7001, 2);
	read_it(&t);
	assert_int_equal(t.odd, 0);
	assert_true(t.on_cpus);
	assert_string_equal(trace_title(&t, title), "hog on pthreads, P = 1, n=3");
	assert_int_equal(at(&t, 1, 15)->p, 3);
	assert_int_equal(at(&t, 1, 25)->state, TRACE_IS_RUNNABLE);
	assert_int_equal(at(&t, 1, 25)->reason, REASON_PREEMPTED);
	assert_int_equal(at(&t, 1, 35)->p, 1);
	assert_int_equal(at(&t, 1, 45)->state, TRACE_IS_CALL);
	assert_int_equal(at(&t, 1, 45)->reason, REASON_KERNEL);
	assert_string_equal(reason(&t, at(&t, 1, 65)), "mutex");
	assert_int_equal(at(&t, 1, 77)->reason, REASON_SLEPT);
	assert_int_equal(at(&t, 1, 85)->p, 2);
	assert_int_equal(t.ps, 4);
	trace_free(&t);
}

/* What is missing makes records contradict each other: the promises hold all the same,
 * and it is said. */
static void lost_records(void **state)
{
	struct trace t;

	(void)state;
	tw_begin("work-stealing", "M:N", 1);
	tw(TRACE_P, 0, 10, TRACE_CREATED, 0, 1, tw_name("main"));
	tw(TRACE_P, 0, 20, TRACE_RUNNING, 0, 1, 1);
	tw(TRACE_P, 0, 30, TRACE_RUNNING, 0, 2, 1);     /* as if main had left */
	tw(TRACE_P, 0, 40, TRACE_RUNNING, 0, 1, 1);     /* and then G 2 */
	tw(TRACE_P, 0, 50, TRACE_RUNNABLE, TRACE_READIED, 2, 0);
	tw(TRACE_P, 0, 60, TRACE_ENDED, 0, 1, 0);
	tw(TRACE_P, 0, 70, TRACE_CALL, 0, 1, 0);        /* the dead do not call */
	tw_lost(TRACE_P, 0, 17);
	read_it(&t);
	assert_int_equal(t.lost, 17);
	assert_int_equal(t.nlosses, 1);
	assert_true(t.odd >= 3);
	assert_int_equal(t.nnotes, 2);
	assert_int_equal(at(&t, 1, 35)->reason, REASON_LOST);
	assert_int_equal(running(&t, 35), 1);
	trace_free(&t);
}

static void some_trace(void)
{
	tw_begin("single-p", "N:1", 1);
	tw(TRACE_P, 0, 1, TRACE_CREATED, 0, 1, tw_name("main"));
	for (uint64_t i = 0; i < 150; i++) {
		tw(TRACE_P, 0, 2 * i + 2, TRACE_RUNNING, 0, 1, 1);
		tw(TRACE_P, 0, 2 * i + 3, TRACE_WAITING, 0, 1, tw_name("sleep"));
		tw(TRACE_P, 0, 2 * i + 3, TRACE_RUNNABLE, TRACE_SLEPT, 1, 0);
	}
	tw_end(path);
}

/* Cut anywhere it is read as far as it goes, with a note, or refused in a sentence. */
static void torn(void **state)
{
	int read = 0, refused = 0;
	struct err e;
	size_t n;
	char *all;

	(void)state;
	some_trace();
	assert_int_equal(file_get(path, 1 << 20, &all, &n, &e), 0);
	for (size_t cut = 0; cut < n; cut++) {
		struct trace t;

		assert_int_equal(truncate(path, (off_t)(n - 1 - cut)), 0);
		e.msg[0] = '\0';
		if (trace_read(&t, path, &e)) {
			assert_true(e.msg[0]);
			refused++;
			continue;
		}
		assert_null(trace_check(&t));
		assert_false(t.finished);
		assert_true(t.nnotes >= 1);
		trace_free(&t);
		read++;
	}
	free(all);
	assert_true(read > 1000);
	assert_in_range(refused, 128, 129);     /* within its head */
}

static void refuses(size_t byte, const char *with, size_t n, const char *saying)
{
	struct trace t;
	struct err e = { "" };
	FILE *f;

	some_trace();
	f = fopen(path, "r+");
	assert_non_null(f);
	fseek(f, (long)byte, SEEK_SET);
	fwrite(with, 1, n, f);
	fclose(f);
	assert_int_not_equal(trace_read(&t, path, &e), 0);
	if (!strstr(e.msg, saying))
		fail_msg("'%s' is not in '%s'", saying, e.msg);
}

static void damaged(void **state)
{
	struct trace t;
	struct err e;

	(void)state;
	refuses(0, "X", 1, "no trace");
	refuses(8, "\x7", 1, "version 7");
	refuses(12, "\1\2\3\4", 4, "byte order");
	refuses(20, "\0\0\0\0", 4, "damaged");          /* no Ps */
	refuses(16, "\x9", 1, "clock");
	refuses(128, "X", 1, "at byte 128 no chunk begins");
	refuses(132, "\x9", 1, "a kind that there is not");
	refuses(136, "\xf0\xff\xff\xff", 4, "no chunk begins");
	assert_int_not_equal(trace_read(&t, "/tmp", &e), 0);
	assert_int_not_equal(trace_read(&t, "/nonexistent/trace", &e), 0);
	assert_non_null(strstr(e.msg, "No such file"));
}

/* Chunks of a ring may lie in any order; one that comes twice, or not at all, is damage. */
static void order_of_chunks(void **state)
{
	struct trace t;
	struct err e = { "" };
	size_t n, at = 128, first = 0, second = 0;
	char *all;
	FILE *f;

	(void)state;
	some_trace();
	assert_int_equal(file_get(path, 1 << 20, &all, &n, &e), 0);
	while (at < n) {
		const struct sl__trace_chunk *c = (const void *)(all + at);

		if (c->what == TRACE_RECORDS && c->seq < 2)
			*(c->seq ? &second : &first) = at;
		at += sizeof *c + c->bytes;
	}
	assert_true(first && second);
	for (int twice = 0; twice < 2; twice++) {
		size_t len = sizeof(struct sl__trace_chunk) + 1600;

		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(all, 1, first, f);
		fwrite(all + second, 1, len, f);
		fwrite(all + (twice ? second : first), 1, len, f);
		fwrite(all + second + len, 1, n - second - len, f);
		fclose(f);
		assert_int_equal(second, first + len);
		if (twice) {
			assert_int_not_equal(trace_read(&t, path, &e), 0);
			assert_non_null(strstr(e.msg, "damaged"));
			/* Also where the file has no end, and chunks may be missing. */
			assert_int_equal(truncate(path, (off_t)(n - sizeof(struct sl__trace_end))), 0);
			assert_int_not_equal(trace_read(&t, path, &e), 0);
			assert_non_null(strstr(e.msg, "came before"));
		} else {
			assert_int_equal(trace_read(&t, path, &e), 0);
			assert_int_equal(t.odd, 0);
			trace_free(&t);
		}
	}
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_g_s_life),
		cmocka_unit_test(equal_times),
		cmocka_unit_test(threads),
		cmocka_unit_test(lost_records),
		cmocka_unit_test(torn),
		cmocka_unit_test(damaged),
		cmocka_unit_test(order_of_chunks),
	};

	return cmocka_run_group_tests(tests, tw_make_path, tw_remove_path);
}
