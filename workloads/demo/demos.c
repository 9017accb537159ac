/* SPDX-License-Identifier: Apache-2.0 */
#include "demo.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "lcg.h"

#define MS 1000000ll

/* ---- WaitGroups, used well and badly --------------------------------------- */

static struct sl_wg wg;

static void say_letters(const char *first)
{
	for (char c = *first; c < *first + 26; c++)
		printf("%c%c", c, c == *first + 25 ? '\n' : ' ');
}

static void letters(void *first)
{
	say_letters(first);
	sl_wg_done(&wg);
}

static void letters_and_no_done(void *first)
{
	say_letters(first);
}

static void no_wait(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 2);
	sl_go(letters, "a");
	sl_go(letters, "A");
	puts("main ends without waiting");
}

static void forgotten_done(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 2);
	sl_go(letters, "a");
	sl_go(letters_and_no_done, "A");
	puts("main waits for both");
	sl_wg_wait(&wg);
	puts("both have ended");
}

static void add_too_few(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 1);
	sl_go(letters_and_no_done, "a");
	sl_go(letters, "A");
	puts("main waits for one of two");
	sl_wg_wait(&wg);
	puts("main ends");
}

static void add_too_many(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 3);
	sl_go(letters, "a");
	sl_go(letters, "A");
	puts("main waits for three of two");
	sl_wg_wait(&wg);
	puts("all have ended");
}

static void negative(void *arg)
{
	(void)arg;
	sl_wg_add(&wg, 1);
	sl_wg_done(&wg);
	puts("one Add, one Done; and now another Done");
	sl_wg_done(&wg);
	puts("nobody noticed");
}

/* Who has told of its end may still be on its way out, and would be counted among
 * those whom main left behind. */
static void wait_until_gone(void)
{
	sl_wg_wait(&wg);
	while (sl_gcount() > 1)
		sl_yield();
}

/* ---- How many Ps ----------------------------------------------------------- */

static void procs(void *arg)
{
	int before;

	(void)arg;
	printf("asked with 0:       P = %d (%s)\n", sl_procs(0), sl_procs_source());
	before = sl_procs(1);
	printf("set to 1:           P was %d\n", before);
	printf("asked with 0 again: P = %d (%s)\n", sl_procs(0), sl_procs_source());
}

/* ---- Running, Runnable, Waiting --------------------------------------------- */

static struct sl_chan *never;
static int64_t until;

/* By the clock: where nobody takes the P from it, nobody could tell it to end. */
static void compute(void *arg)
{
	uint64_t x = 1;

	(void)arg;
	while (sl_now() < until)
		x = lcg_walk(x, 1000);
	sl_wg_done(&wg);
}

static void receive(void *arg)
{
	(void)arg;
	sl_chan_recv(never, NULL);
	sl_wg_done(&wg);
}

static void sleep_long(void *arg)
{
	(void)arg;
	sl_sleep(150 * MS);
	sl_wg_done(&wg);
}

static void states(void *arg)
{
	int running = sl_procs(0) + 2;

	(void)arg;
	never = sl_chan_make(0, 0);
	printf("%d Gs compute, 3 receive from a channel that nobody sends to, 2 sleep\n", running);
	sl_wg_add(&wg, running + 5);
	for (int i = 0; i < 3; i++)
		sl_go(receive, NULL);
	for (int i = 0; i < 2; i++)
		sl_go(sleep_long, NULL);
	/* So that they wait before somebody takes their P. */
	sl_sleep(MS);
	until = sl_now() + 125 * MS;
	for (int i = 0; i < running; i++)
		sl_go(compute, NULL);
	sl_sleep(125 * MS);
	sl_chan_close(never);
	wait_until_gone();
	sl_chan_free(never);
}

/* ---- A data race ------------------------------------------------------------ */

static int64_t counter;
static struct sl_mutex mu;

#define ADDITIONS 1000

static void add_and_yield(void *in_turns)
{
	for (int i = 0; i < ADDITIONS; i++) {
		int64_t v;

		if (in_turns)
			sl_mutex_lock(&mu);
		v = __atomic_load_n(&counter, __ATOMIC_RELAXED);
		sl_yield();
		__atomic_store_n(&counter, v + 1, __ATOMIC_RELAXED);
		if (in_turns)
			sl_mutex_unlock(&mu);
	}
	sl_wg_done(&wg);
}

static int64_t count_with(void *in_turns)
{
	counter = 0;
	sl_wg_add(&wg, 2);
	sl_go(add_and_yield, in_turns);
	sl_go(add_and_yield, in_turns);
	wait_until_gone();
	return counter;
}

static void race(void *arg)
{
	(void)arg;
	printf("without taking turns: 2 x %d additions make %lld\n", ADDITIONS, (long long)count_with(NULL));
	printf("under a mutex:        2 x %d additions make %lld\n", ADDITIONS, (long long)count_with(&mu));
}

/* ---- A hog -------------------------------------------------------------------- */

static void hog_for_100_ms(void *arg)
{
	int64_t until = sl_now() + 100 * MS;
	uint64_t x = 1;

	(void)arg;
	while (sl_now() < until)
		x = lcg_walk(x, 1000);
	sl_wg_done(&wg);
}

static void hog(void *arg)
{
	int64_t until, worst = 0;
	int n = sl_procs(0), ran = 0;

	(void)arg;
	printf("%d hog%s for 100 ms; main wants to run each millisecond\n", n, n > 1 ? "s" : "");
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(hog_for_100_ms, NULL);
	for (until = sl_now() + 100 * MS; sl_now() < until; ran++) {
		int64_t asked = sl_now() + MS, late;

		sl_sleep(MS);
		late = sl_now() - asked;
		worst = late > worst ? late : worst;
	}
	wait_until_gone();
	printf("main ran %d time%s, at worst %.1f ms late\n", ran, ran > 1 ? "s" : "", (double)worst / 1e6);
}

/* ---- Blocking calls ------------------------------------------------------------ */

static void block(void *arg)
{
	int64_t deadline = sl_now() + 20 * MS;
	struct timespec t = { deadline / 1000000000, deadline % 1000000000 };

	(void)arg;
	sl_entersyscall();
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	sl_exitsyscall();
	sl_wg_done(&wg);
}

static void blocking(void *arg)
{
	int64_t start = sl_now();

	(void)arg;
	puts("8 Gs make a system call each that blocks for 20 ms");
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(block, NULL);
	sl_wg_wait(&wg);
	printf("all have ended after %.1f ms\n", (double)(sl_now() - start) / 1e6);
	wait_until_gone();
}

/* ---- The account of Gs ----------------------------------------------------------- */

static void wait_for_ever(void *arg)
{
	(void)arg;
	sl_chan_recv(never, NULL);
}

static void leak(void *arg)
{
	(void)arg;
	never = sl_chan_make(0, 0);
	for (int i = 0; i < 3; i++)
		sl_go(wait_for_ever, NULL);
	sl_sleep(MS);
	printf("main ends; %lld Gs live, it among them\n", (long long)sl_gcount());
}

static struct sl_chan *quit;
static int64_t units;

static void work_until_told(void *arg)
{
	struct sl_case told = { .c = quit, .op = SL_RECV };
	int64_t n = 0;

	(void)arg;
	/* Closed, it is always ready. */
	for (; sl_select(&told, 1, false) < 0; n++)
		sl_yield();
	__atomic_fetch_add(&units, n, __ATOMIC_RELAXED);
	sl_wg_done(&wg);
}

static void shut_down(void *arg)
{
	(void)arg;
	quit = sl_chan_make(0, 0);
	sl_wg_add(&wg, 4);
	for (int i = 0; i < 4; i++)
		sl_go(work_until_told, NULL);
	printf("%lld Gs live\n", (long long)sl_gcount());
	sl_sleep(10 * MS);
	sl_chan_close(quit);
	wait_until_gone();
	printf("told to end, they did, after %lld units of work; %lld G lives\n", (long long)units,
	       (long long)sl_gcount());
	sl_chan_free(quit);
}

const struct demo demos[] = {
	{ "no-wait", no_wait }, { "forgotten-done", forgotten_done }, { "add-too-few", add_too_few },
	{ "add-too-many", add_too_many }, { "negative", negative }, { "procs", procs },
	{ "states", states }, { "race", race }, { "hog", hog }, { "blocking", blocking },
	{ "leak", leak }, { "shutdown", shut_down }, { 0 },
};
