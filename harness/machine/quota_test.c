/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "machine/quota.h"

/* A copy of what the kernel shows, in a folder made for one test.  What it makes
 * in a new cgroup by itself must be put there before. */
static char root[64];

static const char *at(char path[PATH_MAX], const char *name)
{
	return path_join(path, root, name);
}

static void put(const char *name, const char *text)
{
	char path[PATH_MAX], *slash;
	struct err e = { "" };

	at(path, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(dir_make(path, &e), 0);
	assert_int_equal(file_put(path, slash + 1, text, strlen(text), &e), 0);
}

static void expect(const struct quota *q, const char *file, const char *text)
{
	char path[PATH_MAX], *got;
	struct err e = { "" };

	assert_int_equal(file_get(path_join(path, q->dir, file), 100, &got, NULL, &e), 0);
	assert_string_equal(got, text);
	free(got);
}

static bool is_there(const char *name)
{
	char path[PATH_MAX];

	return access(at(path, name), F_OK) == 0;
}

static int make(struct quota *q, int64_t pct, struct err *e)
{
	char cgroups[PATH_MAX];

	return quota_make(q, at(cgroups, "cgroup"), root, pct, e);
}

/* The new cgroup below another, with a file of the kernel's. */
static void expect_made(const char *below, const char *file)
{
	char name[PATH_MAX];

	snprintf(name, sizeof name, "%s/schedlab-%ld/%s", below, (long)getpid(), file);
	put(name, "");
}

static void v1_is_below_the_own_one(void **state)
{
	struct err e = { "" };
	struct quota q;

	(void)state;
	put("cgroup", "5:memory:/m\n3:cpu,cpuacct:/a\n");
	put("cpu/a/cpu.cfs_quota_us", "-1\n");
	expect_made("cpu/a", "cpu.cfs_period_us");
	expect_made("cpu/a", "cpu.cfs_quota_us");
	expect_made("cpu/a", "cgroup.procs");
	assert_int_equal(make(&q, 150, &e), 0);
	expect(&q, "cpu.cfs_period_us", "100000");
	expect(&q, "cpu.cfs_quota_us", "150000");
	assert_int_equal(quota_enter(&q, &e), 0);
	expect(&q, "cgroup.procs", "0");
}

static void v2_is_below_the_nearest_that_hands_cpu_on(void **state)
{
	struct err e = { "" };
	struct quota q;
	char path[PATH_MAX];

	(void)state;
	put("cgroup", "0::/a/b/c\n");
	put("a/b/c/cgroup.subtree_control", "\n");
	put("a/b/cgroup.subtree_control", "cpuset memory\n");
	put("a/cgroup.subtree_control", "memory cpu\n");
	put("cgroup.subtree_control", "cpu\n");
	expect_made("a", "cpu.max");
	assert_int_equal(make(&q, 50, &e), 0);
	expect(&q, "cpu.max", "50000 100000");
	assert_int_equal(unlink(path_join(path, q.dir, "cpu.max")), 0);
	strcpy(path, q.dir);
	quota_remove(&q);
	assert_int_equal(access(path, F_OK), -1);
	assert_string_equal(q.dir, "");
	quota_remove(&q);
}

static void where_there_can_be_none_a_sentence_says_why(void **state)
{
	struct err e = { "" };
	char name[64];
	struct quota q;

	(void)state;
	assert_int_equal(make(&q, 100, &e), -ENOTSUP);
	assert_non_null(strstr(e.msg, "no CPU quota can be set here"));
	put("cgroup", "0::/a\n");
	put("a/cgroup.subtree_control", "memory\n");
	assert_int_equal(make(&q, 100, &e), -ENOTSUP);
	put("a/cgroup.subtree_control", "cpu\n");
	put("a/cpu.stat", "");
	/* The kernel makes no cpu.max here: so no cgroup stays either. */
	assert_int_equal(make(&q, 100, &e), -ENOENT);
	assert_non_null(strstr(e.msg, "cpu.max: No such file"));
	assert_string_equal(q.dir, "");
	assert_true(is_there("a/cpu.stat"));
	snprintf(name, sizeof name, "a/schedlab-%ld", (long)getpid());
	assert_false(is_there(name));
}

static void what_killed_runners_left_is_removed(void **state)
{
	struct err e = { "" };
	char dead[PATH_MAX], path[PATH_MAX];
	struct quota q;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	put("cgroup", "0::/a\n");
	put("a/cgroup.subtree_control", "cpu\n");
	expect_made("a", "cpu.max");
	snprintf(dead, sizeof dead, "a/schedlab-%ld", (long)pid);
	assert_int_equal(dir_make(at(path, dead), &e), 0);
	assert_int_equal(dir_make(at(path, "a/schedlab-1"), &e), 0);
	assert_int_equal(dir_make(at(path, "a/schedlab-x"), &e), 0);
	assert_int_equal(dir_make(at(path, "a/other"), &e), 0);
	assert_int_equal(make(&q, 100, &e), 0);
	assert_false(is_there(dead));
	assert_true(is_there("a/schedlab-1"));
	assert_true(is_there("a/schedlab-x"));
	assert_true(is_there("a/other"));
}

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/schedlab-test-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(v1_is_below_the_own_one), IN_ROOT(v2_is_below_the_nearest_that_hands_cpu_on),
		IN_ROOT(where_there_can_be_none_a_sentence_says_why), IN_ROOT(what_killed_runners_left_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
