/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.c: every reader on text that is slightly wrong.  Needs no tool but a compiler;
 * a sanitizer sees more.  The same seed makes the same inputs, so that one that does
 * harm can be had again by its number.  Prints TAP, a test for each reader: it ended
 * well, soon, and without a leak, for each input.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/parse.h"
#include "fuzz/mutate.h"
#include "fuzz/targets.h"

#define INPUT_MAX ((size_t)1 << 18)
#define QUICK 4000              /* inputs for the cheapest reader */
#define PATIENCE_S 120          /* for one input, beside whatever else runs */

/* Left alone, it prints what it finds and goes on. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "halt_on_error=1:print_stacktrace=1";
}

static const char help[] =
	"Usage: fuzz [-n N] [-s SEED] [-t READER] [-i INPUT]\n"
	"\n"
	"Gives each reader files that were made slightly wrong.  From the top of the\n"
	"source tree.\n"
	"\n"
	"  -n N        inputs for each reader (default: as many as take a second or so)\n"
	"  -s SEED     of the inputs (default: 1)\n"
	"  -t READER   this one only:";

struct request {
	int64_t n, seed, input;         /* n 0: quick; input -1: all */
	const char *reader;
};

/* What the process at work tells the one that watches. */
struct progress {
	int64_t input, taken;
};

static struct text corpus[20];
static int ncorpus;

static void read_corpus(const struct target *t)
{
	struct err e = { "" };

	for (ncorpus = 0; t->corpus[ncorpus]; ncorpus++)
		if (file_get(t->corpus[ncorpus], INPUT_MAX, &corpus[ncorpus].s, &corpus[ncorpus].n, &e)) {
			fprintf(stderr, "fuzz: %s\n", e.msg);
			exit(2);
		}
}

static void forget_corpus(void)
{
	for (int i = 0; i < ncorpus; i++)
		free(corpus[i].s);
}

/* The corpus as it is comes first. */
static struct text make_input(int64_t seed, int64_t i)
{
	const struct text *from = &corpus[i % ncorpus];
	uint64_t s = (uint64_t)seed * 0x9e3779b97f4a7c15 + (uint64_t)i;

	if (i < ncorpus)
		return (struct text){ memcpy(malloc(from->n + 1), from->s, from->n + 1), from->n };
	return mutate(from, &corpus[(i / ncorpus) % ncorpus], s, INPUT_MAX);
}

static void work(const struct target *t, const struct request *r, const char *dir, struct progress *p)
{
	int64_t n = r->n ? r->n : QUICK / t->cost;

	read_corpus(t);
	for (int64_t i = r->input < 0 ? 0 : r->input; i < (r->input < 0 ? n : r->input + 1); i++) {
		struct text input = make_input(r->seed, i);

		p->input = i;
		p->taken += t->run(dir, (const uint8_t *)input.s, input.n);
		free(input.s);
	}
	p->input = n;
	forget_corpus();
}

/* Until it ends; false: an input took too long. */
static bool watch(pid_t pid, const struct progress *p, int *status)
{
	int64_t last = -1;
	time_t since = 0;

	while (waitpid(pid, status, WNOHANG) == 0) {
		const struct timespec nap = { .tv_nsec = 10000000 };
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		if (p->input != last) {
			last = p->input;
			since = now.tv_sec;
		}
		if (now.tv_sec - since > PATIENCE_S) {
			kill(pid, SIGKILL);
			waitpid(pid, status, 0);
			return false;
		}
		nanosleep(&nap, NULL);
	}
	return true;
}

static bool fuzz(const struct target *t, const struct request *r, int number)
{
	char dir[] = "/tmp/schedlab-fuzz.XXXXXX";
	struct progress *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool soon, good;
	int status;
	pid_t pid;

	if (p == MAP_FAILED || !mkdtemp(dir)) {
		perror("fuzz");
		exit(2);
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		work(t, r, dir, p);
		exit(0);        /* which looks for leaks */
	}
	soon = pid > 0 && watch(pid, p, &status);
	/* What takes nothing tries nothing. */
	good = soon && status == 0 && (p->taken > 0 || r->input >= 0);
	printf("%sok %d - %s: %" PRId64 " inputs of seed %" PRId64 ", %" PRId64 " taken\n", good ? "" : "not ", number,
	       t->what, p->input, r->seed, p->taken);
	if (!good && soon && status == 0)
		printf("# none was taken\n");
	else if (!good)
		printf("# %s; again: fuzz -t %s -s %" PRId64 " -i %" PRId64 "\n",
		       !soon ? "no end" : WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "a leak, or what a sanitizer sees",
		       t->name, r->seed, p->input);
	dir_remove(dir);
	munmap(p, sizeof *p);
	return good;
}

static int usage(void)
{
	fputs(help, stderr);
	for (const struct target *t = targets; t->name; t++)
		fprintf(stderr, " %s", t->name);
	fputs("\n  -i INPUT    this input only\n", stderr);
	return 2;
}

static bool take(struct request *r, int flag, const char *value)
{
	switch (flag) {
	case 'n': return parse_int(value, 1, INT64_MAX, &r->n) == 0;
	case 's': return parse_int(value, 0, INT64_MAX, &r->seed) == 0;
	case 'i': return parse_int(value, 0, INT64_MAX, &r->input) == 0;
	case 't': r->reader = value; return true;
	default: return false;
	}
}

int main(int argc, char **argv)
{
	struct request r = { .seed = 1, .input = -1 };
	int flag, n = 0, number = 0;
	bool good = true;

	while ((flag = getopt(argc, argv, "n:s:t:i:")) != -1)
		if (!take(&r, flag, optarg))
			return usage();
	for (const struct target *t = targets; t->name; t++)
		n += !r.reader || !strcmp(r.reader, t->name);
	if (optind < argc || !n)
		return usage();
	printf("1..%d\n", n);
	for (const struct target *t = targets; t->name; t++)
		if (!r.reader || !strcmp(r.reader, t->name))
			good &= fuzz(t, &r, ++number);
	return !good;
}
