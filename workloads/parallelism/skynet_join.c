/* SPDX-License-Identifier: Apache-2.0
 *
 * skynet-join: the tree of skynet, without its channels: each node forks nine
 * of its children and computes the tenth itself, then joins.  Where fib forks
 * two and two, this forks many at a time, so that a thief that comes finds more
 * than one task, most of them large.
 */
#include "check.h"
#include "workload.h"

enum { DEPTH, SERIAL };

static const struct wl_param params[] = {
	{ "depth", 3, 1, 8, "levels below the root, ten nodes below each: 3 are 1,111 nodes, 6 are 1,111,111" },
	{ "serial", 0, 0, 1, "1: the serial program, whose tasks are calls" },
	{ 0 },
};

#define CHILDREN 10

struct node {
	int64_t first, leaves;  /* numbers first to first + leaves - 1 */
	uint64_t sum;
	uint64_t nodes;         /* that had a part in it */
};

static int64_t leaves(const struct wl *w)
{
	int64_t n = 1;

	for (int64_t i = 0; i < w->param[DEPTH]; i++)
		n *= CHILDREN;
	return n;
}

/* 1 + 10 + 100 ... */
static int64_t ops(const struct wl *w)
{
	return (leaves(w) * CHILDREN - 1) / (CHILDREN - 1);
}

/* Nine tasks for each node above the leaves, and the initial G. */
static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : leaves(w);
}

static void start(const struct node *self, struct node child[CHILDREN])
{
	for (int i = 0; i < CHILDREN; i++) {
		child[i].leaves = self->leaves / CHILDREN;
		child[i].first = self->first + i * child[i].leaves;
	}
}

static void collect(struct node *self, const struct node child[CHILDREN])
{
	self->sum = 0;
	self->nodes = 1;
	for (int i = 0; i < CHILDREN; i++) {
		self->sum += child[i].sum;
		self->nodes += child[i].nodes;
	}
}

static bool is_leaf(struct node *self)
{
	if (self->leaves > 1)
		return false;
	self->sum = self->first;
	self->nodes = 1;
	return true;
}

static void sum_up(void *arg)
{
	struct node *self = arg, child[CHILDREN];
	struct sl_task task[CHILDREN - 1];      /* the last child is called */
	const int last = CHILDREN - 1;

	if (is_leaf(self))
		return;
	start(self, child);
	for (int i = 0; i < last; i++)
		sl_fork(&task[i], sum_up, &child[i]);
	sum_up(&child[last]);
	for (int i = last - 1; i >= 0; i--)
		sl_join(&task[i]);
	collect(self, child);
}

struct answer { uint64_t sum, nodes; };

/* The same as a plain recursive function, a call for each node: see fib. */
static __attribute__((noinline)) struct answer sum_up_serially(int64_t first, int64_t leaves)
{
	struct answer all = { .nodes = 1 };
	int64_t each = leaves / CHILDREN;

	if (leaves == 1)
		return (struct answer){ (uint64_t)first, 1 };
	for (int64_t i = 0; i < CHILDREN; i++) {
		struct answer child = sum_up_serially(first + i * each, each);

		all.sum += child.sum;
		all.nodes += child.nodes;
	}
	return all;
}

static void run(struct wl *w)
{
	struct node root = { .first = 0, .leaves = leaves(w) };
	struct answer all;

	if (w->param[SERIAL]) {
		all = sum_up_serially(root.first, root.leaves);
	} else {
		sum_up(&root);
		all = (struct answer){ root.sum, root.nodes };
	}
	w->executed += all.nodes;
	w->checksum += all.sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = leaves(w);

	return check_work(w, (uint64_t)iterations * ops(w), iterations * (n * (n - 1) / 2), why, size);
}

const struct workload wl_skynet_join = {
	.name = "skynet-join",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "sum the numbers at the leaves of a tree, ten nodes below each node, by fork and join",
	.question = "What does a forked and joined task cost where each forks many?",
	.metric = "node",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
