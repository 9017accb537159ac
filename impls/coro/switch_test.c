/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that the switch is made in: sched_test.c has what it does to registers.
 */
#include "conform.h"

static struct sl_wg wg;

static void __attribute__((noinline)) fill(char *p, size_t n, int with)
{
	memset(p, with, n);
}

/* The compiler needs a register of its own to find such a frame's locals by. */
static void yield_in_a_frame_that_moves(void *arg)
{
	size_t n = (size_t)(intptr_t)arg;
	_Alignas(64) char aligned[64];
	char sized[n];

	for (int i = 0; i < 100; i++) {
		fill(aligned, sizeof aligned, i);
		fill(sized, n, i + 1);
		sl_yield();
		check((uintptr_t)aligned % 64 == 0);
		for (size_t j = 0; j < sizeof aligned; j++)
			check(aligned[j] == i);
		for (size_t j = 0; j < n; j++)
			check(sized[j] == i + 1);
	}
	sl_wg_done(&wg);
}

TEST(a_frame_that_moves_survives_a_switch)
{
	sl_wg_add(&wg, 8);
	for (intptr_t i = 1; i <= 8; i++)
		sl_go(yield_in_a_frame_that_moves, (void *)(30 * i));
	sl_wg_wait(&wg);
}
