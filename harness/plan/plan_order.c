/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_order.c: which row comes when.
 */
#include <stdlib.h>

#include "plan/plan.h"

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Below n, all equally likely: what would favour the small is thrown away. */
static uint64_t below(uint64_t *state, uint64_t n)
{
	uint64_t r;

	do
		r = next_random(state);
	while (r < -n % n);
	return r % n;
}

int plan_rows(const struct plan *p)
{
	return p->reps * p->ncells + (p->reps + 1) * p->ncalibrations;
}

/* Of one build each cell is shuffled, of two each pair, and which comes first. */
static void shuffle(struct step *block, const struct plan *p, int rep, uint64_t state)
{
	int each = plan_in_pairs(p) ? 2 : 1, layout = plan_layout(p, rep);

	for (int i = 0; i < p->ncells; i += each) {
		int k = (int)below(&state, (uint64_t)(i / each) + 1) * each;
		int first = each == 2 ? (int)below(&state, 2) : 0;

		for (int j = 0; j < each; j++) {
			block[i + j] = block[k + j];
			block[k + j] = (struct step){ ROW_CELL, rep, &p->cells[i + (j ^ first)], layout };
		}
	}
}

struct step *plan_steps(const struct plan *p)
{
	struct step *steps = calloc((size_t)plan_rows(p), sizeof *steps), *s = steps;

	if (!steps)
		return NULL;
	for (int rep = 0; rep <= p->reps; rep++) {
		uint64_t state = p->seed + (uint64_t)rep * 0xd1342543de82ef95;

		for (int i = 0; i < p->ncalibrations; i++)
			*s++ = (struct step){ ROW_CALIBRATION, rep, &p->calibrations[i], 0 };
		if (rep == p->reps)
			break;
		shuffle(s, p, rep, state);
		s += p->ncells;
	}
	return steps;
}
