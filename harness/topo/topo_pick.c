/* SPDX-License-Identifier: Apache-2.0
 *
 * topo_pick.c: which PUs a pinning policy picks.  Everything here is linear in the
 * number of PUs, or nearly so: a machine may have thousands, and a file say that it
 * has.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "topo/topo_policy.h"
#include "topo/topo_tree.h"

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory left to pick PUs");
}

/* Some PUs of a machine: places in topo.pus, ascending, which is hwloc's logical
 * order. */
struct set {
	int *pu;
	int n;
};

static const struct topo_node *pu_of(const struct topo *t, int place)
{
	return &t->nodes[t->pus[place]];
}

/* ---- Orders ----------------------------------------------------------------- */

/* Each writes the numbers of the set's PUs to cpus: how many, or -ENOMEM. */

static int by_place(const struct topo *t, const struct set *s, int *cpus)
{
	for (int i = 0; i < s->n; i++)
		cpus[i] = pu_of(t, s->pu[i])->os;
	return s->n;
}

static int ascending(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int by_number(const struct topo *t, const struct set *s, int *cpus)
{
	by_place(t, s, cpus);
	qsort(cpus, (size_t)s->n, sizeof *cpus, ascending);
	return s->n;
}

/* The node above the PU, or itself, that is one; -1: none. */
static int core_of(const struct topo *t, int place)
{
	int i = t->pus[place];

	while (i >= 0 && t->nodes[i].type != TOPO_CORE)
		i = t->nodes[i].parent;
	return i;
}

/* The first PU of each core, then the second of each, and so on.  A core's PUs follow
 * each other.  Where the topology shows no cores, every PU is one. */
static int by_cores(const struct topo *t, const struct set *s, int *cpus)
{
	int *turn = malloc((size_t)s->n * 2 * sizeof *turn + 1), *from = turn + s->n, last = -1;

	if (!turn)
		return -ENOMEM;
	/* Sorted by counting: how many come in the turns before. */
	memset(from, 0, (size_t)s->n * sizeof *from);
	for (int i = 0; i < s->n; i++) {
		int core = core_of(t, s->pu[i]);

		turn[i] = i > 0 && core >= 0 && core == last ? turn[i - 1] + 1 : 0;
		last = core;
		from[turn[i]]++;
	}
	for (int i = 0, before = 0; i < s->n; i++) {
		int here = from[i];

		from[i] = before;
		before += here;
	}
	for (int i = 0; i < s->n; i++)
		cpus[from[turn[i]]++] = pu_of(t, s->pu[i])->os;
	free(turn);
	return s->n;
}

/* The nearest thing around the PU that has its own L3, or its own memory. */
static int home_of(const struct topo *t, int place, bool by_memory)
{
	int i = t->pus[place];

	while (i >= 0 && !(by_memory ? t->nodes[i].memory : t->nodes[i].type == TOPO_L3))
		i = t->nodes[i].parent;
	return i;
}

/* Home after home: all that the nearest PU's home has and no home before it had.  PUs
 * without one, as slow cores outside the L3 are, last. */
static int by_home(const struct topo *t, const struct set *s, int *cpus, bool by_memory)
{
	struct set here = { .pu = malloc((size_t)s->n * sizeof *here.pu + 1) };
	bool *left = malloc((size_t)t->plain.counts.pus);
	int n = 0;

	if (!left || !here.pu) {
		n = -ENOMEM;
		goto out;
	}
	memset(left, 0, (size_t)t->plain.counts.pus);
	for (int i = 0; i < s->n; i++)
		left[s->pu[i]] = true;
	for (int i = 0; i <= s->n && n >= 0; i++) {
		const struct topo_node *home = &t->nodes[0];    /* at the end, of all */
		int rc;

		if (i < s->n) {
			int h = left[s->pu[i]] ? home_of(t, s->pu[i], by_memory) : -1;

			if (h < 0)
				continue;
			home = &t->nodes[h];
		}
		here.n = 0;
		for (int k = home->first_pu; k < home->first_pu + home->npus; k++)
			if (left[k]) {
				left[k] = false;
				here.pu[here.n++] = k;
			}
		rc = by_cores(t, &here, cpus + n);
		n = rc < 0 ? rc : n + rc;
	}
out:
	free(left);
	free(here.pu);
	return n;
}

static int by_l3(const struct topo *t, const struct set *s, int *cpus)
{
	return by_home(t, s, cpus, false);
}

static int by_numa(const struct topo *t, const struct set *s, int *cpus)
{
	return by_home(t, s, cpus, true);
}

/* ---- Far apart ---------------------------------------------------------------- */

static int lowest_number(const struct topo *t, const struct topo_node *v)
{
	int least = PU_MAX;

	for (int k = v->first_pu; k < v->first_pu + v->npus; k++)
		if (pu_of(t, k)->os < least)
			least = pu_of(t, k)->os;
	return least;
}

/* Shares n picks among what is below a node by its number of PUs, each share rounded
 * so that all of them together are n; returns where the next pick goes.  Set and order
 * are those of `hwloc-distrib --single`: what gets no pick is added to the one before
 * it, of which the lowest number counts. */
static int *share(const struct topo *t, int node, int n, int *cpus)
{
	const struct topo_node *v = &t->nodes[node];
	int64_t given = 0;

	for (int i = node + 1; i < node + v->size; i += t->nodes[i].size) {
		const struct topo_node *c = &t->nodes[i];
		int64_t before = (given * n + v->npus - 1) / v->npus;
		int many;

		given += c->npus;
		many = (int)((given * n + v->npus - 1) / v->npus - before);
		if (many > 1) {
			cpus = share(t, i, many, cpus);
		} else if (many == 1) {
			*cpus++ = lowest_number(t, c);
		} else {
			int least = lowest_number(t, c);

			cpus[-1] = least < cpus[-1] ? least : cpus[-1];
		}
	}
	return cpus;
}

/* Far apart depends on how many there are to be, so that the picks for 2 need not
 * begin the picks for 3. */
static void scatter(const struct topo *t, int procs, int *cpus)
{
	if (procs > 1)
		share(t, 0, procs, cpus);
	else
		cpus[0] = lowest_number(t, &t->nodes[0]);
}

/* ---- Policies ------------------------------------------------------------------- */

/* Narrows the set to one kind of cores; leaves it alone where there is one kind or
 * the machine names none. */
static int keep_kind(const struct topo *t, const char *policy, bool fastest, struct set *s, struct err *e)
{
	int kinds = t->plain.counts.kinds, kept = 0;

	if (kinds < 2)
		return 0;
	if (!t->plain.ranked)
		return err_set(e, -ENOTSUP, "--pin %s: this machine has %d kinds "
		               "of cores and does not say which is faster", policy, kinds);
	for (int i = 0; i < s->n; i++)
		if (pu_of(t, s->pu[i])->kind == (fastest ? kinds - 1 : 0))
			s->pu[kept++] = s->pu[i];
	s->n = kept;
	return 0;
}

static int pick_list(const struct topo *t, const char *policy, int procs,
                     int *cpus, struct err *e)
{
	int *list, n = policy_list(policy, &list, e);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (topo_tree_pu(t, list[i]) < 0) {
			n = err_set(e, -EINVAL, "--pin %s: there is no PU %d "
			            "here, or it is not allowed", policy, list[i]);
			goto out;
		}
	if (procs > n) {
		n = err_set(e, -ERANGE, "--pin %s has %d PU%s, and %d are "
		            "asked for with -p", policy, n, n == 1 ? "" : "s",
		            procs);
		goto out;
	}
	n = procs ? procs : n;
	memcpy(cpus, list, (size_t)n * sizeof *cpus);
out:
	free(list);
	return n;
}

typedef int order_fn(const struct topo *, const struct set *, int *cpus);

static order_fn *order_of(const char *policy)
{
	static const struct { const char *name; order_fn *fn; } orders[] = {
		{ "none", by_number }, { "compact", by_place },
		{ "l3", by_l3 }, { "numa", by_numa },
	};

	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (!strcmp(policy, orders[i].name))
			return orders[i].fn;
	return by_cores;        /* cores, pcores, ecores */
}

static int pick_named(const struct topo *t, const char *policy, int procs,
                      int *cpus, struct set *s, struct err *e)
{
	bool fastest = !strcmp(policy, "pcores");
	int rc;

	if (fastest || !strcmp(policy, "ecores")) {
		rc = keep_kind(t, policy, fastest, s, e);
		if (rc)
			return rc;
	}
	if (procs > s->n && strcmp(policy, "none") != 0)
		return err_set(e, -ERANGE, "--pin %s has %d PU%s here, and %d "
		               "are asked for with -p; only --pin none takes "
		               "more than there are", policy, s->n,
		               s->n == 1 ? "" : "s", procs);
	if (procs == 0 || procs > s->n)
		procs = s->n;
	if (!strcmp(policy, "scatter"))
		scatter(t, procs, cpus);
	else if (order_of(policy)(t, s, cpus) < 0)
		return no_memory(e);
	return procs;
}

int topo_pick(const struct topo *t, const char *policy, int procs, int *cpus,
              struct err *e)
{
	struct set s = { .n = t->plain.counts.pus };
	int n = topo_policy_check(policy, e);

	if (n)
		return n;
	if (policy_is_list(policy))
		return pick_list(t, policy, procs, cpus, e);
	s.pu = malloc((size_t)s.n * sizeof *s.pu);
	if (!s.pu)
		return no_memory(e);
	for (int i = 0; i < s.n; i++)
		s.pu[i] = i;
	n = pick_named(t, policy, procs, cpus, &s, e);
	free(s.pu);
	return n;
}
