/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "conform/conform.h"

static struct sl_wg wg;

/* A handler that needs more than there is must not write into another thread's. */
static void look_below(void *arg)
{
	stack_t own;
	int fds[2];

	check(sigaltstack(NULL, &own) == 0);
	check(!(own.ss_flags & SS_DISABLE));
	check(pipe(fds) == 0 && write(fds[1], "x", 1) == 1);
	check(read(fds[0], (char *)own.ss_sp - 1, 1) == -1 && errno == EFAULT);
	check(read(fds[0], own.ss_sp, 1) == 1);
	close(fds[0]);
	close(fds[1]);
	sl_sleep(100000);
	sl_wg_done(&wg);
	(void)arg;
}

TEST(below_an_alternate_stack_is_a_guard)
{
	for (int round = 0; round < 2; round++) {       /* and where one is used again */
		sl_wg_add(&wg, 2 * conform.procs);
		for (int i = 0; i < 2 * conform.procs; i++)
			sl_go(look_below, NULL);
		sl_wg_wait(&wg);
	}
}
