/* SPDX-License-Identifier: Apache-2.0
 *
 * What every policy must keep on every topology, and what some must pick on
 * some.  That they agree with hwloc's own tools is topo.bats's to show.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "topo/topo.h"

#define MAX_PUS 1024

static const struct fixture {
	const char *file;
	struct topo_counts has;
	int first;              /* the lowest PU number */
} fixtures[] = {
	/* packages, NUMA nodes, L3s, cores, PUs, kinds, PUs of the machine */
	{ "128arm-2pa2n8cluster4co", { 2, 4, 4, 128, 128, 0, 128 }, 0 },
	{ "16em64t-4s2c2t-offlines", { 4, 1, 4, 6, 7, 0, 7 }, 0 },
	{ "20em64t-hybrid-1p6c2t+2ca4co1t", { 1, 1, 1, 14, 20, 2, 20 }, 0 },
	{ "32amd64-4s2n4c-cgroup2", { 1, 2, 2, 6, 6, 0, 6 }, 0 },
	{ "48amd64-4pa2n6c-sparse", { 4, 8, 8, 48, 48, 0, 48 }, 0 },
	{ "4fake-4gr1nu1pu", { 1, 1, 0, 0, 2, 0, 2 }, 0 },
	{ "8intel64-4n2t-memattrs", { 0, 4, 0, 0, 8, 0, 8 }, 0 },
	{ "AMD-17h-Zen-2xEpyc-7451", { 2, 1, 16, 48, 96, 0, 96 }, 0 },
	{ "AMD-19h-Zen4-2xEpyc-9654", { 2, 1, 24, 192, 384, 0, 384 }, 0 },
	{ "Intel-KnightsLanding-XeonPhi-7210", { 1, 1, 0, 64, 256, 0, 256 }, 0 },
	{ "nvidia-dgx-gb10", { 1, 1, 2, 20, 20, 5, 20 }, 0 },
	{ "offline-cpu0-node0", { 2, 1, 2, 17, 17, 0, 17 }, 4 },
};
#define FIXTURES (sizeof fixtures / sizeof *fixtures)

static const char *path_of(const char *file)
{
	static char path[512];
	const char *slash = strrchr(__FILE__, '/');
	int len = slash ? (int)(slash - __FILE__) + 1 : 0;

	snprintf(path, sizeof path, "%.*stestdata/topologies/%s", len, __FILE__,
	         file);
	return path;
}

static struct topo *open_fixture(const char *name)
{
	struct err e = { "" };
	struct topo *t = NULL;
	char file[128];

	snprintf(file, sizeof file, "%s.xml", name);
	if (topo_open(&t, path_of(file), NULL, &e))
		fail_msg("%s", e.msg);
	return t;
}

static struct topo *open_synthetic(const char *s)
{
	struct err e = { "" };
	struct topo *t = NULL;

	if (topo_open(&t, NULL, s, &e))
		fail_msg("%s", e.msg);
	return t;
}

static void assert_picks(const struct topo *t, const char *policy, int procs,
                         const char *want)
{
	char got[8192] = "";
	int cpus[MAX_PUS], n;
	struct err e = { "" };
	size_t len = 0;

	n = topo_pick(t, policy, procs, cpus, &e);
	if (n < 0)
		fail_msg("%s", e.msg);
	for (int i = 0; i < n; i++)
		len += snprintf(got + len, sizeof got - len, "%s%d",
		                i ? " " : "", cpus[i]);
	assert_string_equal(got, want);
}

static void assert_refused(const struct topo *t, const char *policy, int procs,
                           int rc, const char *sentence)
{
	int cpus[MAX_PUS];
	struct err e = { "" };

	assert_int_equal(topo_pick(t, policy, procs, cpus, &e), rc);
	assert_string_equal(e.msg, sentence);
}

static void counts_are_right(void **state)
{
	struct topo_counts c;
	struct topo *t;

	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		t = open_fixture(fixtures[i].file);
		topo_counts(t, &c);
		if (memcmp(&c, &fixtures[i].has, sizeof c))
			fail_msg("%s: %d packages, %d NUMA nodes, %d L3s, %d "
			         "cores, %d PUs, %d kinds, %d PUs in all",
			         fixtures[i].file, c.packages, c.numa_nodes,
			         c.l3s, c.cores, c.pus, c.kinds, c.machine_pus);
		assert_false(topo_is_here(t));
		topo_close(t);
	}
}

/* Right in number, allowed, none twice. */
static void check_pick(const struct topo *t, const struct fixture *f,
                       const char *policy, int procs, int want)
{
	static bool allowed[MAX_PUS];
	int all[MAX_PUS], cpus[MAX_PUS], n;
	struct err e = { "" };

	n = topo_pick(t, "none", 0, all, &e);
	assert_int_equal(n, f->has.pus);
	assert_int_equal(all[0], f->first);
	memset(allowed, 0, sizeof allowed);
	for (int i = 0; i < n; i++)
		allowed[all[i]] = true;
	n = topo_pick(t, policy, procs, cpus, &e);
	if (n != want)
		fail_msg("%s, %s, %d: %d picked, not %d; %s", f->file, policy,
		         procs, n, want, e.msg);
	for (int i = 0; i < n; i++) {
		if (!allowed[cpus[i]])
			fail_msg("%s, %s, %d: PU %d is not allowed or there twice",
			         f->file, policy, procs, cpus[i]);
		allowed[cpus[i]] = false;
	}
}

static void every_policy_on_every_topology(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		const struct fixture *f = &fixtures[i];
		struct topo *t = open_fixture(f->file);

		for (const struct topo_policy *p = topo_policies; p->name; p++) {
			bool none = !strcmp(p->name, "none");
			int cpus[MAX_PUS], offered;
			struct err e = { "" };

			offered = topo_pick(t, p->name, 0, cpus, &e);
			for (int n = 0; n <= offered; n += 1 + n / 7)
				check_pick(t, f, p->name, n, n ? n : offered);
			check_pick(t, f, p->name, offered, offered);
			check_pick(t, f, p->name, offered + 1,
			           none ? offered : -ERANGE);
			if (!strchr("pe", p->name[0]))
				assert_int_equal(offered, f->has.pus);
		}
		topo_close(t);
	}
}

static void smt_siblings(void **state)
{
	struct topo *t = open_fixture("AMD-17h-Zen-2xEpyc-7451");

	(void)state;
	assert_picks(t, "none", 4, "0 1 2 3");
	assert_picks(t, "compact", 5, "0 48 1 49 2");
	assert_picks(t, "l3", 8, "0 1 2 48 49 50 3 4");
	assert_picks(t, "scatter", 2, "0 24");
	assert_picks(t, "scatter", 4, "0 12 24 36");
	topo_close(t);

	t = open_synthetic("package:2 core:2 pu:2");
	assert_picks(t, "cores", 0, "0 2 4 6 1 3 5 7");
	topo_close(t);
	t = open_fixture("Intel-KnightsLanding-XeonPhi-7210");
	assert_picks(t, "compact", 5, "0 64 128 192 1");
	topo_close(t);
}

static void sparse_and_offline(void **state)
{
	struct topo *t = open_fixture("offline-cpu0-node0");

	(void)state;
	assert_picks(t, "none", 3, "4 5 6");
	assert_picks(t, "compact", 3, "4 6 8");
	assert_picks(t, "scatter", 2, "4 5");
	/* Node 0 is offline: its PUs have no memory near, and come last. */
	assert_picks(t, "numa", 9, "5 7 9 11 13 15 17 19 4");
	topo_close(t);
	t = open_fixture("16em64t-4s2c2t-offlines");
	assert_picks(t, "compact", 0, "0 4 12 1 6 3 15");
	assert_picks(t, "cores", 0, "0 4 1 6 3 15 12");
	topo_close(t);
	t = open_synthetic("core:2 pu:2(indexes=9,700,8,600)");
	assert_picks(t, "none", 3, "8 9 600");
	assert_picks(t, "compact", 3, "8 600 9");
	assert_picks(t, "cores", 3, "8 9 600");
	topo_close(t);
}

static void kinds_of_cores(void **state)
{
	struct topo *t = open_fixture("20em64t-hybrid-1p6c2t+2ca4co1t");

	(void)state;
	assert_picks(t, "pcores", 0, "0 2 4 6 8 10 1 3 5 7 9 11");
	assert_picks(t, "ecores", 0, "12 13 14 15 16 17 18 19");
	assert_refused(t, "ecores", 9, -ERANGE,
	               "--pin ecores has 8 PUs here, and 9 are asked for with "
	               "-p; only --pin none takes more than there are");
	topo_close(t);
	t = open_fixture("nvidia-dgx-gb10");
	assert_picks(t, "pcores", 0, "19");
	assert_picks(t, "ecores", 0, "0 1 2 3 4");
	topo_close(t);
	t = open_synthetic("core:3 pu:2");
	assert_picks(t, "ecores", 0, "0 2 4 1 3 5");
	topo_close(t);
}

/* Memory of the whole machine beside that of each package: the nearest one is
 * home.  PUs outside any L3 come after all that have one. */
static void homes(void **state)
{
	struct topo *t = open_synthetic(
		"[numa] package:2 [numa] l3:2 core:2 pu:2");

	(void)state;
	assert_picks(t, "numa", 0, "0 2 4 6 1 3 5 7 8 10 12 14 9 11 13 15");
	assert_picks(t, "l3", 0, "0 2 1 3 4 6 5 7 8 10 9 11 12 14 13 15");
	topo_close(t);
	t = open_fixture("Intel-KnightsLanding-XeonPhi-7210");
	assert_picks(t, "l3", 3, "0 1 2");
	topo_close(t);
}

static void lists(void **state)
{
	struct topo *t = open_fixture("32amd64-4s2n4c-cgroup2");

	(void)state;
	assert_picks(t, "5,0,3", 0, "5 0 3");
	assert_picks(t, "5,0,3", 2, "5 0");
	assert_picks(t, "4", 1, "4");
	assert_refused(t, "0,1", 3, -ERANGE,
	               "--pin 0,1 has 2 PUs, and 3 are asked for with -p");
	assert_refused(t, "0,6", 1, -EINVAL,
	               "--pin 0,6: there is no PU 6 here, or it is not allowed");
	assert_refused(t, "0,1,0", 3, -EINVAL, "--pin 0,1,0 has PU 0 twice");
	assert_refused(t, "0,1,00", 3, -EINVAL, "--pin 0,1,00 has PU 0 twice");
	assert_refused(t, "0,,1", 3, -EINVAL, "--pin 0,,1 has an empty place");
	assert_refused(t, "0,1,", 2, -EINVAL, "--pin 0,1, has an empty place");
	assert_refused(t, "0,x", 1, -EINVAL, "--pin 0,x: 'x' is no PU number");
	assert_refused(t, "0,-1", 1, -EINVAL, "--pin 0,-1: '-1' is no PU number");
	assert_refused(t, "4x", 1, -EINVAL, "--pin 4x: '4x' is no PU number");
	assert_refused(t, "99999999999999999999", 1, -EINVAL,
	               "--pin 99999999999999999999: '99999999999999999999' is "
	               "no PU number");
	topo_close(t);
}

static void names(void **state)
{
	struct err e = { "" };

	(void)state;
	assert_int_equal(topo_policy_check("scatter", &e), 0);
	assert_int_equal(topo_policy_check("7,3", &e), 0);
	assert_int_equal(topo_policy_check("3,3", &e), -EINVAL);
	assert_int_equal(topo_policy_check("", &e), -EINVAL);
	assert_int_equal(topo_policy_check("skatter", &e), -EINVAL);
	assert_string_equal(e.msg, "--pin: unknown policy 'skatter', did you "
	                           "mean scatter?");
}

static void distances(void **state)
{
	enum { N = 96 };
	struct topo *t = open_synthetic("package:2 l3:2 core:2 pu:2");
	int cpus[MAX_PUS], some[] = { 0, 1, 2, 4, 8 };
	unsigned char d[N * N];
	struct err e;

	(void)state;
	topo_distance(t, some, 5, d);
	for (int i = 0; i < 5; i++)
		assert_int_equal(d[i], i);      /* core, L3, package, machine */
	topo_close(t);

	t = open_fixture("AMD-17h-Zen-2xEpyc-7451");
	assert_int_equal(topo_pick(t, "compact", 0, cpus, &e), N);
	topo_distance(t, cpus, N, d);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			assert_int_equal(d[i * N + j], d[j * N + i]);
			assert_int_equal(d[i * N + j] == 0, i == j);
			for (int k = 0; k < N; k++)     /* it is a tree */
				assert_true(d[i * N + j] <= d[i * N + k] ||
				            d[i * N + j] <= d[k * N + j]);
		}
	topo_close(t);
}

/* Those who share the outermost cache; where a topology shows none, the package. */
static void neighbours(void **state)
{
	struct topo *t = open_fixture("AMD-17h-Zen-2xEpyc-7451");
	int near[MAX_PUS];

	(void)state;
	assert_int_equal(topo_near(t, (int[]){ 1 }, 1, near), 6);
	assert_memory_equal(near, ((int[]){ 0, 1, 2, 48, 49, 50 }), 6 * sizeof *near);
	assert_int_equal(topo_near(t, (int[]){ 1, 95 }, 2, near), 12);
	topo_close(t);
	t = open_synthetic("package:2 core:2 pu:2");
	assert_int_equal(topo_near(t, (int[]){ 5 }, 1, near), 4);
	assert_memory_equal(near, ((int[]){ 4, 5, 6, 7 }), 4 * sizeof *near);
	topo_close(t);
}

static void refuses_what_is_no_topology(void **state)
{
	static const char *const synthetic[] = {
		"", "nonsense", "package:", "core:0", "core:2 pu:x", "pu:2 core:2"
	};
	struct topo *t = NULL;
	struct err e = { "" };

	(void)state;
	for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
		if (topo_open(&t, NULL, synthetic[i], &e) != -EINVAL)
			fail_msg("'%s' was taken", synthetic[i]);
		assert_non_null(strstr(e.msg, "--synthetic"));
	}
	assert_int_equal(topo_open(&t, path_of("README.md"), NULL, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "README.md"));
	assert_int_equal(topo_open(&t, path_of("none.xml"), NULL, &e), -ENOENT);
	assert_int_equal(topo_open(&t, path_of("."), NULL, &e), -EINVAL);
	assert_int_equal(topo_open(&t, path_of("README.md"), "pu:2", &e), -EINVAL);
	assert_null(t);
}

/* What each did before is in the README there. */
static void hostile_files_do_no_harm(void **state)
{
	static const struct { const char *file; int rc; const char *says; } files[] = {
		{ "wide-pu", -EINVAL, "wide-pu.xml is no machine: a PU of it is not one PU" },
		{ "same-pu", -EINVAL, "same-pu.xml is no machine: two of its PUs have one number" },
		/* Another hwloc may know better. */
		{ "numa-root", -EINVAL, "numa-root.xml" },
		{ "missing-pu", 0, "" },
	};
	char file[128];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct topo *t = NULL;
		struct err e = { "" };
		int cpus[MAX_PUS];

		snprintf(file, sizeof file, "../hostile/%s.xml", files[i].file);
		assert_int_equal(topo_open(&t, path_of(file), NULL, &e), files[i].rc);
		assert_non_null(strstr(e.msg, files[i].says));
		assert_int_equal(strcspn(e.msg, "\n"), strlen(e.msg));
		if (t)
			for (const struct topo_policy *p = topo_policies; p->name; p++)
				assert_int_equal(topo_pick(t, p->name, 0, cpus, &e), 7);
		topo_close(t);
	}
}

static void only_this_machine_binds(void **state)
{
	struct topo *t = open_synthetic("pu:2");
	int cpu = sched_getcpu();
	struct err e = { "" };
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	assert_int_equal(topo_bind(t, &cpu, 1, &e), -ENOTSUP);
	assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	topo_close(t);
}

/* Bound to one PU, this process sees one; so does whoever reads the XML. */
static void respects_affinity(void **state)
{
	int cpu = sched_getcpu(), cpus[MAX_PUS], gone = MAX_PUS * 8;
	struct topo *t = NULL, *copy = NULL;
	cpu_set_t before, after;
	char *xml, path[] = "/tmp/topo_test.XXXXXX";
	struct topo_counts c;
	struct err e = { "" };
	int fd;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	assert_int_equal(topo_open(&t, NULL, NULL, &e), 0);
	assert_true(topo_is_here(t));
	topo_counts(t, &c);
	assert_int_equal(c.pus, CPU_COUNT(&before));
	assert_int_equal(topo_bind(t, &gone, 1, &e), -EINVAL);
	assert_int_equal(topo_bind(t, &cpu, 1, &e), 0);
	topo_close(t);
	assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
	assert_int_equal(CPU_COUNT(&after), 1);
	assert_true(CPU_ISSET(cpu, &after));

	assert_int_equal(topo_open(&t, NULL, NULL, &e), 0);
	assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
	topo_counts(t, &c);
	assert_int_equal(c.pus, 1);
	assert_true(c.machine_pus >= CPU_COUNT(&before));
	assert_int_equal(topo_pick(t, "cores", 1, cpus, &e), 1);
	assert_int_equal(cpus[0], cpu);
	assert_int_equal(topo_pick(t, "cores", 2, cpus, &e), -ERANGE);

	assert_int_equal(topo_xml(t, &xml, &e), 0);
	topo_close(t);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, xml, strlen(xml)), strlen(xml));
	close(fd);
	free(xml);
	assert_int_equal(topo_open(&copy, path, NULL, &e), 0);
	unlink(path);
	assert_false(topo_is_here(copy));
	assert_int_equal(topo_pick(copy, "none", 0, cpus, &e), 1);
	assert_int_equal(cpus[0], cpu);
	topo_close(copy);
}

static void described_in_a_line(void **state)
{
	static const struct { const char *file, *want; } lines[] = {
		{ "AMD-19h-Zen4-2xEpyc-9654",
		  "2 x AMD EPYC 9654 96-Core Processor, 192 cores, 384 PUs" },
		{ "20em64t-hybrid-1p6c2t+2ca4co1t",
		  "13th Gen Intel Core i7-1370P, 14 cores, 20 PUs" },
		{ "128arm-2pa2n8cluster4co",
		  "XA320 V2, 2 packages, 4 NUMA nodes, 128 cores, 128 PUs" },
		{ "4fake-4gr1nu1pu", "unnamed machine, 2 PUs" },
	};
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct topo *t = open_fixture(lines[i].file);

		topo_describe(t, buf, sizeof buf);
		assert_string_equal(buf, lines[i].want);
		topo_describe(t, buf, 10);
		assert_int_equal(strlen(buf), 9);
		topo_close(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_right),
		cmocka_unit_test(every_policy_on_every_topology),
		cmocka_unit_test(smt_siblings),
		cmocka_unit_test(sparse_and_offline),
		cmocka_unit_test(kinds_of_cores),
		cmocka_unit_test(homes),
		cmocka_unit_test(lists),
		cmocka_unit_test(names),
		cmocka_unit_test(distances),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(refuses_what_is_no_topology),
		cmocka_unit_test(hostile_files_do_no_harm),
		cmocka_unit_test(only_this_machine_binds),
		cmocka_unit_test(respects_affinity),
		cmocka_unit_test(described_in_a_line),
	};
	return cmocka_run_group_tests_name("topo", tests, NULL, NULL);
}
