/* SPDX-License-Identifier: Apache-2.0
 *
 * skynet: a G starts ten, each of which starts ten, and so on; the leaves send
 * their numbers, everyone else the sum of what its ten sent, over a channel of
 * its own.  Depth 6 has a million leaves.  The tree of skynet-join is the same.
 *
 * How many Gs live at once, and so how much memory all this takes, depends on
 * the order in which a scheduler runs them: depth first it is a few dozen,
 * breadth first it is nearly all.
 *
 * After Alexander Temerev's "Skynet 1M concurrency microbenchmark".
 */
#include "check.h"
#include "workload.h"

enum { DEPTH };

static const struct wl_param params[] = {
	{ "depth", 3, 1, 7, "levels below the root, ten Gs below each G: 3 are 1,111 Gs, 6 are 1,111,111" },
	{ 0 },
};

#define CHILDREN 10

struct answer {
	uint64_t sum;
	uint64_t nodes;         /* that had a part in it */
};

/* What a G is told by its parent, on whose stack it is: gone once the parent
 * has all its answers. */
struct node {
	struct sl_chan *up;
	int64_t first, leaves;  /* numbers first to first + leaves - 1 */
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

static int64_t gs(const struct wl *w)
{
	return ops(w) + 1;
}

static void node(void *arg);

static struct answer ask_children(const struct node *parent)
{
	struct sl_chan *answers = must_chan(sizeof(struct answer), 0);
	struct answer all = { .nodes = 1 };
	struct node child[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		int64_t each = parent->leaves / CHILDREN;

		child[i] = (struct node){ answers, parent->first + i * each, each };
		sl_go(node, &child[i]);
	}
	for (int i = 0; i < CHILDREN; i++) {
		struct answer a;

		sl_chan_recv(answers, &a);
		all.sum += a.sum;
		all.nodes += a.nodes;
	}
	sl_chan_free(answers);
	return all;
}

static void node(void *arg)
{
	const struct node *self = arg;
	struct answer a = { .sum = self->first, .nodes = 1 };

	if (self->leaves > 1)
		a = ask_children(self);
	sl_chan_send(self->up, &a);
}

static void run(struct wl *w)
{
	struct node root = { must_chan(sizeof(struct answer), 0), 0, leaves(w) };
	struct answer a;

	sl_go(node, &root);
	sl_chan_recv(root.up, &a);
	sl_chan_free(root.up);
	w->executed += a.nodes;
	w->checksum += a.sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = leaves(w);

	return check_work(w, (uint64_t)iterations * ops(w), iterations * (n * (n - 1) / 2), why, size);
}

const struct workload wl_skynet = {
	.name = "skynet",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "each G starts ten, depth levels down; numbers go up the tree over channels and are summed",
	.question = "What does a tree of Gs cost that is as wide as it is quick to end?",
	.metric = "G started and heard from",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
