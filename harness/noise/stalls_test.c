/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files.h"
#include "noise/stalls.h"

static char dir[] = "/tmp/schedlab-test-XXXXXX";

static void put(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	struct err e;

	assert_int_equal(dir_make(path_join(path, dir, folder), &e), 0);
	assert_int_equal(file_put(path, name, text, strlen(text), &e), 0);
}

static struct stalls look(const int *cpus, int n)
{
	char cgroups[PATH_MAX], mount[PATH_MAX], pressure[PATH_MAX], cpu[PATH_MAX];
	const struct stalls_files f = { path_join(cgroups, dir, "cgroup"), path_join(mount, dir, "fs"),
	                                path_join(pressure, dir, "memory"), path_join(cpu, dir, "cpu") };

	return stalls_read(&f, cpus, n);
}

static const int two[] = { 0, 2 };

static void what_is_not_told_is_no_zero(void **state)
{
	struct stalls s = look(two, 2), t;

	(void)state;
	assert_int_equal(s.throttled_ns, -1);
	assert_int_equal(s.memory_ns, -1);
	assert_int_equal(s.frequency_khz, -1);
	t = (struct stalls){ 5, 5, 5 };
	s = stalls_since(&s, &t);
	assert_int_equal(s.throttled_ns, -1);
	assert_int_equal(s.memory_ns, -1);
	assert_int_equal(s.frequency_khz, 5);
}

static void what_is_told_is_read(void **state)
{
	struct stalls before, now;

	(void)state;
	put(".", "cgroup", "1:cpu:/a\n0::/b/c\n");
	put("fs/cpu/a", "cpu.stat", "nr_periods 9\nnr_throttled 1\nthrottled_time 7000\n");
	put("fs/b/c", "cpu.stat", "usage_usec 3\nnr_periods 9\nthrottled_usec 11\n");
	put("fs/b", "cpu.stat", "throttled_usec 1\n");
	put("fs", "cpu.stat", "usage_usec 3\n");
	put(".", "memory", "some avg10=0.00 avg60=1.25 avg300=0.00 total=40\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=30\n");
	put("cpu/cpu0/cpufreq", "scaling_cur_freq", "2000000\n");
	before = look(two, 2);
	assert_int_equal(before.throttled_ns, 19000);
	assert_int_equal(before.memory_ns, 40000);
	/* Of one PU alone it is not the mean of both. */
	assert_int_equal(before.frequency_khz, -1);
	put("cpu/cpu2/cpufreq", "scaling_cur_freq", "3000000\n");
	put("fs/b", "cpu.stat", "throttled_usec 3\n");
	now = look(two, 2);
	now = stalls_since(&before, &now);
	assert_int_equal(now.throttled_ns, 2000);
	assert_int_equal(now.memory_ns, 0);
	assert_int_equal(now.frequency_khz, 2500000);
}

static int away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_told_is_no_zero),
		cmocka_unit_test(what_is_told_is_read),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	nftw(dir, away, 8, FTW_DEPTH | FTW_PHYS);
	return failed;
}
