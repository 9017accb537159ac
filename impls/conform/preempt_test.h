/* SPDX-License-Identifier: Apache-2.0
 *
 * preempt_test.h: what the tests with Gs that do not let go share.
 */
#ifndef PREEMPT_TEST_H
#define PREEMPT_TEST_H

#include "conform/conform.h"

static struct sl_wg wg;
static _Atomic bool stop;
static _Atomic int count __attribute__((unused));

static inline void need_preemption(void)
{
	if (!conform_can("preemptive"))
		conform_skip("the model is cooperative");
	if (SL_TSAN && !conform_can("threads"))
		conform_skip("no preemption under ThreadSanitizer");
}

/* By this project's code, not the kernel's. */
static inline void need_own_preemption(void)
{
	need_preemption();
	if (conform_can("threads"))
		conform_skip("the kernel preempts");
}

static inline void hog(void *arg)
{
	(void)arg;
	while (!stop)
		;
	sl_wg_done(&wg);
}

static inline void start(void (*fn)(void *), int n)
{
	stop = false;
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(fn, (void *)(intptr_t)i);
}

static inline void end(void)
{
	stop = true;
	sl_wg_wait(&wg);
}

/* Set before the back end reads it. */
static inline void short_slices(void)
{
	setenv("SCHEDLAB_SLICE_MS", "1", 1);
}

static inline void run_here_with(void (*fn)(void *), void *arg)
{
	struct sl_config cfg = { .procs = conform.procs };

	conform_run(&cfg, fn, arg);
}

static inline void run_here(void (*fn)(void *))
{
	run_here_with(fn, NULL);
}

#endif
