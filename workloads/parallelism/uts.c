/* SPDX-License-Identifier: Apache-2.0
 *
 * uts: how many nodes has a tree that nobody can foresee?  The unbalanced tree
 * search of Olivier et al. (LCPC 2006): a node is a number, the hash of its parent's
 * and of its place among the children; how many children it has is drawn from a
 * geometric distribution of mean 4 by that number.  One subtree of a level may be
 * a thousand times another, so work must move while it runs.
 *
 * The benchmark hashes with SHA-1, which one language has in assembly and another
 * compiles: that would be compared, not the schedulers.  Here the hash is
 * SplitMix64's (Steele, Lea and Flood, OOPSLA 2014) and 100 steps of the generator of
 * lcg.h, which cost the same in both, and about what SHA-1 does.  So these are other
 * trees than the published ones: the distribution is the same, the sizes are near
 * theirs (the one called T1 has 4,130,071 nodes).
 *
 * Dropped: a hash of a few instructions with the steps beside it.  A processor then
 * works on several nodes at once, as far as its window reaches, and that depends
 * on how the loop was compiled.  Nobody knows how many children there are before
 * the hash is done, not even of a node that is to have none.
 */
#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { DEPTH, SERIAL };

#define MAX_DEPTH 10

static const struct wl_param params[] = {
	{ "depth", 5, 1, MAX_DEPTH, "levels below the root; 10 are 4,123,911 nodes" },
	{ "serial", 0, 0, 1, "1: the serial program, which forks nothing" },
	{ 0 },
};

/* By a program in Python, level by level: nodes, leaves, and the sum of the
 * nodes' numbers modulo 2^64. */
static const struct { int64_t nodes, leaves; uint64_t sum; } known[MAX_DEPTH + 1] = {
	[1] = { 13, 12, 0xf965515dd9d8f9af }, [2] = { 58, 46, 0x310ac326f55fffa2 },
	[3] = { 246, 196, 0x9ccc6788f9114c2e }, [4] = { 1002, 795, 0x1070f2dfca46e6d8 },
	[5] = { 3992, 3192, 0x57ccb0696d2e5362 }, [6] = { 16020, 12803, 0x1307ad5e66afea6c },
	[7] = { 64530, 51727, 0xa1896f0807d86175 }, [8] = { 257889, 206174, 0x8bd14adce6e8cb5b },
	[9] = { 1031194, 824562, 0x60aacccbb25f824c }, [10] = { 4123911, 3298706, 0x4be598ab7cfc11df },
};

#define ROOT 124        /* its tree at depth 10 is about as large as T1 */
#define CHILDREN 100    /* at most: the benchmark's limit */
#define STEPS 100

struct node {
	uint64_t number;                /* the parent's, until it is visited */
	int64_t place;                  /* among the parent's children, from 0 */
	int64_t levels;                 /* below this node, at most */
	int64_t nodes, leaves;          /* of the tree below, and itself */
	uint64_t sum;                   /* of their numbers */
};

static int64_t ops(const struct wl *w)
{
	return known[w->param[DEPTH]].nodes;
}

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : ops(w);
}

static uint64_t hash(uint64_t parent, int64_t place)
{
	uint64_t x = parent + ((uint64_t)place + 1) * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return lcg_walk(x ^ x >> 31, STEPS);
}

/* More than k with probability 0.8 to the power of k + 1, as fractions of 2^64: in
 * whole numbers, so that no language's rounding decides. */
static int64_t draw(uint64_t number)
{
	int64_t count = 0;

	for (uint64_t bound = 0xcccccccccccccccd; number < bound && count < CHILDREN; count++)
		bound -= bound / 5;
	return count;
}

/* The node itself; how many children it has. */
static int64_t visit(struct node *n)
{
	int64_t children;

	n->number = hash(n->number, n->place);
	children = draw(n->number);
	if (n->levels == 0)
		children = 0;
	n->nodes = 1;
	n->leaves = children == 0;
	n->sum = n->number;
	return children;
}

static void init_child(struct node *child, const struct node *n, int64_t place)
{
	child->number = n->number;
	child->place = place;
	child->levels = n->levels - 1;
}

static void add(struct node *n, const struct node *child)
{
	n->nodes += child->nodes;
	n->leaves += child->leaves;
	n->sum += child->sum;
}

static void count_serially(struct node *n)
{
	int64_t children = visit(n);

	for (int64_t i = 0; i < children; i++) {
		struct node child;

		init_child(&child, n, i);
		count_serially(&child);
		add(n, &child);
	}
}

#define AT_ONCE 8

/* In groups, so that a node with many children needs no large stack. */
static void count(void *arg)
{
	struct node *n = arg, child[AT_ONCE];
	struct sl_task task[AT_ONCE];
	int64_t children = visit(n);

	for (int64_t first = 0; first < children; first += AT_ONCE) {
		int group = children - first < AT_ONCE ? (int)(children - first) : AT_ONCE;

		for (int i = 0; i < group; i++) {
			init_child(&child[i], n, first + i);
			if (i < group - 1)
				sl_fork(&task[i], count, &child[i]);
		}
		count(&child[group - 1]);
		for (int i = group - 2; i >= 0; i--)
			sl_join(&task[i]);
		for (int i = 0; i < group; i++)
			add(n, &child[i]);
	}
}

static void run(struct wl *w)
{
	struct node root = { .number = ROOT, .levels = w->param[DEPTH] };

	if (w->param[SERIAL])
		count_serially(&root);
	else
		count(&root);
	w->executed += root.nodes;
	w->checksum += root.sum + root.leaves;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	int64_t depth = w->param[DEPTH];

	return check_work(w, (uint64_t)iterations * ops(w),
	                  iterations * (known[depth].sum + known[depth].leaves), why, size);
}

const struct workload wl_uts = {
	.name = "uts",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "count the nodes of a tree of unforeseeable shape, forking a task for each child",
	.question = "How well does work spread whose pieces cannot be told apart in advance?",
	.metric = "node",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
