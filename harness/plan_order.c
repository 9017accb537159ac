/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_order.c: which row comes when.
 */
#include <stdlib.h>

#include "plan.h"

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
	return p->reps * p->ncells + (p->calibrated ? p->reps + 1 : 0);
}

struct step *plan_steps(const struct plan *p)
{
	struct step *steps = calloc((size_t)plan_rows(p), sizeof *steps), *s = steps;

	if (!steps)
		return NULL;
	for (int rep = 0; rep <= p->reps; rep++) {
		uint64_t state = p->seed + (uint64_t)rep * 0xd1342543de82ef95;
		struct step *block;

		if (p->calibrated)
			*s++ = (struct step){ ROW_CALIBRATION, rep, &p->calibration };
		block = s;
		for (int i = 0; i < p->ncells && rep < p->reps; i++) {
			uint64_t k = below(&state, (uint64_t)i + 1);

			*s++ = block[k];
			block[k] = (struct step){ ROW_CELL, rep, &p->cells[i] };
		}
	}
	return steps;
}
