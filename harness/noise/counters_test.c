/* SPDX-License-Identifier: Apache-2.0
 *
 * With a kernel that answers as planned: the machine of a test has no counters, mostly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "noise/counters.h"

/* Of each counter, in the order in which they are opened: an error, or what it says. */
struct answer { int error; uint64_t value, enabled, running; ssize_t size; };

struct fake {
	struct answer answers[COUNTERS];
	struct perf_event_attr attr[COUNTERS];
	int group[COUNTERS], opened, asked, closed;
};

#define FIRST_FD 1000

static int fake_open(void *arg, struct perf_event_attr *attr, pid_t pid, int group)
{
	struct fake *f = arg;
	int i = 0;

	assert_int_equal(pid, 7);
	/* By what is asked for, since members of a group that is not there are not. */
	while (i < COUNTERS && !(attr->type == PERF_TYPE_SOFTWARE ? i == COUNTER_MIGRATIONS :
	       attr->config == (const uint64_t[]){ PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
	       PERF_COUNT_HW_BRANCH_INSTRUCTIONS, PERF_COUNT_HW_BRANCH_MISSES, PERF_COUNT_HW_CACHE_REFERENCES,
	       PERF_COUNT_HW_CACHE_MISSES, UINT64_MAX }[i]))
		i++;
	assert_true(i < COUNTERS);
	f->asked++;
	f->attr[i] = *attr;
	f->group[i] = group;
	if (f->answers[i].error)
		return f->answers[i].error;
	f->opened++;
	return FIRST_FD + i;
}

static ssize_t fake_read(void *arg, int fd, void *buf, size_t size)
{
	const struct answer *a = &((struct fake *)arg)->answers[fd - FIRST_FD];
	const uint64_t said[] = { a->value, a->enabled, a->running };

	assert_int_equal(size, sizeof said);
	memcpy(buf, said, sizeof said);
	return a->size ? a->size : (ssize_t)sizeof said;
}

static void fake_close(void *arg, int fd)
{
	struct fake *f = arg;

	assert_in_range(fd, FIRST_FD, FIRST_FD + COUNTERS - 1);
	f->closed++;
}

/* Counters of 100, 101 ..., all the time. */
static struct fake all_well(void)
{
	struct fake f = { .opened = 0 };

	for (int i = 0; i < COUNTERS; i++)
		f.answers[i] = (struct answer){ .value = 100 + (uint64_t)i, .enabled = 50, .running = 50 };
	return f;
}

static int count(struct fake *f, struct counted *out)
{
	const struct counter_kernel kernel = { fake_open, fake_read, fake_close, f };
	struct counters c = { .kernel = &kernel };

	counters_open(&c, 7);
	counters_close(&c, out);
	assert_int_equal(f->closed, f->opened);
	for (int i = 0; i < COUNTERS; i++)
		assert_int_equal(c.fd[i], -1);
	return c.error;
}

static void all_is_counted_in_pairs(void **state)
{
	struct fake f = all_well();
	struct counted out;

	(void)state;
	assert_int_equal(count(&f, &out), 0);
	for (int i = 0; i < COUNTERS; i++) {
		assert_true(out.has[i] && out.value[i] == 100 + i);
		/* What the cell starts counts, too; nothing before its exec does. */
		assert_true(f.attr[i].inherit);
		assert_int_equal(f.attr[i].enable_on_exec, f.group[i] == -1);
		assert_int_equal(f.attr[i].disabled, f.group[i] == -1);
		assert_int_equal(f.attr[i].exclude_kernel, i != COUNTER_MIGRATIONS);
	}
	assert_true(out.share == 1);
	assert_int_equal(f.group[COUNTER_CYCLES], -1);
	assert_int_equal(f.group[COUNTER_INSTRUCTIONS], FIRST_FD + COUNTER_CYCLES);
	assert_int_equal(f.group[COUNTER_BRANCH_MISSES], FIRST_FD + COUNTER_BRANCHES);
	assert_int_equal(f.group[COUNTER_CACHE_MISSES], FIRST_FD + COUNTER_CACHE_REFERENCES);
	assert_int_equal(f.group[COUNTER_MIGRATIONS], -1);
}

static void a_share_of_the_time_is_scaled_and_said(void **state)
{
	struct fake f = all_well();
	struct counted out;

	(void)state;
	f.answers[COUNTER_BRANCHES].running = 25;
	f.answers[COUNTER_CACHE_MISSES].running = 10;
	count(&f, &out);
	assert_true(out.value[COUNTER_CYCLES] == 100);
	assert_true(out.value[COUNTER_BRANCHES] == 2 * (100 + COUNTER_BRANCHES));
	assert_true(fabs(out.value[COUNTER_CACHE_MISSES] - 5 * (100 + COUNTER_CACHE_MISSES)) < 1e-9);
	assert_true(fabs(out.share - 0.2) < 1e-9);
}

static void what_is_not_counted_is_no_zero(void **state)
{
	struct fake f = all_well();
	struct counted out;

	(void)state;
	f.answers[COUNTER_CYCLES].running = 0;          /* it never got its turn */
	f.answers[COUNTER_CYCLES].value = 0;
	f.answers[COUNTER_BRANCHES].size = 8;           /* short */
	f.answers[COUNTER_CACHE_REFERENCES].size = -EIO;
	f.answers[COUNTER_MIGRATIONS].value = 0;        /* and this is one */
	assert_int_equal(count(&f, &out), 0);
	assert_false(out.has[COUNTER_CYCLES]);
	assert_true(out.has[COUNTER_INSTRUCTIONS]);
	assert_false(out.has[COUNTER_BRANCHES]);
	assert_false(out.has[COUNTER_CACHE_REFERENCES]);
	assert_true(out.has[COUNTER_MIGRATIONS] && out.value[COUNTER_MIGRATIONS] == 0);
	assert_true(out.share == 1);
}

static void a_machine_without_has_what_the_kernel_counts(void **state)
{
	struct fake f = all_well();
	struct counted out;
	char why[100];

	(void)state;
	for (int i = 0; i < COUNTER_MIGRATIONS; i++)
		f.answers[i].error = -ENOENT;
	assert_int_equal(count(&f, &out), -ENOENT);
	/* Members of groups that are not there are not asked for. */
	assert_int_equal(f.asked, 4);
	for (int i = 0; i < COUNTERS; i++)
		assert_int_equal(out.has[i], i == COUNTER_MIGRATIONS);
	assert_string_equal(counters_why(-ENOENT, "/nowhere", why, sizeof why),
	                    "not available here: this machine shows none");
}

static void refused_it_says_by_what(void **state)
{
	char path[] = "/tmp/schedlab-test-XXXXXX", why[100];
	struct fake f = all_well();
	struct counted out;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0 && dprintf(fd, "3\n") == 2);
	close(fd);
	for (int i = 0; i < COUNTERS; i++)
		f.answers[i].error = -EACCES;
	assert_int_equal(count(&f, &out), -EACCES);
	for (int i = 0; i < COUNTERS; i++)
		assert_false(out.has[i]);
	assert_string_equal(counters_why(-EACCES, path, why, sizeof why),
	                    "not available here: kernel.perf_event_paranoid = 3 forbids it");
	assert_string_equal(counters_why(-EACCES, "/nowhere", why, sizeof why),
	                    "not available here: Permission denied");
	unlink(path);
}

/* The kernel that there is counts, or says why not; whatever it does, nothing hangs or
 * fails. */
static void the_kernel_answers(void **state)
{
	struct counters c = { .kernel = NULL };
	struct counted out;
	int go[2], status;
	char x;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		if (read(go[0], &x, 1) == 0)
			execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	counters_open(&c, pid);
	close(go[0]);
	close(go[1]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	counters_close(&c, &out);
	assert_int_equal(c.error == 0, c.error >= 0);
	if (out.has[COUNTER_CYCLES])
		assert_true(out.value[COUNTER_CYCLES] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_counted_in_pairs),
		cmocka_unit_test(a_share_of_the_time_is_scaled_and_said),
		cmocka_unit_test(what_is_not_counted_is_no_zero),
		cmocka_unit_test(a_machine_without_has_what_the_kernel_counts),
		cmocka_unit_test(refused_it_says_by_what),
		cmocka_unit_test(the_kernel_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
