/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine/affinity.h"
#include "noise/noise.h"

static void ticks_of_some_processors(void **state)
{
	char path[] = "/tmp/schedlab-test-XXXXXX";
	int cpus[] = { 1, 12 }, fd = mkstemp(path);
	struct ticks t;

	(void)state;
	assert_true(fd >= 0);
	assert_true(dprintf(fd, "cpu  999 999 999 999 999 999 999 999 0 0\n"
	                    "cpu0 100 100 100 100 100 100 100 100 0 0\n"
	                    "cpu1 1 2 3 1000 1000 4 5 6 0 0\n"
	                    "cpu12 10 20 30 1000 1000 40 50 60 0 0\n"
	                    "intr 1 2 3 4 5 6 7 8 9\n") > 0);
	t = ticks_read(path, cpus, 2);
	close(fd);
	unlink(path);
	assert_int_equal(t.busy_ns, 165 * 10000000LL);
	assert_int_equal(t.steal_ns, 66 * 10000000LL);
	t = ticks_read("/nowhere", cpus, 2);
	assert_int_equal(t.busy_ns + t.steal_ns, 0);
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A child that uses so much CPU time, says so, and then waits to be killed. */
static pid_t hog(int64_t ns, int said)
{
	pid_t pid = fork();

	if (pid == 0) {
		while (cpu_ns() < ns)
			;
		if (write(said, "x", 1) == 1)
			pause();
		_exit(0);
	}
	return pid;
}

static void another_process_is_seen_to_the_millisecond(void **state)
{
	struct others_used before, after;
	struct others o = { 0 };
	int said[2], status;
	struct timespec used;
	clockid_t clock;
	char x;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(said), 0);
	before = others_look(&o, NULL, 0);
	assert_true(before.processes_ns == 0 && before.kernel_ns == 0);
	pid = hog(30000000, said[1]);
	assert_int_equal(read(said[0], &x, 1), 1);
	after = others_look(&o, NULL, 0);
	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &used), 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(after.processes_ns >= 30000000 && after.busiest[0].ns >= 30000000);
	/* Others may have used more; this one no more than what it took to say so, too. */
	if (after.busiest[0].pid == pid)
		assert_in_range(after.busiest[0].ns, 30000000,
		                used.tv_sec * 1000000000LL + used.tv_nsec + 1000000);
	others_free(&o);
	close(said[0]);
	close(said[1]);
}

/* On a PU that is not asked for. */
static void another_process_elsewhere_is_not(void **state)
{
	const int nowhere[] = { 1 << 20 };
	struct others_used all, none;
	struct others o = { 0 }, p = { 0 };
	int said[2], status, *cpus, n = affinity_read(&cpus);
	char x;
	pid_t pid;

	(void)state;
	assert_true(n > 0);
	assert_int_equal(pipe(said), 0);
	others_look(&o, NULL, 0);
	others_look(&p, NULL, 0);
	pid = hog(10000000, said[1]);
	assert_int_equal(read(said[0], &x, 1), 1);
	none = others_look(&p, nowhere, 1);
	all = others_look(&o, cpus, n);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(all.processes_ns >= 10000000);
	assert_true(none.busiest[0].pid != pid);
	others_free(&o);
	others_free(&p);
	free(cpus);
	close(said[0]);
	close(said[1]);
}

static void own_time_is_nobody_elses(void **state)
{
	int *cpus, n = affinity_read(&cpus), said[2], status;
	struct noise_watch w = { 0 };
	int64_t start = cpu_ns();
	struct noise noise;
	char x;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(said), 0);
	noise_begin(&w, cpus, n, cpus, n);
	while (cpu_ns() < start + 20000000)
		;
	pid = hog(20000000, said[1]);
	assert_int_equal(read(said[0], &x, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	noise = noise_end(&w, 20000000);
	/* Whoever else is at work here used something; these two count to none of it. */
	assert_true(noise.unknown_ns >= 0 && noise.foreign_ns >= 0);
	assert_true(w.others.n > 0);
	noise_free(&w);
	free(cpus);
	close(said[0]);
	close(said[1]);
}

#define MS 1000000

/* 20 ms of 60 were timed, on one PU. */
static bool disturbs(struct noise n, int64_t delay_ns)
{
	return noise_disturbs(&n, &(struct noise_cell){ .timed_ns = 20 * MS, .wall_ns = 60 * MS,
		.own_ns = 50 * MS, .ncpus = 1, .delay_ns = delay_ns });
}

static void a_share_of_the_timed_part_disturbs(void **state)
{
	struct noise unknown = { .unknown_ns = 60 * MS };

	(void)state;
	/* Others ran, and it waited, for more than a millisecond of the 20. */
	assert_true(disturbs((struct noise){ .foreign_ns = 2 * MS }, 2 * MS));
	assert_false(disturbs((struct noise){ .foreign_ns = 2 * MS }, 0));
	assert_false(disturbs((struct noise){ .foreign_ns = 0 }, 15 * MS));
	/* How long it waited is not known: a third of what others used is its share. */
	assert_false(disturbs((struct noise){ .foreign_ns = 2 * MS }, -1));
	assert_true(disturbs((struct noise){ .foreign_ns = 4 * MS }, -1));
	/* Somebody was at work all the time, though not on its PU. */
	assert_true(disturbs((struct noise){ .foreign_ns = 20 * MS }, 0));
	assert_true(disturbs((struct noise){ .steal_ns = 10 * MS }, 0));
	/* The kernel's own threads work for the cell, mostly. */
	assert_false(disturbs((struct noise){ .kernel_ns = 50 * MS }, 0));
	/* Ticks are rounded. */
	assert_false(disturbs((struct noise){ .unknown_ns = 30 * MS }, 0));
	assert_true(disturbs(unknown, 0));
	/* The ends of threads are charged to nobody. */
	assert_false(noise_disturbs(&unknown, &(struct noise_cell){ .timed_ns = 20 * MS,
		.wall_ns = 60 * MS, .own_ns = 100 * MS, .ncpus = 1, .threads = true }));
}

static void a_neighbour_on_the_core_disturbs(void **state)
{
	struct noise nobody = { .neighbour = 0 };
	struct noise_cell seen = { .timed_ns = 20 * MS, .wall_ns = 60 * MS, .ncpus = 1, .neighbour = 0.06 };

	(void)state;
	assert_true(disturbs((struct noise){ .neighbour = 0.11 }, 0));
	/* A moment of it, in the millisecond of a look, is less than a twentieth of the cell. */
	assert_false(disturbs((struct noise){ .neighbour = 0.09 }, 0));
	assert_false(disturbs((struct noise){ .neighbour = -1 }, 0));
	/* What the cell saw itself. */
	assert_true(noise_disturbs(&nobody, &seen));
	seen.neighbour = 0.04;
	assert_false(noise_disturbs(&nobody, &seen));
}

static void glances_tell_by_how_much(void **state)
{
	struct glances g = { .least_ns = 100, .sum_ns = 960, .n = 8 };

	(void)state;
	assert_int_equal(glances_ppm(&g), 200000);
	g.n = 7;
	assert_int_equal(glances_ppm(&g), -1);
	g = (struct glances){ 0 };
	assert_int_equal(glances_ppm(&g), -1);
	for (int i = 0; i < 20; i++)
		glance(&g);
	assert_int_equal(g.n, 20);
	assert_true(g.least_ns > 1000 && g.sum_ns >= 20 * g.least_ns);
	assert_true(glances_ppm(&g) >= 0);
}

/* A PU of this process's, and what is known of it. */
static int one_cpu(struct noise_watch *w, double ratio)
{
	int *cpus, n = affinity_read(&cpus), cpu = n > 0 ? cpus[n - 1] : -1;

	assert_true(cpu >= 0);
	free(cpus);
	w->neighbours.n = cpu + 1;
	w->neighbours.pus = calloc((size_t)cpu + 1, sizeof *w->neighbours.pus);
	assert_non_null(w->neighbours.pus);
	w->neighbours.pus[cpu] = (struct ratios){ ratio, ratio };
	return cpu;
}

static int64_t since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000000000LL + now.tv_nsec - start->tv_nsec;
}

static void a_neighbour_is_waited_for_while_there_is_patience(void **state)
{
	struct noise_watch w = { .patient = true, .patience_ns = 40 * MS };
	/* As if it had been a thousand times as fast once. */
	int cpu = one_cpu(&w, 0.001);
	struct timespec start;
	sigset_t term;
	struct noise n;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &start);
	noise_wait(&w, &cpu, 1, 0);
	assert_true(since(&start) >= 40 * MS);
	assert_int_equal(w.patience_ns, 0);
	noise_begin(&w, &cpu, 1, &cpu, 1);
	nanosleep(&(struct timespec){ .tv_nsec = 20 * MS }, NULL);
	n = noise_end(&w, 0);
	assert_true(n.neighbour > 100);
	assert_true(noise_disturbs(&n, &(struct noise_cell){ .timed_ns = MS, .wall_ns = MS, .ncpus = 1 }));
	/* A cell takes its time, and leaves as much patience for those that follow. */
	assert_true(w.patience_ns >= 20 * MS);
	/* Who does not wait does not look. */
	noise_begin(&w, &cpu, 1, &cpu, 1);
	assert_true(noise_end(&w, 0).neighbour < 0);
	/* Nor does who is not patient wait for those, unless he insists. */
	w.patient = false;
	w.patience_ns = 0;
	noise_begin(&w, &cpu, 1, &cpu, 1);
	noise_end(&w, 0);
	assert_int_equal(w.patience_ns, 0);
	/* Half a second is the most, however much patience there is. */
	w.patience_ns = INT64_MAX / 2;
	clock_gettime(CLOCK_MONOTONIC, &start);
	noise_wait(&w, &cpu, 1, 0);
	assert_true(since(&start) >= 500 * MS && since(&start) < 20000LL * MS);
	w.patience_ns = 0;
	clock_gettime(CLOCK_MONOTONIC, &start);
	noise_wait(&w, &cpu, 1, 30 * MS);
	assert_true(since(&start) >= 30 * MS);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	kill(getpid(), SIGTERM);
	noise_wait(&w, &cpu, 1, 30000LL * MS);
	assert_true(since(&start) < 20000LL * MS);
	assert_int_equal(sigwaitinfo(&term, NULL), SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	noise_free(&w);
}

static void without_a_neighbour_nobody_waits(void **state)
{
	struct noise_watch w = { .patience_ns = INT64_MAX / 2 };
	/* It was never so fast before. */
	int cpu = one_cpu(&w, 1000);
	const int64_t before = w.patience_ns;

	(void)state;
	noise_wait(&w, &cpu, 1, 0);
	assert_true(w.neighbour == 0);
	assert_true(before - w.patience_ns < 400 * MS);
	noise_free(&w);
}

/* Once a loop that waits for itself was interrupted all the time, say. */
static void one_look_that_cannot_be_true_is_not_believed(void **state)
{
	struct noise_watch w = { 0 };
	int cpu = one_cpu(&w, 0);
	struct ratios *r;

	(void)state;
	neighbours_look(&w.neighbours, &cpu, 1);
	r = &w.neighbours.pus[cpu];
	/* It keeps some four units busy for 24 steps; the other waits for 2 times 4 cycles and more. */
	assert_true(r->second >= r->least && r->least > 0.1 && r->second < 10);
	r->least = 0.001;
	assert_true(neighbours_look(&w.neighbours, &cpu, 1) < 50);
	noise_free(&w);
}

static void a_look_leaves_the_thread_where_it_may_run(void **state)
{
	int *before, *after, nbefore = affinity_read(&before), nafter;
	struct neighbours w = { 0 };
	int nowhere = 100000;

	(void)state;
	assert_true(nbefore > 0);
	assert_true(neighbours_look(&w, before, nbefore) >= 0);
	assert_true(neighbours_look(&w, &nowhere, 1) == -1);
	assert_true(neighbours_look(&w, NULL, 0) == -1);
	nafter = affinity_read(&after);
	assert_int_equal(nafter, nbefore);
	assert_memory_equal(after, before, (size_t)nbefore * sizeof *before);
	free(before);
	free(after);
	neighbours_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* The first, before another may have moved this thread. */
		cmocka_unit_test(a_look_leaves_the_thread_where_it_may_run),
		cmocka_unit_test(ticks_of_some_processors),
		cmocka_unit_test(another_process_is_seen_to_the_millisecond),
		cmocka_unit_test(another_process_elsewhere_is_not),
		cmocka_unit_test(own_time_is_nobody_elses),
		cmocka_unit_test(a_share_of_the_timed_part_disturbs),
		cmocka_unit_test(a_neighbour_on_the_core_disturbs),
		cmocka_unit_test(glances_tell_by_how_much),
		cmocka_unit_test(a_neighbour_is_waited_for_while_there_is_patience),
		cmocka_unit_test(without_a_neighbour_nobody_waits),
		cmocka_unit_test(one_look_that_cannot_be_true_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
