/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a P that is out of work takes Gs from: the nearest first, as sl_config.distance
 * says, and anybody without it.
 */
#include <sched.h>

#include "conform/conform.h"

enum { PS = 4, EACH = 64, SAMPLE = 56 };

static struct sl_wg wg;
static _Atomic int here, queued;
static _Atomic bool over;
static int own, ntaken, first;  /* of those that the P took: how many, and whose */
static bool mixed;
static int rounds;

/* Long enough that stealing pays.  Until the round is over they run on one P. */
static void be_taken(void *arg)
{
	int64_t until = sl_now() + 20000;
	int whose = (int)(intptr_t)arg;

	while (sl_now() < until)
		;
	if (!over && whose == 0) {
		own++;
	} else if (!over) {
		if (ntaken++ == 0)
			first = whose;
		mixed |= whose != first;
		if (ntaken == SAMPLE)
			over = true;
	}
	sl_wg_done(&wg);
}

/* Each on a P of its own, with Gs of its own behind it; then one lets go.  There may be
 * more Ps than CPUs: a turn for the other threads. */
static void hold_a_p(void *arg)
{
	here++;
	while (here < PS)
		sched_yield();
	for (int i = 0; i < EACH; i++)
		sl_go(be_taken, arg);
	queued++;
	while (queued < PS)
		sched_yield();
	while (arg && !over)
		sched_yield();
	sl_wg_done(&wg);
}

/* In how many rounds did it empty one queue before it came to the next? */
static void play(void *arg)
{
	int *sorted = arg;

	for (int i = 0; i < rounds; i++) {
		here = queued = own = ntaken = 0;
		over = mixed = false;
		sl_wg_add(&wg, PS + PS * EACH);
		for (intptr_t whose = 0; whose < PS; whose++)
			sl_go(hold_a_p, (void *)whose);
		sl_wg_wait(&wg);
		check(own == EACH && ntaken == SAMPLE);
		*sorted += !mixed;
	}
}

/* Each has one that is near, and two that are far and alike. */
static const unsigned char near[PS * PS] = {
	0, 1, 2, 2,
	7, 0, 9, 9,
	200, 200, 0, 100,
	2, 2, 1, 0,
};
static const unsigned char alike[PS * PS] = { 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0 };

static int count_sorted(const unsigned char *distance)
{
	struct sl_config cfg = { .procs = PS, .no_preempt = true, .distance = distance };
	int sorted = 0;

	if (!conform_can("parallel") || conform_can("threads"))
		conform_skip("the model has no Ps");
	if (conform.procs != PS && !conform.slow)
		conform_skip("the same at four Ps");
	rounds = conform_n(8, 100);
	check(sl_run(&cfg, play, &sorted) == 0);
	return sorted;
}

TEST_BARE(thieves_come_to_the_nearest_first)
{
	int sorted = count_sorted(near);

	check(sorted == rounds);
}

/* One of nine rounds has it by chance. */
TEST_BARE(thieves_come_to_anybody_where_all_are_alike)
{
	int sorted = count_sorted(NULL);

	check(sorted < rounds);
	sorted = count_sorted(alike);
	check(sorted < rounds);
}

static _Atomic int ran;

static void work_a_little(void *arg)
{
	(void)arg;
	jitter();
	ran++;
	sl_wg_done(&wg);
}

/* Beyond those that the distances are of, and back. */
static void come_and_go(void *arg)
{
	static const int to[] = { 7, 2, 3, 5, 1 };

	int n = conform_n(20, 500);

	(void)arg;
	for (int i = 0; i < n; i++) {
		sl_procs(to[i % 5]);
		sl_wg_add(&wg, 200);
		for (int j = 0; j < 200; j++)
			sl_go(work_a_little, NULL);
		sl_wg_wait(&wg);
	}
	check(ran == n * 200);
}

TEST_BARE(ps_without_distances_steal_and_are_stolen_from)
{
	struct sl_config cfg = { .procs = PS, .distance = near };

	ran = 0;
	check(sl_run(&cfg, come_and_go, NULL) == 0);
}
