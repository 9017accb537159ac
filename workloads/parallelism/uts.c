/* SPDX-License-Identifier: Apache-2.0
 *
 * uts: how many nodes has a tree that nobody can foresee?  The unbalanced tree
 * search of Olivier et al. (LCPC 2006): a node is 20 bytes; a child's are the
 * SHA-1 of these and of its number; how many children there are is drawn from a
 * geometric distribution of mean 4 by the last bytes.  One subtree of a level
 * may be a thousand times another, so work must move while it runs.
 *
 * With depth=10 it is the tree that others call T1.
 */
#include <math.h>
#include <string.h>

#include "check.h"
#include "sha1.h"
#include "workload.h"

enum { DEPTH, SERIAL };

#define MAX_DEPTH 10

static const struct wl_param params[] = {
	{ "depth", 5, 1, MAX_DEPTH, "levels below the root; 10 is T1, of 4,130,071 nodes" },
	{ "serial", 0, 0, 1, "1: the serial program, which forks nothing" },
	{ 0 },
};

/* By a program in Python, with its library's SHA-1; T1's are also as published. */
static const struct { int64_t nodes, leaves; } known[MAX_DEPTH + 1] = {
	[1] = { 6, 5 }, [2] = { 65, 59 }, [3] = { 254, 201 },
	[4] = { 944, 744 }, [5] = { 3987, 3232 }, [6] = { 16000, 12839 },
	[7] = { 63914, 51124 }, [8] = { 257042, 205878 }, [9] = { 1031269, 825408 },
	[10] = { 4130071, 3305118 },
};

#define MEAN 4
#define ROOT_SEED 19
#define CHILDREN 100    /* at most: the benchmark's limit */

struct node {
	unsigned char state[SHA1_SIZE];
	int levels;                     /* below this node, at most */
	int64_t nodes, leaves;          /* of the tree below, and itself */
};

static int64_t ops(const struct wl *w)
{
	return known[w->param[DEPTH]].nodes;
}

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : ops(w);
}

static uint32_t word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void hash(unsigned char state[SHA1_SIZE], const unsigned char *from, size_t len, uint32_t number)
{
	unsigned char message[SHA1_SIZE + 4];

	memcpy(message, from, len);
	for (int i = 0; i < 4; i++)
		message[len + i] = (unsigned char)(number >> (24 - 8 * i));
	sha1(message, len + 4, state);
}

static int children(const struct node *n)
{
	double u = (word(n->state + SHA1_SIZE - 4) & 0x7fffffff) / 2147483648.;
	double p = 1. / (1 + MEAN);
	int count;

	if (n->levels == 0)
		return 0;
	count = (int)floor(log(1 - u) / log(1 - p));
	return count < CHILDREN ? count : CHILDREN;
}

static void count_serially(struct node *n)
{
	int below = children(n);

	n->nodes = 1;
	n->leaves = below == 0;
	for (int i = 0; i < below; i++) {
		struct node child = { .levels = n->levels - 1 };

		hash(child.state, n->state, SHA1_SIZE, (uint32_t)i);
		count_serially(&child);
		n->nodes += child.nodes;
		n->leaves += child.leaves;
	}
}

#define AT_ONCE 8

/* In groups, so that a node with many children needs no large stack. */
static void count(void *arg)
{
	struct node *n = arg, child[AT_ONCE];
	struct sl_task task[AT_ONCE];
	int below = children(n);

	n->nodes = 1;
	n->leaves = below == 0;
	for (int first = 0; first < below; first += AT_ONCE) {
		int group = below - first < AT_ONCE ? below - first : AT_ONCE;

		for (int i = 0; i < group; i++) {
			child[i].levels = n->levels - 1;
			hash(child[i].state, n->state, SHA1_SIZE, (uint32_t)(first + i));
			if (i < group - 1)
				sl_fork(&task[i], count, &child[i]);
		}
		count(&child[group - 1]);
		for (int i = group - 2; i >= 0; i--)
			sl_join(&task[i]);
		for (int i = 0; i < group; i++) {
			n->nodes += child[i].nodes;
			n->leaves += child[i].leaves;
		}
	}
}

static void run(struct wl *w)
{
	static const unsigned char zero[SHA1_SIZE - 4];
	struct node root = { .levels = (int)w->param[DEPTH] };

	hash(root.state, zero, sizeof zero, ROOT_SEED);
	if (w->param[SERIAL])
		count_serially(&root);
	else
		count(&root);
	w->executed += root.nodes;
	w->checksum += root.leaves;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, (uint64_t)iterations * ops(w),
	                  (uint64_t)iterations * known[w->param[DEPTH]].leaves, why, size);
}

const struct workload wl_uts = {
	.name = "uts",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "count the nodes of a tree of unforeseeable shape, forking a task for each child",
	.question = "How well does work spread whose pieces cannot be told apart in advance?",
	.metric = "node",
	.params = params,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
