/* SPDX-License-Identifier: Apache-2.0
 *
 * conform.c: runs the conformance tests of one back end and prints TAP.
 *
 *     build/conform-NAME [-p P] [-s] [-n TIMES] [-j JOBS] [TEST...]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "conform/conform.h"
#include "shared/affinity.h"

#define SKIPPED 77
#define FAILED  1
#define OUTPUT  8192
#define JOBS_MAX 16     /* at a time, and those that wait */
#define WAITERS  48
#define RUNS     (JOBS_MAX + WAITERS)
#define PATIENT_WAITERS 8       /* with a sanitizer or an emulator, which need more memory */

struct conform conform = { .procs = 1 };

static struct conform_test *tests;
/* Seconds after which a test hangs.  None takes a tenth of it on an idle machine. */
static int time_limit = 60;

void conform_register(struct conform_test *t)
{
	struct conform_test **end = &tests;

	while (*end)
		end = &(*end)->next;
	*end = t;
}

void conform_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	_exit(FAILED);
}

void conform_skip(const char *why)
{
	fprintf(stderr, "%s\n", why);
	_exit(SKIPPED);
}

int conform_n(int fast, int slow)
{
	if (conform.slow)
		return slow;
	return conform_can("threads") && fast > 8 ? fast / 3 : fast;
}

bool conform_can(const char *cap)
{
	return strstr(SL_CAPS, cap) != NULL;
}

int conform_pus(void)
{
	struct sl__cpus set;

	sl__affinity(0, &set);
	check(sl__cpus_count(&set) > 0);
	return sl__cpus_count(&set);
}

static int64_t us(struct timeval t)
{
	return t.tv_sec * INT64_C(1000000) + t.tv_usec;
}

int64_t conform_others(void)
{
	struct rusage children;
	struct timespec own;
	struct sl__cpus set;
	char line[512];
	int64_t ticks = 0;
	FILE *f = fopen("/proc/stat", "re");

	sl__affinity(0, &set);
	while (f && fgets(line, sizeof line, f)) {
		long long user, nice, system, idle, iowait, irq, softirq, steal;
		int cpu;

		/* The first line has the sum of all. */
		if (line[3] != ' ' &&
		    sscanf(line, "cpu%d %lld %lld %lld %lld %lld %lld %lld %lld", &cpu, &user, &nice,
		           &system, &idle, &iowait, &irq, &softirq, &steal) == 9 && sl__cpus_have(&set, cpu))
			ticks += user + nice + system + irq + softirq + steal;
	}
	if (f)
		fclose(f);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return ticks * (1000000000 / sysconf(_SC_CLK_TCK)) -
	       (own.tv_sec * INT64_C(1000000000) + own.tv_nsec) - us(children.ru_utime) * 1000 -
	       us(children.ru_stime) * 1000;
}

bool conform_disturbed(int64_t before)
{
	/* More than the account, in whole ticks, may be wrong by. */
	return conform_others() - before > 15000000;
}

void conform_timed(bool ok, int64_t before)
{
	if (!ok && conform_disturbed(before))
		conform_skip("others had the PUs meanwhile");
	check(ok);
}

void conform_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	int err;

	while ((err = sl_run(cfg, fn, arg)) == -EBUSY)
		usleep(1000);
	check(err == 0);
}

bool conform_timely(void)
{
	return !SL_TSAN && !SL_ASAN && !getenv("CONFORM_PATIENCE");
}

int64_t conform_enough(void)
{
	return sl_now() + time_limit * INT64_C(1000000000) / (conform_timely() ? 6 : 2);
}

int conform_live(int n)
{
	int max = conform_can("threads") || SL_TSAN ? 1000 : n;

	return n < max ? n : max;
}

int64_t conform_counter(const char *name)
{
	struct sl_counter c[32];
	int n = sl_counters(c, 32);

	for (int i = 0; i < n; i++)
		if (strcmp(c[i].name, name) == 0)
			return c[i].value;
	conform_fail(__FILE__, __LINE__, name);
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void conform_sort(int64_t *v, size_t n)
{
	qsort(v, n, sizeof *v, ascending);
}

uint32_t random_below(uint32_t n)
{
	static uint32_t state = 1;
	/* A lost update makes the sequence no less random. */
	uint32_t x = __atomic_add_fetch(&state, 0x9e3779b9u, __ATOMIC_RELAXED);

	x ^= x >> 16;
	x *= 0x85ebca6bu;
	x ^= x >> 13;
	return x % n;
}

void jitter(void)
{
	uint32_t r = random_below(64);

	if (r < 16)
		sl_yield();
	else if (r == 16)
		sl_sleep(random_below(20000));
}

/* ---- One test, in the child -------------------------------------------- */

static void run_g(void *arg)
{
	struct conform_test *t = arg;

	t->fn(NULL);
	if (t->flags & CONFORM_LEAKS)
		return;
	/* A G that has signalled its end may still have a few steps to go. */
	for (int i = 0; sl_gcount() != 1 && i < 1000; i++)
		sl_sleep(1000000);
	check(sl_gcount() == 1);
}

static _Noreturn void child(struct conform_test *t)
{
	struct sl_config cfg = { .procs = conform.procs };

	if (t->flags & CONFORM_BARE)
		t->fn(NULL);
	else
		check(sl_run(&cfg, run_g, t) == 0);
	fflush(stdout);
	exit(t->fatal ? FAILED : 0);
}

/* ---- All tests, in the parent ------------------------------------------ */

/* A test under way. */
struct run {
	struct conform_test *t;         /* NULL: none */
	pid_t pid;
	int fd;                         /* what it says, standard error too */
	int64_t end;                    /* ms: when its time is up */
	size_t n;
	char out[OUTPUT];
};

static struct run runs[RUNS];
static bool serial;             /* -j 1: those that wait do so one by one too */
static int waiters = WAITERS;   /* else so many at a time */
static int under_way, waiting, number, failed;  /* waiting: of those under way */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool waits(const struct conform_test *t)
{
	return t->flags & CONFORM_WAITS;
}

static void start(struct conform_test *t)
{
	struct run *r = runs;
	int fd[2];

	while (r->t)
		r++;
	fflush(stdout);
	if (pipe(fd) != 0 || (r->pid = fork()) < 0) {
		perror("conform");
		exit(2);
	}
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);       /* a hog would go on for ever */
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		close(fd[0]);
		close(fd[1]);
		for (int i = 0; i < RUNS; i++)
			if (runs[i].t)
				close(runs[i].fd);
		child(t);
	}
	close(fd[1]);
	r->t = t;
	r->fd = fd[0];
	r->end = now_ms() + time_limit * 1000;
	r->n = 0;
	under_way++;
	waiting += waits(t);
}

static void print_indented(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("#   %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* Whether the parts of words, between its asterisks, are in text one after the
 * other. */
static bool says(const char *text, const char *words)
{
	char part[256];

	while (*words) {
		size_t n = strcspn(words, "*");

		snprintf(part, sizeof part, "%.*s", (int)n, words);
		text = strstr(text, part);
		if (!text)
			return false;
		text += n;
		words += n + (words[n] == '*');
	}
	return true;
}

/* Whether it called what the back end does not claim to have: lacking.c said so. */
static bool lacks(int status, const char *out)
{
	static const char words[] = ": this back end has no ";
	const char *at = status == 2 ? strstr(out, words) : NULL;
	char part[32] = "";

	if (at)
		snprintf(part, sizeof part, "%.*s", (int)strcspn(at + sizeof words - 1, "\n"), at + sizeof words - 1);
	return *part && !conform_can(part);
}

/* NULL: passed; "": skipped; else what is wrong. */
static const char *verdict(const struct conform_test *t, int status, bool in_time,
                           const char *out)
{
	static char text[64];

	if (!in_time)
		return "does not end";
	if (WIFSIGNALED(status)) {
		snprintf(text, sizeof text, "killed by signal %d", WTERMSIG(status));
		return text;
	}
	status = WEXITSTATUS(status);
	if (status == SKIPPED || lacks(status, out))
		return "";
	if (t->fatal) {
		if (status == 2 && says(out, t->fatal))
			return NULL;
		snprintf(text, sizeof text, "status %d, wanted 2 and the words below", status);
		return text;
	}
	if (status == 0)
		return NULL;
	snprintf(text, sizeof text, "status %d", status);
	return text;
}

static void finish(struct run *r, bool in_time)
{
	struct conform_test *t = r->t;
	const char *wrong;
	int status;

	if (!in_time)
		kill(r->pid, SIGKILL);
	close(r->fd);
	waitpid(r->pid, &status, 0);
	r->out[r->n] = '\0';
	r->t = NULL;
	under_way--;
	waiting -= waits(t);
	number++;
	wrong = verdict(t, status, in_time, r->out);
	if (wrong && *wrong == '\0') {
		r->out[strcspn(r->out, "\n")] = '\0';
		printf("ok %d - %s # SKIP %s\n", number, t->name, r->out);
		return;
	}
	printf("%sok %d - %s\n", wrong ? "not " : "", number, t->name);
	if (!wrong)
		return;
	failed++;
	printf("# %s: %s\n", t->file, wrong);
	if (t->fatal)
		printf("# wanted: %s\n", t->fatal);
	print_indented(r->out);
}

/* Collects what r says; false: it has ended. */
static bool collect(struct run *r)
{
	size_t room = OUTPUT - 1 - r->n;
	char drop[512];
	ssize_t n = room ? read(r->fd, r->out + r->n, room) : read(r->fd, drop, sizeof drop);

	if (n > 0 && room)
		r->n += (size_t)n;
	return n > 0;
}

/* Waits until some test says something, ends, or has had its time. */
static void attend(void)
{
	struct pollfd p[RUNS];
	int64_t now = now_ms(), first = INT_MAX;

	for (int i = 0; i < RUNS; i++) {
		p[i] = (struct pollfd){ .fd = runs[i].t ? runs[i].fd : -1, .events = POLLIN };
		if (runs[i].t && runs[i].end - now < first)
			first = runs[i].end - now;
	}
	poll(p, RUNS, first < 0 ? 0 : (int)first);
	now = now_ms();
	for (int i = 0; i < RUNS; i++) {
		bool in_time = now < runs[i].end;

		if (runs[i].t && (!in_time || (p[i].revents && !collect(&runs[i]))))
			finish(&runs[i], in_time);
	}
}

/* A test that nobody knows is a slip: to run none of them would look like success. */
static void check_names(char **names)
{
	for (; *names; names++) {
		struct conform_test *t = tests;

		while (t && strcmp(t->name, *names) != 0)
			t = t->next;
		if (!t) {
			fprintf(stderr, "conform: unknown test '%s'\n", *names);
			exit(2);
		}
	}
}

static bool selected(const struct conform_test *t, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strcmp(*names, t->name) == 0)
			return true;
	return false;
}

/* Those with these flags, beside others: jobs, and as many as wait. */
static void run_all(char **names, unsigned flags, int jobs)
{
	for (struct conform_test *t = tests; t; t = t->next) {
		if (!selected(t, names) || (t->flags & (CONFORM_WAITS | CONFORM_ALONE)) != flags)
			continue;
		while (waits(t) && !serial ? waiting == waiters :
		       under_way - (serial ? 0 : waiting) >= jobs)
			attend();
		start(t);
	}
}

static int to_number(const char *text, long most)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (end == text || *end || v < 1 || v > most) {
		fprintf(stderr, "conform: %s is not a number from 1 to %ld\n", text, most);
		exit(2);
	}
	return (int)v;
}

/* What we were started without, the scheduler's own descriptors would become. */
static void open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	bool patience = !conform_timely();
	/* Most of them wait for most of the time; with a sanitizer few do, but those that wait
	 * by intention. */
	int c, times = 1, jobs = patience ? 1 : JOBS_MAX;

	open_standard();
	prctl(PR_SET_TIMERSLACK, 1);    /* as in a cell: how late a sleep ends is the scheduler's */
	while ((c = getopt(argc, argv, "p:n:j:s")) != -1) {
		if (c == 'p') {
			conform.procs = to_number(optarg, SL_PROCS_MAX);
		} else if (c == 'n') {
			times = to_number(optarg, 1000000);
		} else if (c == 'j') {
			jobs = to_number(optarg, JOBS_MAX);
			serial = jobs == 1;
		} else if (c == 's') {
			conform.slow = true;
			time_limit = 3600;
		} else {
			fprintf(stderr, "usage: conform [-p P] [-s] [-n TIMES] [-j JOBS] [TEST...]\n");
			return 2;
		}
	}
	check_names(argv + optind);
	if (patience)
		waiters = PATIENT_WAITERS;
	for (int i = 0; i < times; i++)
		run_all(argv + optind, CONFORM_WAITS, jobs);
	for (int i = 0; i < times; i++)
		run_all(argv + optind, 0, jobs);
	for (int i = 0; i < times; i++)
		run_all(argv + optind, CONFORM_ALONE, 1);
	while (under_way > 0)
		attend();
	printf("1..%d\n", number);
	return failed ? 1 : 0;
}
