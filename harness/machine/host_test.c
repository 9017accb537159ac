/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "machine/host.h"

/* A copy of what the kernel shows, in a folder made for one test. */
static char root[64];

static void put(const char *name, const char *text)
{
	char path[PATH_MAX], *slash;
	struct err e = { "" };

	path_join(path, root, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(dir_make(path, &e), 0);
	assert_int_equal(file_put(path, slash + 1, text, strlen(text), &e), 0);
}

static double quota(void)
{
	char cgroups[PATH_MAX];

	return host_quota(path_join(cgroups, root, "cgroup"), root);
}

static void quota_v2(void **state)
{
	(void)state;
	put("cgroup", "0::/a/b\n");
	assert_true(isinf(quota()));
	put("a/b/cpu.max", "max 100000\n");
	assert_true(isinf(quota()));
	put("a/b/cpu.max", "50000 100000\n");
	assert_true(quota() == 0.5);
	/* The parent's holds for the child. */
	put("a/cpu.max", "20000 100000\n");
	assert_true(quota() == 0.2);
	put("a/cpu.max", "300000 100000\n");
	assert_true(quota() == 0.5);
}

static void quota_v2_in_a_container(void **state)
{
	(void)state;
	/* The host's path, but the container's own cgroup is what is mounted. */
	put("cgroup", "0::/docker/0123\n");
	put("cpu.max", "150000 100000\n");
	assert_true(quota() == 1.5);
}

static void quota_v1(void **state)
{
	(void)state;
	put("cgroup", "5:memory:/m\n4:cpuset:/s\n3:cpu,cpuacct:/a\n1:name=systemd:/x\n");
	put("cpu/s/cpu.cfs_quota_us", "1\n");
	put("cpu/s/cpu.cfs_period_us", "100000\n");
	put("cpu/a/cpu.cfs_quota_us", "-1\n");
	put("cpu/a/cpu.cfs_period_us", "100000\n");
	assert_true(isinf(quota()));
	put("cpu/a/cpu.cfs_quota_us", "250000\n");
	assert_true(quota() == 2.5);
}

static void garbage_is_no_quota(void **state)
{
	(void)state;
	put("cgroup", "\n:\n0::/a\nx");
	put("a/cpu.max", "many 100000\n");
	assert_true(isinf(quota()));
	put("a/cpu.max", "5000 0\n");
	assert_true(isinf(quota()));
	put("a/cpu.max", "");
	assert_true(isinf(quota()));
}

static void default_procs(void **state)
{
	const char *source = "";
	struct err e = { "" };

	(void)state;
	setenv("SCHEDLAB_PROCS", "3", 1);
	assert_int_equal(host_procs(&source, &e), 3);
	assert_string_equal(source, "SCHEDLAB_PROCS");
	setenv("SCHEDLAB_PROCS", "3x", 1);
	assert_int_equal(host_procs(&source, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "SCHEDLAB_PROCS=3x"));
	unsetenv("SCHEDLAB_PROCS");
	assert_int_equal(host_procs(&source, &e), host_usable(&source));
	assert_true(host_usable(&source) >= 1);
}

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/schedlab-test-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	static const char *const dirs[] = { "a/b", "a", "cpu/a", "cpu/s", "cpu", "" };
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		dir_remove(path_join(path, root, dirs[i]));
	return 0;
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(quota_v2), IN_ROOT(quota_v2_in_a_container), IN_ROOT(quota_v1),
		IN_ROOT(garbage_is_no_quota), cmocka_unit_test(default_procs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
