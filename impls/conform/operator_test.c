/* SPDX-License-Identifier: Apache-2.0
 *
 * operator_test.c: what is set for the process from outside stays as it is set, and
 * what the system refuses is done without.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "conform/conform.h"

#define MS 1000000ll

static struct sl_wg wg;

/* ---- Timer slack --------------------------------------------------------- */

#define SLACK_NS 123456

/* That of a child, by which it would be late in turn. */
static int64_t slack_of_a_child(void)
{
	int status, slack[2];
	int64_t ns;
	pid_t pid;

	check(pipe(slack) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
		_exit(write(slack[1], &ns, sizeof ns) != sizeof ns);
	}
	check(read(slack[0], &ns, sizeof ns) == sizeof ns);
	check(waitpid(pid, &status, 0) == pid && status == 0);
	close(slack[0]);
	close(slack[1]);
	return ns;
}

static void compare_slack(void *arg)
{
	(void)arg;
	for (int i = 0; i < 4; i++) {
		check(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == SLACK_NS);
		check(slack_of_a_child() == SLACK_NS);
		sl_sleep(MS);   /* to another thread, perhaps */
	}
	sl_wg_done(&wg);
}

static void compare_slacks(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, conform.procs);
	for (int i = 0; i < conform.procs; i++)
		sl_go(compare_slack, NULL);
	sl_wg_wait(&wg);
}

TEST_BARE(the_timer_slack_is_inherited)
{
	struct sl_config cfg = { .procs = conform.procs };

	check(prctl(PR_SET_TIMERSLACK, SLACK_NS, 0, 0, 0) == 0);
	check(sl_run(&cfg, compare_slacks, NULL) == 0);
	check(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == SLACK_NS);
}

/* ---- Affinity ------------------------------------------------------------ */

/* What taskset -a does: every thread there is; and whether they all are where one is. */
static void set_affinities(const cpu_set_t *set)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;

	check(d);
	while ((e = readdir(d)))
		if (*e->d_name != '.')
			sched_setaffinity(atoi(e->d_name), sizeof *set, set);
	closedir(d);
}

static bool are_set(const cpu_set_t *set)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	cpu_set_t is;
	bool all = true;

	check(d);
	while ((e = readdir(d)))
		if (*e->d_name != '.' && sched_getaffinity(atoi(e->d_name), sizeof is, &is) == 0)
			all = all && CPU_EQUAL(&is, set);
	closedir(d);
	return all;
}

static void come_and_go(void *arg)
{
	(void)arg;
	for (int i = 0; i < 20; i++) {
		sl_sleep(random_below(200000));
		sl_yield();
	}
	sl_wg_done(&wg);
}

/* Ms fall asleep, are woken, and come to other Ps. */
static void keep_ms_moving(void)
{
	sl_wg_add(&wg, 10);
	for (int i = 0; i < 10; i++)
		sl_go(come_and_go, NULL);
	sl_wg_wait(&wg);
}

static void move_all(void *arg)
{
	cpu_set_t *one = arg;

	keep_ms_moving();
	/* One that was just being set may be set back once more. */
	for (int i = 0; i < 3; i++) {
		set_affinities(one);
		keep_ms_moving();
	}
	check(are_set(one));
}

static void move_nothing(void *arg)
{
	(void)arg;
	keep_ms_moving();
}

static void first_cpus(int *cpus, int n)
{
	cpu_set_t set;
	int found = 0;

	check(sched_getaffinity(0, sizeof set, &set) == 0);
	for (int i = 0; i < CPU_SETSIZE && found < n; i++)
		if (CPU_ISSET(i, &set))
			cpus[found++] = i;
	if (found < n)
		conform_skip("needs more PUs");
}

static void run_and_move_all(struct sl_config *cfg, int cpu)
{
	cpu_set_t one, before, after;

	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	check(sched_getaffinity(0, sizeof before, &before) == 0);
	conform_run(cfg, move_all, &one);
	check(sched_getaffinity(0, sizeof after, &after) == 0);
	check(CPU_EQUAL(&after, &one));
	/* And as long as nobody moves them the run leaves no trace. */
	check(sched_setaffinity(0, sizeof before, &before) == 0);
	conform_run(cfg, move_nothing, NULL);
	check(sched_getaffinity(0, sizeof after, &after) == 0);
	check(CPU_EQUAL(&after, &before));
}

TEST_BARE(an_affinity_that_is_set_from_outside_stays)
{
	struct sl_config cfg = { .procs = conform.procs };
	int cpus[2];

	first_cpus(cpus, 2);
	run_and_move_all(&cfg, cpus[1]);
}

TEST_BARE(so_it_does_where_ps_are_bound)
{
	int cpus[8];
	struct sl_config cfg = { .procs = conform.procs, .cpus = cpus };

	first_cpus(cpus, 2);
	if (conform.procs > 8)
		conform_skip("at most 8 Ps");
	for (int i = 2; i < 8; i++)
		cpus[i] = cpus[i % 2];
	run_and_move_all(&cfg, cpus[1]);
}

/* ---- A sandbox ----------------------------------------------------------- */

/* For all threads: membarrier is no more. */
static bool enter_sandbox(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof code / sizeof *code, code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0 &&
	       syscall(SYS_membarrier, 0, 0, 0) < 0;
}

static struct sl_mutex mutex;
static int64_t steps;           /* under the mutex */
static bool no_sandbox;

static void step(void *arg)
{
	for (int i = 0; i < 300; i++) {
		if (arg && i == 100)
			no_sandbox = !enter_sandbox();
		sl_mutex_lock(&mutex);
		steps++;
		sl_mutex_unlock(&mutex);
		jitter();
	}
	sl_wg_done(&wg);
}

static void step_together(void *arg)
{
	steps = 0;
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(step, i == 0 ? arg : NULL);
	sl_wg_wait(&wg);
	check(steps == 8 * 300);
}

TEST_BARE(a_sandbox_that_is_entered_during_a_run_may_refuse_membarrier)
{
	struct sl_config cfg = { .procs = conform.procs };

	conform_run(&cfg, step_together, &cfg);
	if (no_sandbox)
		conform_skip("no filter can be set here");
	conform_run(&cfg, step_together, NULL);
}
