/* SPDX-License-Identifier: Apache-2.0
 *
 * conform.h: what a conformance test is written with.
 *
 * A test is a function that runs as the initial G of a sl_run of its own, in a
 * process of its own, with a time limit.  It passes when it returns with every
 * check held and no other G alive; a FATAL test passes when the process ends
 * with status 2 and the given words on standard error.  The same tests are
 * linked with every back end; what a model cannot do is skipped, and said.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include <string.h>

#include "shared/internal.h"

struct conform_test {
	const char *name;
	void (*fn)(void *);
	const char *fatal;              /* words of the fatal error, * standing for
	                                   others; NULL: none */
	unsigned flags;
	const char *file;
	struct conform_test *next;
};

enum {
	CONFORM_LEAKS = 1,      /* Gs may outlive it */
	CONFORM_BARE  = 2,      /* runs as plain main would, and calls sl_run itself */
	CONFORM_WAITS = 4,      /* for most of its time: it starts first */
	CONFORM_ALONE = 8,      /* measures time: others at most wait meanwhile */
};

void conform_register(struct conform_test *);

#define CONFORM_TEST(id, words, bits) \
	static void id(void *); \
	static struct conform_test id##_test = { #id, id, words, bits, __FILE__, NULL }; \
	static void __attribute__((constructor)) id##_register(void) \
	{ \
		conform_register(&id##_test); \
	} \
	static void id(void *arg __attribute__((unused)))

#define TEST(id)              CONFORM_TEST(id, NULL, 0)
#define TEST_LEAKS(id)        CONFORM_TEST(id, NULL, CONFORM_LEAKS)
#define TEST_BARE(id)         CONFORM_TEST(id, NULL, CONFORM_BARE)
#define TEST_WAITS(id)        CONFORM_TEST(id, NULL, CONFORM_WAITS)
#define TEST_ALONE(id)        CONFORM_TEST(id, NULL, CONFORM_ALONE)
#define TEST_FATAL(id, words) CONFORM_TEST(id, words, CONFORM_LEAKS | CONFORM_WAITS)

extern struct conform {
	int procs;
	bool slow;                      /* the slow tier: the full numbers */
} conform;

/* Ends the test as failed unless cond. */
#define check(cond) ((cond) ? (void)0 : conform_fail(__FILE__, __LINE__, #cond))
_Noreturn void conform_fail(const char *file, int line, const char *what);

/* Ends the test as skipped. */
_Noreturn void conform_skip(const char *why);

/* So many rounds, for the tier that runs; fewer where each G costs a thread. */
int conform_n(int fast, int slow);

/* By when all rounds are to be over.  Beside other processes a round that ends with another
 * thread's turn waits for all of theirs, a thousand times as long as alone: then rounds end
 * with this, and whether they were all is judged by conform_timed. */
int64_t conform_enough(void);

/* n, or as many Gs as may live at once here, if that is less. */
int conform_live(int n);

/* The PUs that there are: with more Ps than these, turns are the kernel's too. */
int conform_pus(void);

/* Do times mean anything here, where no sanitizer or emulator takes its own? */
bool conform_timely(void);

/* CPU time that others, and the host, have had of these PUs so far, by the kernel's
 * account in ticks of 10 ms: all but this process and its children that have ended. */
int64_t conform_others(void);

/* Have others had them since conform_others was before? */
bool conform_disturbed(int64_t before);

/* check(ok) of turns or delays, which are not the scheduler's alone where that is
 * disturbed: then a test that fails counts as skipped. */
void conform_timed(bool ok, int64_t before);

/* sl_run, which is to succeed: after Gs that an earlier run abandoned have ended. */
void conform_run(const struct sl_config *cfg, void (*fn)(void *), void *arg);

/* Has the back end this capability?  (backend.mk names them.) */
bool conform_can(const char *cap);

/* What the back end has counted by that name. */
int64_t conform_counter(const char *name);

/* Sorts n times, or other numbers, the least first. */
void conform_sort(int64_t *v, size_t n);

/* Sometimes yields, sometimes sleeps for some µs, mostly does nothing. */
void jitter(void);

/* A random number below n; any G or thread. */
uint32_t random_below(uint32_t n);

#endif
