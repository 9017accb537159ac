/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes out of the child that read a machine, when somebody else may have
 * written it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "topo/topo_tree.h"

/* A machine of two cores, of two PUs each. */
enum { ROOT, CORE_A, PU_0, PU_2, CORE_B, PU_1, PU_3, NODES };

struct blob {
	struct plain plain;
	struct topo_node nodes[NODES];
	struct topo_any all[5];         /* one is not allowed */
	char xml[4];
};

static struct blob sound(void)
{
	struct blob b = { .plain = { .nodes = NODES, .xml = 4, .counts = { .cores = 2, .pus = 4, .machine_pus = 5 },
	                             .whole = { .cores = 3, .pus = 5 }, .name = "box" },
	                  .all = { { 3, 1 }, { 1, 1 }, { 4, 2 }, { 2, 0 }, { 0, 0 } }, .xml = "<x/>" };
	static const struct topo_node nodes[NODES] = {
		[ROOT] = { .parent = -1, .kind = -1, .memory = 1 },
		[CORE_A] = { .parent = ROOT, .depth = 1, .type = TOPO_CORE, .os = 0, .kind = -1 },
		[PU_0] = { .parent = CORE_A, .depth = 2, .type = TOPO_PU, .os = 0, .kind = -1 },
		[PU_2] = { .parent = CORE_A, .depth = 2, .type = TOPO_PU, .os = 2, .kind = -1 },
		[CORE_B] = { .parent = ROOT, .depth = 1, .type = TOPO_CORE, .os = 1, .kind = -1 },
		[PU_1] = { .parent = CORE_B, .depth = 2, .type = TOPO_PU, .os = 1, .kind = -1 },
		[PU_3] = { .parent = CORE_B, .depth = 2, .type = TOPO_PU, .os = 3, .kind = -1 },
	};

	memcpy(b.nodes, nodes, sizeof nodes);
	return b;
}

/* Exactly as large as it says, so that a sanitizer sees what is read beyond it. */
static int read_blob(struct topo **t, const struct blob *b, struct err *e)
{
	size_t n = offsetof(struct blob, xml) + sizeof b->xml, at = offsetof(struct blob, nodes);
	char *data = malloc(n);

	assert_int_equal(at, sizeof b->plain);
	memcpy(data, b, n);
	*t = calloc(1, sizeof **t);
	return topo_tree_read(*t, data, n, e);
}

static void a_tree_is_taken(void **state)
{
	struct blob b = sound();
	struct err e = { "" };
	unsigned char d[4];
	struct topo *t;
	int cpus[4];
	char *xml;

	(void)state;
	if (read_blob(&t, &b, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(topo_pick(t, "compact", 0, cpus, &e), 4);
	assert_memory_equal(cpus, ((int[]){ 0, 2, 1, 3 }), sizeof cpus);
	assert_int_equal(topo_pick(t, "cores", 0, cpus, &e), 4);
	assert_memory_equal(cpus, ((int[]){ 0, 1, 2, 3 }), sizeof cpus);
	topo_distance(t, (int[]){ 0, 3 }, 2, d);
	assert_memory_equal(d, "\0\2\2\0", 4);
	assert_int_equal(topo_near(t, (int[]){ 3 }, 1, cpus), 2);
	assert_memory_equal(cpus, ((int[]){ 1, 3 }), 2 * sizeof *cpus);
	assert_int_equal(topo_near(t, (int[]){ 4, 9 }, 2, cpus), 1);
	assert_int_equal(cpus[0], 4);
	assert_int_equal(topo_xml(t, &xml, &e), 0);
	assert_string_equal(xml, "<x/>");
	free(xml);
	topo_close(t);
}

static void assert_refused(const struct blob *b, const char *how)
{
	struct err e = { "" };
	struct topo *t;

	assert_int_equal(read_blob(&t, b, &e), -EINVAL);
	assert_non_null(strstr(e.msg, how));
	topo_close(t);
}

#define REFUSED(how, change) do { struct blob b = sound(); change; assert_refused(&b, how); } while (0)

static void what_is_no_tree_is_refused(void **state)
{
	(void)state;
	REFUSED("how many", b.plain.nodes = 0);
	REFUSED("how many", b.plain.nodes = -1);
	REFUSED("not whole", b.plain.nodes = NODES + 1);
	REFUSED("not whole", b.plain.nodes = INT32_MAX);
	REFUSED("not whole", b.plain.xml = 5);
	REFUSED("not whole", b.plain.xml = SIZE_MAX);
	REFUSED("how many", b.plain.counts.pus = 3);
	REFUSED("how many", b.plain.whole.pus = 0);
	REFUSED("not whole", b.plain.whole.pus = 4);
	REFUSED("not whole", b.plain.whole.pus = INT32_MAX);
	REFUSED("how many", (b.plain.whole.pus = 3, b.plain.xml = 4 + 2 * sizeof *b.all));
	REFUSED("how many", b.plain.counts.machine_pus = 4);
	REFUSED("how many", b.plain.counts.kinds = -1);
	REFUSED("how many", b.plain.whole.packages = INT32_MIN);
	REFUSED("how many", b.plain.counts.numa_nodes = PU_MAX + 1);
	REFUSED("make a tree", b.nodes[ROOT].parent = 0);
	REFUSED("make a tree", b.nodes[CORE_A].parent = -1);
	REFUSED("make a tree", b.nodes[PU_0].parent = PU_0);
	REFUSED("make a tree", b.nodes[PU_0].parent = PU_3);
	REFUSED("make a tree", b.nodes[PU_0].parent = INT32_MAX);
	REFUSED("make a tree", b.nodes[PU_3].parent = CORE_A);
	REFUSED("make a tree", b.nodes[PU_2].parent = PU_0);
	REFUSED("make a tree", b.nodes[PU_2].depth = 1);
	REFUSED("make a tree", b.nodes[PU_2].depth = 256);
	REFUSED("make a tree", b.nodes[ROOT].depth = -1);
	REFUSED("make a tree", b.nodes[CORE_B].type = TOPO_TYPES);
	REFUSED("make a tree", b.nodes[CORE_B].type = -1);
	REFUSED("make a tree", b.nodes[PU_1].os = -1);
	REFUSED("make a tree", b.nodes[PU_1].os = PU_MAX + 1);
	REFUSED("make a tree", b.nodes[PU_1].kind = 0);
	REFUSED("make a tree", b.nodes[PU_1].kind = -2);
	REFUSED("has no PUs", (b.nodes[PU_1].type = b.nodes[PU_3].type = TOPO_OTHER, b.plain.counts.pus = 2));
	REFUSED("one number", b.nodes[PU_1].os = 2);
	REFUSED("one number", b.all[1].os = 2);
	REFUSED("one number", b.all[1].os = -1);
	REFUSED("one number", b.all[1].near = 5);
	REFUSED("one number", b.all[1].near = -1);
}

static void names_end(void **state)
{
	struct blob b = sound();
	struct err e = { "" };
	char line[64];
	struct topo *t;

	(void)state;
	memset(b.plain.model, 'm', TOPO_NAME);
	memset(b.plain.name, 'n', TOPO_NAME);
	assert_int_equal(read_blob(&t, &b, &e), 0);
	topo_describe(t, line, sizeof line);
	assert_int_equal(strlen(line), sizeof line - 1);
	topo_close(t);
}

static void a_sentence_comes_through(void **state)
{
	struct blob b = { .plain.rc = -ENODEV, .xml = "no" };
	struct err e = { "" };
	struct topo *t;

	(void)state;
	memcpy(b.nodes, "nothing here", 12);
	assert_int_equal(read_blob(&t, &b, &e), -ENODEV);
	assert_int_equal(strncmp(e.msg, "nothing here", 12), 0);
	topo_close(t);
	for (int i = 0; i < 3; i++) {
		b.plain.rc = (int[]){ 1, INT32_MIN, -99999 }[i];
		assert_int_equal(read_blob(&t, &b, &e), -EINVAL);
		topo_close(t);
	}
}

/* Whatever bits are turned: refused, or every policy picks what it should. */
static void picks_are_sound_whatever_was_read(void **state)
{
	uint64_t random = 1;
	int taken = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct blob b = sound();
		struct err e;
		struct topo *t;

		for (int i = 0; i <= round % 3; i++) {
			size_t at;

			random = random * 6364136223846793005 + 1442695040888963407;
			/* Not the XML, nor the names. */
			at = (random >> 33) % (sizeof b.plain - 2 * TOPO_NAME + sizeof b.nodes + sizeof b.all);
			at += at < offsetof(struct plain, model) ? 0 : 2 * TOPO_NAME;
			((unsigned char *)&b)[at] ^= 1u << (random >> 60 & 7);
		}
		if (read_blob(&t, &b, &e) == 0) {
			int n = t->plain.counts.pus, *cpus = calloc((size_t)t->plain.whole.pus, sizeof *cpus);

			taken++;
			for (const struct topo_policy *p = topo_policies; p->name; p++)
				for (int procs = 0; procs <= n; procs++) {
					int got = topo_pick(t, p->name, procs, cpus, &e);

					for (int i = 0; i < got; i++) {
						assert_true(topo_tree_pu(t, cpus[i]) >= 0);
						for (int k = 0; k < i; k++)
							assert_int_not_equal(cpus[i], cpus[k]);
					}
				}
			assert_true(topo_near(t, (int[]){ 0, 1, 2, 3 }, 4, cpus) <= t->plain.whole.pus);
			free(cpus);
		}
		topo_close(t);
	}
	assert_true(taken > 1000);
}

/* What took a minute: all PUs in two cores, each a turn of its own. */
static void thousands_of_pus_take_no_time(void **state)
{
	enum { PUS = 10000 };
	size_t size = sizeof(struct plain) + (PUS + 3) * sizeof(struct topo_node) + PUS * sizeof(struct topo_any);
	char *data = calloc(1, size);
	struct plain *p = (struct plain *)data;
	struct topo_node *v = (struct topo_node *)(p + 1);
	struct topo_any *all = (struct topo_any *)(v + PUS + 3);
	struct topo *t = calloc(1, sizeof *t);
	int *cpus = malloc(PUS * sizeof *cpus);
	struct timespec before, after;
	struct err e = { "" };

	(void)state;
	*p = (struct plain){ .nodes = PUS + 3, .counts = { .pus = PUS, .machine_pus = PUS }, .whole.pus = PUS };
	v[0] = (struct topo_node){ .parent = -1, .memory = 1 };
	for (int i = 0, at = 1; i < PUS; i++) {
		int core = i / (PUS / 2) * (PUS / 2 + 1) + 1;

		if (i % (PUS / 2) == 0)
			v[at++] = (struct topo_node){ .depth = 1, .type = TOPO_CORE, .kind = -1 };
		v[at++] = (struct topo_node){ .parent = core, .depth = 2, .type = TOPO_PU, .os = i, .kind = -1 };
		all[i].os = i;
	}
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	if (topo_tree_read(t, data, size, &e))
		fail_msg("%s", e.msg);
	for (const struct topo_policy *policy = topo_policies; policy->name; policy++)
		assert_int_equal(topo_pick(t, policy->name, 0, cpus, &e), PUS);
	assert_int_equal(topo_pick(t, "cores", 4, cpus, &e), 4);
	assert_memory_equal(cpus, ((int[]){ 0, 5000, 1, 5001 }), 4 * sizeof *cpus);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	/* Some 10 ms; of the processor's time, of which no neighbour takes any. */
	assert_true(after.tv_sec - before.tv_sec <= 2);
	free(cpus);
	topo_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_taken),
		cmocka_unit_test(what_is_no_tree_is_refused),
		cmocka_unit_test(names_end),
		cmocka_unit_test(a_sentence_comes_through),
		cmocka_unit_test(thousands_of_pus_take_no_time),
		cmocka_unit_test(picks_are_sound_whatever_was_read),
	};

	return cmocka_run_group_tests_name("topo tree", tests, NULL, NULL);
}
