/* SPDX-License-Identifier: Apache-2.0
 *
 * victims.c: in which order a thief tries the other Ps: the nearest first (what it
 * takes is then mostly in a cache that they share), and from a random one on among
 * those that are equally near, so that thieves do not all come to the same.
 *
 * sl_config.distance becomes, for each P, a list of the others in that order.  Without
 * it all are equally near, as are those, beyond the rest, that sl_procs has added.
 */
#include <limits.h>
#include <sys/mman.h>

#include "ws.h"

#define LAST 0x8000     /* of those that are equally near */

_Static_assert(SL_PROCS_MAX <= LAST, "a P's number and LAST share a word");

static size_t size(int n)
{
	return (size_t)n * (size_t)(n - 1) * sizeof *sched.nearest;
}

/* From the row distance of P i, by counting. */
static void sort(uint16_t *list, const unsigned char *distance, int i, int n)
{
	int end[UCHAR_MAX + 2] = { 0 };

	for (int j = 0; j < n; j++)
		if (j != i)
			end[distance[j] + 1]++;
	for (int d = 0; d <= UCHAR_MAX; d++)
		end[d + 1] += end[d];
	/* end[d] is where those at d begin, and at last where they end. */
	for (int j = 0; j < n; j++)
		if (j != i)
			list[end[distance[j]]++] = (uint16_t)j;
	for (int k = 0; k < n - 1; k++)
		if (k == n - 2 || distance[list[k]] != distance[list[k + 1]])
			list[k] |= LAST;
}

bool victims_init(void)
{
	const unsigned char *distance = sched.cfg.distance;
	int n = sched.cfg.procs;
	void *p;

	if (!distance || n == 1)
		return true;
	p = mmap(NULL, size(n), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	sched.nearest = p;
	for (int i = 0; i < n; i++)
		sort(sched.nearest + i * (n - 1), distance + i * n, i, n);
	return true;
}

void victims_fini(void)
{
	if (sched.nearest)
		munmap(sched.nearest, size(sched.cfg.procs));
}

/* Of p's list the k-th; the first known of it are in *list. */
static inline int victim(const struct p *p, const uint16_t *list, int known, int k)
{
	return k < known ? list[k] & ~LAST : k < p->id ? k : k + 1;
}

struct p *next_victim(struct victims *v, struct m *m)
{
	int n = sched.cfg.procs, known = sched.nearest && m->p->id < n ? n - 1 : 0;
	const uint16_t *list = sched.nearest + m->p->id * known;
	struct p *p;

	if (v->left == 0) {
		v->begin = v->end;
		if (v->begin == v->n)
			return NULL;
		if (v->begin < known)
			while (!(list[v->end++] & LAST))
				;
		else
			v->end = v->n;
		v->left = v->end - v->begin;
		v->at = v->begin + (int)(rand_next(m) % (uint32_t)v->left);
	}
	p = &sched.allp[victim(m->p, list, known, v->at)];
	v->left--;
	if (++v->at == v->end)
		v->at = v->begin;
	return p;
}
