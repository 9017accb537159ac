/* SPDX-License-Identifier: Apache-2.0
 *
 * draws.h: samples for tests, the same in each run: what times of programs look like,
 * and worse.
 */
#ifndef DRAWS_H
#define DRAWS_H

#include <math.h>
#include <stdint.h>

static uint64_t draws_state = 88172645463325252u;

/* Above 0 and below 1. */
static inline double draw_uniform(void)
{
	draws_state ^= draws_state << 13;
	draws_state ^= draws_state >> 7;
	draws_state ^= draws_state << 17;
	return ((double)(draws_state >> 11) + 0.5) * 0x1p-53;
}

static inline double draw_normal(void)
{
	double r = sqrt(-2 * log(draw_uniform()));

	return r * cos(2 * M_PI * draw_uniform());
}

/* One side bounded, a long tail on the other. */
static inline double draw_skewed(void)
{
	return 1 - 0.1 * log(draw_uniform());
}

/* So long a tail that there is no variance. */
static inline double draw_heavy(void)
{
	return pow(draw_uniform(), -1 / 1.5);
}

/* Two kinds of process, one half as slow again and rarer. */
static inline double draw_bimodal(void)
{
	return (draw_uniform() < 0.3 ? 1.5 : 1) * exp(0.01 * draw_normal());
}

/* As a coarse clock has it, with many ties. */
static inline double draw_coarse(void)
{
	return floor(10 * draw_skewed()) / 10;
}

/* In logarithms, which keeps it above 0. */
static inline double draw_lognormal(void)
{
	return exp(0.03 * draw_normal());
}

#endif
