/* SPDX-License-Identifier: Apache-2.0 */
#include "conform.h"

static struct sl_once once;
static struct sl_wg wg;
static _Atomic int begun;
static int ended;               /* what the once protects */

static void initialise(void *arg)
{
	begun++;
	if (random_below(2) == 0)
		sl_sleep(random_below(100000));
	ended += (int)(intptr_t)arg;
}

static void call(void *arg)
{
	jitter();
	sl_once_do(&once, initialise, arg);
	check(begun == 1 && ended == 42);
	sl_wg_done(&wg);
}

TEST(once_one_runs_and_the_others_wait)
{
	for (int round = 0; round < conform_n(conform_can("threads") ? 20 : 100, 10000); round++) {
		once = (struct sl_once){ 0 };
		begun = ended = 0;
		sl_wg_add(&wg, 20);
		for (int i = 0; i < 20; i++)
			sl_go(call, (void *)42);
		sl_wg_wait(&wg);
		check(begun == 1);
	}
}

static void never(void *arg)
{
	(void)arg;
	check(false);
}

TEST(once_is_done_for_good)
{
	sl_once_do(&once, initialise, (void *)1);
	sl_once_do(&once, never, NULL);
	sl_once_do(&once, initialise, (void *)1);
	check(begun == 1 && ended == 1);
}

static void again(void *arg)
{
	(void)arg;
	sl_once_do(&once, again, NULL);
}

TEST_FATAL(once_inside_itself, "once")
{
	sl_once_do(&once, again, NULL);
}
