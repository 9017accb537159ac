/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "conform/conform.h"

static struct sl_wg wg;
static _Atomic int count;

/* ---- Spawning ---------------------------------------------------------- */

static void mark(void *arg)
{
	__atomic_add_fetch((uint8_t *)arg, 1, __ATOMIC_RELAXED);
	sl_wg_done(&wg);
}

TEST(each_spawned_g_runs_exactly_once)
{
	int n = conform_can("threads") ? conform_n(1000, 20000) : conform_n(20000, 1000000);
	int batch = conform_live(n);
	uint8_t *ran = calloc((size_t)n, 1);

	for (int i = 0; i < n; i += batch) {
		int m = n - i < batch ? n - i : batch;

		sl_wg_add(&wg, m);
		for (int j = i; j < i + m; j++)
			sl_go(mark, &ran[j]);
		sl_wg_wait(&wg);
	}
	for (int i = 0; i < n; i++)
		check(ran[i] == 1);
	free(ran);
}

static void nest(void *arg)
{
	intptr_t depth = (intptr_t)arg;

	count++;
	if (depth > 1)
		sl_go(nest, (void *)(depth - 1));
	sl_wg_done(&wg);
}

TEST(nested_spawns)
{
	int n = conform_can("threads") ? conform_n(1000, 10000) : 10000;

	sl_wg_add(&wg, n);
	sl_go(nest, (void *)(intptr_t)n);
	sl_wg_wait(&wg);
	check(count == n);
}

TEST(gcount_is_exact)
{
	check(sl_gcount() == 1);
	sl_wg_add(&wg, 1);
	sl_go(nest, (void *)1);
	check(sl_gcount() == 2 || count == 1);
	sl_wg_wait(&wg);
	for (int i = 0; sl_gcount() != 1 && i < 1000; i++)
		sl_sleep(100000);
	check(sl_gcount() == 1);
}

static void end_at_once(void *arg)
{
	(void)arg;
}

/* Who has seen a G's end by the WaitGroup that it was started with, or by the join of
 * its task, finds it in the account no more. */
TEST(gcount_is_exact_when_an_end_is_seen)
{
	for (int i = 0; i < conform_n(1000, 100000); i++) {
		struct sl_task task;

		sl_wg_go(&wg, end_at_once, NULL);
		sl_wg_go(&wg, end_at_once, NULL);
		sl_wg_wait(&wg);
		check(sl_gcount() == 1);
		sl_fork(&task, end_at_once, NULL);
		if (i % 2)
			sl_yield();
		sl_join(&task);
		check(sl_gcount() == 1);
	}
}

/* ---- Parking ----------------------------------------------------------- */

static struct parker { sl_g *g; _Atomic int parked; int woken; } *parkers;

static bool announce(sl_g *g, void *arg)
{
	struct parker *p = arg;

	p->g = g;
	p->parked = 1;
	return true;
}

static void park_once(void *arg)
{
	struct parker *p = arg;

	sl_park(announce, p, "test");
	p->woken++;
	sl_wg_done(&wg);
}

static bool has_memory(int64_t bytes)
{
	FILE *f = fopen("/proc/meminfo", "r");
	long long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof line, f) && sscanf(line, "MemAvailable: %lld", &kib) != 1)
		;
	if (f)
		fclose(f);
	return kib * 1024 > bytes;
}

static int many;        /* 0: as befits the tier */

TEST(many_parked_then_all_woken)
{
	int n = conform_live(many ? many : conform_n(10000, 1000000));

	/* A page or two each, and what the kernel keeps of them. */
	if (!has_memory((int64_t)n * 5000))
		conform_skip("too little memory");
	parkers = calloc((size_t)n, sizeof *parkers);
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(park_once, &parkers[i]);
	for (int i = 0; i < n; i++)
		while (!parkers[i].parked)
			sl_yield();
	for (int i = 0; i < n; i++)
		sl_ready(parkers[i].g);
	sl_wg_wait(&wg);
	for (int i = 0; i < n; i++)
		check(parkers[i].woken == 1);
	free(parkers);
}

/* One G parks over and over; the other readies it as soon as its commit has
 * begun, so mostly while it is still leaving its stack. */
static sl_g *_Atomic slot;

static bool offer(sl_g *g, void *arg)
{
	(void)arg;
	slot = g;
	return true;
}

static void waker(void *arg)
{
	for (intptr_t i = 0; i < (intptr_t)arg; i++) {
		sl_g *g;

		while (!(g = slot))
			sl_yield();
		slot = NULL;
		sl_ready(g);
		if (i % 64 == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

TEST(a_ready_right_after_commit_is_not_lost)
{
	int n = conform_n(10000, 10000000);

	sl_wg_add(&wg, 1);
	sl_go(waker, (void *)(intptr_t)n);
	for (int i = 0; i < n; i++)
		sl_park(offer, NULL, "test");
	sl_wg_wait(&wg);
}

static bool ready_itself(sl_g *g, void *arg)
{
	(void)arg;
	sl_ready(g);
	return true;
}

static bool refuse(sl_g *g, void *arg)
{
	(void)g;
	(*(int *)arg)++;
	return false;
}

TEST(commit_may_ready_and_may_refuse)
{
	int refused = 0;

	for (int i = 0; i < 1000; i++) {
		sl_park(ready_itself, NULL, "test");
		sl_park(refuse, &refused, "test");
	}
	check(refused == 1000);
}

TEST_FATAL(ready_of_a_running_g, "sl_ready of a G that is not parked")
{
	sl_ready(sl_self());
}

/* ---- No work is left lying --------------------------------------------- */

static _Atomic int found;

static void be_found(void *arg)
{
	(void)arg;
	found++;
}

/* This G never lets go, so only another P can run what it starts: whether that
 * one is asleep, about to be, or looking, and wherever the work lies. */
TEST(work_beside_a_busy_g_is_found)
{
	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	for (int i = 0, n = conform_n(300, 100000); i < n; i++) {
		int gs = i % 4;         /* none: a forked task */
		struct sl_task t;
		int64_t until = sl_now() + random_below(80000);

		while (sl_now() < until)
			;
		found = 0;
		for (int j = 0; j < gs; j++)
			sl_go(be_found, NULL);
		if (gs == 0)
			sl_fork(&t, be_found, NULL);
		while (found < (gs ? gs : 1))
			;
		if (gs == 0)
			sl_join(&t);
	}
}

static void sleep_then_be_found(void *arg)
{
	sl_sleep((intptr_t)arg);
	found++;
}

TEST(a_timer_beside_a_busy_g_fires)
{
	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	for (int i = 1; i <= 10; i++) {
		sl_sleep(3000000);      /* whoever is idle falls asleep */
		found = 0;
		sl_go(sleep_then_be_found, (void *)(intptr_t)(i * 200000));
		sl_yield();
		while (!found)
			;
	}
}

static void mark_slowly(void *arg)
{
	int64_t until = sl_now() + 2000 + random_below(2000);

	while (sl_now() < until)
		;
	mark(arg);
}

TEST(stolen_gs_run_exactly_once)
{
	static uint8_t ran[3000];

	for (int round = 0, rounds = conform_n(conform_can("threads") ? 2 : 10, 1000); round < rounds; round++) {
		/* Nearly all in one P's ring, and more than fit. */
		int n = conform_live(round % 2 ? (int)sizeof ran : 500);

		memset(ran, 0, sizeof ran);
		sl_wg_add(&wg, n);
		for (int i = 0; i < n; i++)
			sl_go(mark_slowly, &ran[i]);
		sl_wg_wait(&wg);
		for (int i = 0; i < n; i++)
			check(ran[i] == 1);
	}
}

/* ---- Yielding and sleeping --------------------------------------------- */

static _Atomic bool over;
static struct counted { _Alignas(64) int64_t n; } turns[8];

static void take_turns(void *arg)
{
	struct counted *c = arg;

	while (!over) {
		__atomic_store_n(&c->n, c->n + 1, __ATOMIC_RELAXED);
		sl_yield();
	}
	sl_wg_done(&wg);
}

/* Until each has had its turns; on one P, besides, in step with each other. */
TEST(equal_gs_that_yield_stay_close)
{
	/* Beside another process each turn of a thread may cost a slice of that. */
	int64_t enough = conform_can("threads") ? 200 : 2000, least, most;

	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(take_turns, &turns[i]);
	do {
		sl_yield();
		least = INT64_MAX;
		most = 0;
		for (int i = 0; i < 8; i++) {
			int64_t n = __atomic_load_n(&turns[i].n, __ATOMIC_RELAXED);

			least = n < least ? n : least;
			most = n > most ? n : most;
		}
	} while (least < enough);
	over = true;
	sl_wg_wait(&wg);
	if (conform.procs == 1 && !conform_can("preemptive"))
		check(most - least <= 64);
}

/* Two Gs that only ready each other keep nobody else from running. */
static void hog_runnext(void *arg)
{
	struct sl_chan **c = arg;
	int64_t v = 0;

	while (!over) {
		sl_chan_send(c[0], &v);
		if (!sl_chan_recv(c[1], &v))
			break;
	}
	sl_chan_close(c[0]);
	sl_wg_done(&wg);
}

static void hog_runnext_back(void *arg)
{
	struct sl_chan **c = arg;
	int64_t v;

	while (sl_chan_recv(c[0], &v))
		sl_chan_send(c[1], &v);
	sl_wg_done(&wg);
}

TEST(a_ping_pong_pair_starves_nobody)
{
	struct sl_chan *c[2 * 8];
	int most = conform_can("threads") ? 2 : 8;
	int pairs = conform.procs < most ? conform.procs : most;

	sl_wg_add(&wg, 2 * pairs);
	for (int i = 0; i < 2 * pairs; i++)
		c[i] = sl_chan_make(8, 0);
	for (int i = 0; i < pairs; i++) {
		sl_go(hog_runnext, &c[2 * i]);
		sl_go(hog_runnext_back, &c[2 * i]);
	}
	/* Each of these needs a place in the ring, or a timer, to be served. */
	for (int i = 0; i < 100; i++)
		sl_yield();
	for (int i = 0; i < 5; i++)
		sl_sleep(1000000);
	over = true;
	sl_wg_wait(&wg);
	for (int i = 0; i < 2 * pairs; i++)
		sl_chan_free(c[i]);
}

static void start_the_next(void *arg)
{
	if (over)
		sl_wg_done(&wg);
	else
		sl_go(start_the_next, arg);
}

/* Nor do Gs that each start another and end. */
TEST(a_chain_of_new_gs_starves_nobody)
{
	sl_wg_add(&wg, 1);
	sl_go(start_the_next, NULL);
	for (int i = 0; i < 100; i++)
		sl_yield();
	sl_sleep(1000000);
	over = true;
	sl_wg_wait(&wg);
}

static int order[8];
static _Atomic int ordered, asleep;

static void sleep_then_sign(void *arg)
{
	intptr_t i = (intptr_t)arg;
	int64_t deadline = sl_now() + (8 - i) * 5000000;

	asleep++;
	sl_sleep((8 - i) * 5000000);
	check(sl_now() >= deadline);
	order[ordered++] = (int)i;
	sl_wg_done(&wg);
}

/* True if all were asleep before the distance of two deadlines had passed. */
static bool sleep_in_step(void)
{
	int64_t start = sl_now();
	bool in_step;

	ordered = asleep = 0;
	sl_wg_add(&wg, 8);
	for (intptr_t i = 0; i < 8; i++)
		sl_go(sleep_then_sign, (void *)i);
	while (asleep < 8)
		sl_yield();
	in_step = sl_now() - start < 5000000;
	sl_wg_wait(&wg);
	return in_step;
}

/* On several Ps, two that are due at the same look may overtake each other. */
TEST(sleepers_wake_in_order)
{
	bool in_step = sleep_in_step();

	if (conform.procs > 1 || conform_can("preemptive"))
		return;
	for (int tries = 1; !in_step; tries++) {
		if (tries == 20)
			conform_skip("the machine is too busy to tell");
		in_step = sleep_in_step();
	}
	for (int i = 0; i < 8; i++)
		check(order[i] == 7 - i);
}

TEST(sleep_is_not_too_short_and_may_be_nothing)
{
	int64_t others = conform_others(), t = sl_now();

	count = 0;
	sl_wg_add(&wg, 1);
	sl_go(nest, (void *)1);
	for (int i = 0; i < 1000; i++) {
		sl_sleep(0);
		sl_sleep(-5);
		sl_sleep(INT64_MIN);
	}
	/* It returns at once: on the only thread nobody else ran. */
	check(count == 0 || conform_can("parallel"));
	sl_wg_wait(&wg);
	t = sl_now() - t;
	for (int i = 1; i < 20; i++) {
		int64_t began = sl_now();

		sl_sleep(i * 100000);
		check(sl_now() - began >= i * 100000);
	}
	conform_timed(t < 1000000000, others);
}

static void nap(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++)
		sl_sleep(random_below(2000000));
	sl_wg_done(&wg);
}

TEST(many_sleepers)
{
	int n = conform_live(conform_n(5000, 100000));

	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(nap, NULL);
	sl_wg_wait(&wg);
}

/* ---- Stacks ------------------------------------------------------------ */

static int __attribute__((noinline)) use_stack(int left)
{
	volatile char frame[1024];

	memset((char *)frame, left, sizeof frame);
	return left <= 1 ? frame[5] : use_stack(left - 1) + frame[7];
}

static void use_40k(void *arg)
{
	(void)arg;
	use_stack(SL_ASAN || SL_TSAN ? 10 : 38);
	sl_yield();
	sl_wg_done(&wg);
}

TEST(the_default_stack_holds_40_kib)
{
	sl_wg_add(&wg, 100);
	for (int i = 0; i < 100; i++)
		sl_go(use_40k, NULL);
	sl_wg_wait(&wg);
}

/* ---- More stacks than guards ------------------------------------------- */

static void park_many(void *arg)
{
	(void)arg;
	many_parked_then_all_woken(NULL);
}

/* Where the kernel has no light guards, and that many mappings are not allowed: they
 * do without, and it is said once. */
TEST_BARE(stacks_outnumber_guard_mappings)
{
	struct sl_config cfg = { .procs = conform.procs };
	const char *words = "have no guard page";
	char said[4096], *at;
	int tape = memfd_create("stderr", 0), terminal = dup(2), times = 0;
	ssize_t n;

	if (conform_can("threads"))
		conform_skip("the system guards its threads' stacks");
	if (SL_TSAN || SL_ASAN)
		conform_skip("the sanitizer maps memory of its own for each stack");
	if (conform.procs > 1 && !conform.slow)
		conform_skip("the same at one P");
	many = conform_n(17000, 100000);
	check(setenv("SCHEDLAB_GUARD", "mprotect", 1) == 0);
	check(tape >= 0 && terminal >= 0 && dup2(tape, 2) == 2);
	n = sl_run(&cfg, park_many, NULL);
	check(dup2(terminal, 2) == 2 && n == 0);
	n = pread(tape, said, sizeof said - 1, 0);
	check(n >= 0);
	said[n] = '\0';
	fputs(said, stderr);
	for (at = said; (at = strstr(at, words)); at++)
		times++;
	check(times == 1);
}
