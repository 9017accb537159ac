/* SPDX-License-Identifier: Apache-2.0 */
#include "topo/topo_tree.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 250           /* a distance is an unsigned char */

static int damaged(const char *how, struct err *e)
{
	return err_set(e, -EINVAL, "no machine: %s", how);
}

static int check_node(const struct topo *t, int i)
{
	const struct topo_node *v = &t->nodes[i], *p = v->parent >= 0 ? &t->nodes[v->parent] : NULL;

	if (i == 0 ? v->parent != -1 || v->type == TOPO_PU : v->parent < 0 || v->parent >= i)
		return -EINVAL;
	if (v->type < 0 || v->type >= TOPO_TYPES || v->depth < 0 || v->depth > DEPTH_MAX ||
	    (p && (v->depth <= p->depth || p->type == TOPO_PU)))
		return -EINVAL;
	if (v->type == TOPO_PU)
		return v->os < 0 || v->os > PU_MAX || v->kind < -1 || v->kind >= t->plain.counts.kinds ? -EINVAL : 0;
	return 0;
}

/* Whether the node's parent is the node before it, or above that: then all below a
 * node follow it. */
static bool follows(const struct topo *t, int i)
{
	int above = i - 1;

	/* Deeper than its parent each, so this is no long way. */
	while (above >= 0 && above != t->nodes[i].parent)
		above = t->nodes[above].parent;
	return i == 0 || above >= 0;
}

/* From the last node to the first, so that what is below one is counted before it. */
static int count_below(struct topo *t)
{
	int pus = t->plain.counts.pus;

	for (int i = 0; i < t->plain.nodes; i++) {
		t->nodes[i].size = 1;
		t->nodes[i].npus = t->nodes[i].type == TOPO_PU;
	}
	for (int i = t->plain.nodes - 1; i >= 0; i--) {
		struct topo_node *v = &t->nodes[i], *p = v->parent >= 0 ? &t->nodes[v->parent] : NULL;

		if (!v->npus)
			return -EINVAL;
		if (v->type == TOPO_PU)
			t->pus[--pus] = i;
		v->first_pu = pus;
		if (p) {
			p->size += v->size;
			p->npus += v->npus;
		}
	}
	return 0;
}

static int by_os(const void *a, const void *b)
{
	return ((const struct topo_pu *)a)->os - ((const struct topo_pu *)b)->os;
}

/* Sorts the PUs by their numbers; whether no two have the same. */
static bool sort_numbers(struct topo *t)
{
	int n = t->plain.counts.pus;

	for (int i = 0; i < n; i++)
		t->by_os[i] = (struct topo_pu){ t->nodes[t->pus[i]].os, t->pus[i] };
	qsort(t->by_os, (size_t)n, sizeof *t->by_os, by_os);
	for (int i = 1; i < n; i++)
		if (t->by_os[i].os == t->by_os[i - 1].os)
			return false;
	return true;
}

static int any_by_os(const void *a, const void *b)
{
	return ((const struct topo_any *)a)->os - ((const struct topo_any *)b)->os;
}

static bool sort_all(struct topo *t)
{
	int n = t->plain.whole.pus;

	for (int i = 0; i < n; i++)
		if (t->all[i].os < 0 || t->all[i].os > PU_MAX || t->all[i].near < 0 || t->all[i].near >= n)
			return false;
	qsort(t->all, (size_t)n, sizeof *t->all, any_by_os);
	for (int i = 1; i < n; i++)
		if (t->all[i].os == t->all[i - 1].os)
			return false;
	return true;
}

const struct topo_any *topo_tree_any(const struct topo *t, int os)
{
	const struct topo_any key = { .os = os };

	return bsearch(&key, t->all, (size_t)t->plain.whole.pus, sizeof key, any_by_os);
}

int topo_tree_pu(const struct topo *t, int os)
{
	const struct topo_pu key = { .os = os };
	const struct topo_pu *found = bsearch(&key, t->by_os, (size_t)t->plain.counts.pus, sizeof key, by_os);

	return found ? found->node : -1;
}

static int count_pus(const struct topo *t)
{
	int n = 0;

	for (int i = 0; i < t->plain.nodes; i++)
		n += t->nodes[i].type == TOPO_PU;
	return n;
}

/* What is only shown need be no more than a number. */
static bool counts_are_sane(const struct topo_counts *c)
{
	const int all[] = { c->packages, c->numa_nodes, c->l3s, c->cores, c->pus, c->kinds, c->machine_pus };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] < 0 || all[i] > PU_MAX)
			return false;
	return true;
}

static int check(struct topo *t, struct err *e)
{
	struct plain *p = &t->plain;
	int n = count_pus(t);

	p->model[TOPO_NAME - 1] = p->name[TOPO_NAME - 1] = '\0';
	if (!counts_are_sane(&p->counts) || !counts_are_sane(&p->whole) || n < 1 || n != p->counts.pus ||
	    p->whole.pus < n || p->counts.machine_pus != p->whole.pus)
		return damaged("it has no PUs, or does not know how many", e);
	for (int i = 0; i < p->nodes; i++)
		if (check_node(t, i) || !follows(t, i))
			return damaged("its parts do not make a tree", e);
	t->pus = malloc((size_t)n * sizeof *t->pus);
	t->by_os = malloc((size_t)n * sizeof *t->by_os);
	if (!t->pus || !t->by_os)
		return err_set(e, -ENOMEM, "no memory left to read the topology");
	if (count_below(t))
		return damaged("a part of it has no PUs", e);
	return sort_numbers(t) && sort_all(t) ? 0 : damaged("two of its PUs have one number", e);
}

/* A copy of n things of a size, taken from what is left; NULL: there is not so much, or
 * no memory. */
static void *take(const char **rest, size_t *left, size_t n, size_t size)
{
	void *copy;

	if (n > *left / size)
		return NULL;
	copy = calloc(n + 1, size);     /* text has its NUL */
	if (copy && n)
		memcpy(copy, *rest, n * size);
	*rest += n * size;
	*left -= n * size;
	return copy;
}

static int take_all(struct topo *t, const char *rest, size_t left, struct err *e)
{
	const struct plain *p = &t->plain;

	if (p->nodes < 1 || p->whole.pus < 1)
		return damaged("it has no PUs, or does not know how many", e);
	t->nodes = take(&rest, &left, (size_t)p->nodes, sizeof *t->nodes);
	t->all = t->nodes ? take(&rest, &left, (size_t)p->whole.pus, sizeof *t->all) : NULL;
	t->xml = t->all && p->xml ? take(&rest, &left, p->xml, 1) : NULL;
	if (!t->all || (p->xml && !t->xml) || left)
		return damaged("it is not whole", e);
	return check(t, e);
}

int topo_tree_read(struct topo *t, char *data, size_t n, struct err *e)
{
	int rc;

	if (n < sizeof t->plain) {
		free(data);
		return damaged("it is not whole", e);
	}
	memcpy(&t->plain, data, sizeof t->plain);
	if (t->plain.rc)
		rc = err_set(e, t->plain.rc < 0 && t->plain.rc > -4096 ? t->plain.rc : -EINVAL, "%.*s",
		             (int)(n - sizeof t->plain < 400 ? n - sizeof t->plain : 400), data + sizeof t->plain);
	else
		rc = take_all(t, data + sizeof t->plain, n - sizeof t->plain, e);
	free(data);
	return rc;
}
