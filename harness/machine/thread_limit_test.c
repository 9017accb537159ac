/* SPDX-License-Identifier: Apache-2.0
 *
 * Each limit in turn is made the smallest one, in a system made of files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "machine/thread_limit.h"

static char root[] = "/tmp/thread_limit_XXXXXX";

static void put(const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", root, name);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0755);
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int roomy(void **state)
{
	(void)state;
	put("proc/sys/kernel/threads-max", "100000\n");
	put("proc/sys/kernel/pid_max", "4194304\n");
	put("proc/sys/vm/max_map_count", "1048576\n");
	put("proc/loadavg", "0.03 0.11 0.06 1/70 4711\n");
	put("proc/self/cgroup", "8:pids:/a/b\n7:cpu,cpuacct:/c\n0::/d/e\n");
	put("sys/fs/cgroup/pids/a/pids.max", "max\n");
	put("sys/fs/cgroup/pids/a/b/pids.max", "max\n");
	put("sys/fs/cgroup/d/pids.max", "max\n");
	put("sys/fs/cgroup/d/pids.current", "40\n");
	return 0;
}

static void expect(int64_t threads, const char *what)
{
	char said[64] = "";
	struct rlimit rl;

	assert_int_equal(getrlimit(RLIMIT_NPROC, &rl), 0);
	if (rl.rlim_cur < (rlim_t)threads)
		skip();         /* this user's real limit, which no file stands in for */
	assert_int_equal(thread_limit(root, said, sizeof said), threads);
	assert_string_equal(said, what);
}

static void never_above_the_bound(void **state)
{
	(void)state;
	expect(THREAD_LIMIT_MAX, "schedlab's own bound");
}

static void what_the_kernel_leaves(void **state)
{
	(void)state;
	put("proc/sys/kernel/threads-max", "5070\n");
	expect(5000, "kernel.threads-max");
	put("proc/sys/kernel/pid_max", "4070\n");
	expect(4000, "kernel.pid_max");
	put("proc/sys/vm/max_map_count", "6000\n");
	expect(3000, "vm.max_map_count");
}

static void what_the_cgroup_and_its_parents_leave(void **state)
{
	(void)state;
	put("sys/fs/cgroup/pids/a/pids.max", "2000\n");
	expect(2000, "the cgroup's pids.max");
	put("sys/fs/cgroup/d/pids.max", "1040\n");
	expect(1000, "the cgroup's pids.max");
	put("sys/fs/cgroup/d/pids.current", "1041\n");
	expect(0, "the cgroup's pids.max");
}

static void missing_files_bind_nothing(void **state)
{
	char said[64] = "";

	(void)state;
	assert_true(thread_limit("/nonexistent", said, sizeof said) > 0);
	assert_true(!strcmp(said, "schedlab's own bound") || !strcmp(said, "ulimit -u"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(never_above_the_bound, roomy),
		cmocka_unit_test_setup(what_the_kernel_leaves, roomy),
		cmocka_unit_test_setup(what_the_cgroup_and_its_parents_leave, roomy),
		cmocka_unit_test_setup(missing_files_bind_nothing, roomy),
	};
	char clean[64];
	int failed;

	if (!mkdtemp(root))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(clean, sizeof clean, "rm -rf %s", root);
	return system(clean) || failed;
}
