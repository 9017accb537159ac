/* SPDX-License-Identifier: Apache-2.0
 *
 * Who has nothing to do burns nothing: processors without a G, and what watches
 * over them.  Each asks again after everything was asleep for a while, for what
 * was woken once may not go back to sleep.
 */
#include "conform/conform.h"

#define MS 1000000ll

static struct sl_wg wg;

static int64_t cpu_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void wait_for_wg(void *arg)
{
	(void)arg;
	sl_wg_wait(&wg);
}

/* An M that others keep from its PU has not given its P up, and sysmon looks for as long
 * as one is in use: if others had the PUs, once more.  What burns does so each time. */
static bool burns(int64_t ns)
{
	int64_t cpu, others;

	for (int tries = 40; tries > 0; tries--) {
		sl_sleep(30 * MS);
		others = conform_others();
		cpu = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
		sl_sleep(ns);
		cpu = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		if (cpu < MS || !conform_timely())
			return false;
		if (!conform_disturbed(others))
			return true;
	}
	return true;
}

TEST_WAITS(a_process_whose_gs_all_wait_uses_no_cpu)
{
	sl_wg_add(&wg, 1);
	for (int i = 0; i < 100; i++)
		sl_go(wait_for_wg, NULL);
	for (int i = 0; i < conform_n(2, 5); i++)
		check(!burns((conform.slow ? 1000 : 200) * MS));
	sl_wg_done(&wg);
	while (sl_gcount() > 1)
		sl_sleep(MS);
}

/* What it takes itself is its thread's; the rest is the others'. */
TEST(beside_a_g_that_computes_nobody_burns)
{
	for (int i = 0; i < conform_n(2, 5); i++) {
		int64_t others, mine, until;

		sl_sleep(20 * MS);
		others = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
		mine = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
		until = sl_now() + 30 * MS;
		while (sl_now() < until)
			;
		mine = cpu_ns(CLOCK_THREAD_CPUTIME_ID) - mine;
		others = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - others - mine;
		check(others < 6 * MS || !conform_timely());
	}
}
