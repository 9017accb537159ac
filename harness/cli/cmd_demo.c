/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab demo: runs a small program, with its output, and says before what it is
 * to show and after what it did show.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/plain.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "machine/affinity.h"
#include "machine/host.h"
#include "noise/noise.h"
#include "plan/catalog.h"
#include "plan/options.h"
#include "results/outcome.h"
#include "trace/trace.h"
#include "verdicts/demos.h"

enum { OPT_TRACE = 1 };

static const struct option longs[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "procs", required_argument, NULL, 'p' },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void help(void)
{
	puts("Usage: schedlab demo NAME [-b BACKEND] [-p N] [--trace FILE]\n"
	     "\n"
	     "Runs a small program and shows its output; before it what it shows, what to\n"
	     "expect and on which model it differs; after it what came of that, and a line\n"
	     "that says whether it is as expected, by the output, or why not.\n");
	for (const struct demo_story *d = demo_stories; d->name; d++) {
		printf("  %-15s ", d->name);
		text_wrap(d->shows, 18, 18, stdout);
	}
	puts("\n"
	     "  -b, --backend B   the back end (default: work-stealing)\n"
	     "  -p, --procs N     processors, P (default: 1)\n"
	     "  --trace FILE      a trace of it, for schedlab trace; of a demo with several\n"
	     "                    runs FILE.1, FILE.2 and so on.  Not in Go\n"
	     "\n"
	     "Exit status: the program's own: 2 after a deadlock or another fatal error, of\n"
	     "which the demo then says that it was to be; 2 bad usage, too; 77 the back end\n"
	     "cannot do it.\n"
	     "\n"
	     "Examples:\n"
	     "  schedlab demo alphabet -p 2\n"
	     "  schedlab demo forgotten-done -b pthreads\n"
	     "  schedlab demo hog -b single-p");
}

/* ---- A process ------------------------------------------------------------------ */

#define WORDS 8

struct command {
	char program[PATH_MAX + 8], words[256], procs[16];
	char *argv[WORDS];
};

static void make_command(struct command *c, const struct catalog *k, const struct backend *b,
                         const struct demo_story *d, const struct demo_run *r, int procs)
{
	char name[300], *rest, *word;
	int n = 0;

	snprintf(name, sizeof name, "%s-%s", r->cell ? "cell" : "demo", b->name);
	path_join(c->program, k->dir, name);
	c->argv[n++] = c->program;
	if (r->cell) {
		snprintf(c->words, sizeof c->words, "--once --procs=%d %s", procs, r->cell);
		for (word = strtok_r(c->words, " ", &rest); word && n < WORDS - 1;
		     word = strtok_r(NULL, " ", &rest))
			c->argv[n++] = word;
	} else {
		snprintf(c->words, sizeof c->words, "%s", d->name);
		snprintf(c->procs, sizeof c->procs, "%d", procs);
		c->argv[n++] = c->words;
		c->argv[n++] = c->procs;
	}
	c->argv[n] = NULL;
}

/* Only one of the two means anything to a back end. */
static void set_env_procs(const char *value)
{
	static const char *const names[] = { "SCHEDLAB_PROCS", "GOMAXPROCS" };

	for (int i = 0; i < 2; i++)
		if (value)
			setenv(names[i], value, 1);
		else
			unsetenv(names[i]);
}

/* The child's part: never returns. */
static void become(const struct command *c, const struct demo_run *r, const char *trace, int out)
{
	cpu_set_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_env_procs(r->env_procs);
	if (r->env)
		setenv(r->env, r->value, 1);
	if (trace)
		setenv("SCHEDLAB_TRACE", trace, 1);
	if (r->one_cpu && sched_getaffinity(0, sizeof set, &set) == 0) {
		int cpu = 0;

		while (!CPU_ISSET(cpu, &set))
			cpu++;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		sched_setaffinity(0, sizeof set, &set);
	}
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	signal(SIGXFSZ, SIG_DFL);
	execv(c->program, c->argv);
	dprintf(STDERR_FILENO, "schedlab: cannot start %s: %s\n", c->program, strerror(errno));
	_exit(2);
}

/* A line of a program, which may have tabs.  It ends where it has a NUL. */
static void make_plain(char *line)
{
	for (char *part = line; part;) {
		char *tab = strpbrk(part, "\t\n"), was = tab ? *tab : '\0';

		if (tab)
			*tab = '\0';
		text_plain(part);
		if (tab)
			*tab = was;
		part = tab ? tab + 1 : NULL;
	}
}

/* What comes is shown at once, line by line, and kept. */
static int show(FILE *from, const struct demo_story *d, struct demo_end *end)
{
	FILE *kept = open_memstream(&end->text, &end->n);
	char *line = NULL;
	bool within_line = false;
	size_t size = 0;
	ssize_t n;

	if (!kept)
		return -ENOMEM;
	while ((n = getline(&line, &size, from)) > 0) {
		within_line = line[n - 1] != '\n';
		make_plain(line);
		fputs(line, kept);
		if (d->line)
			d->line(line, stdout);
		else if (text_columns(line) > 80)       /* with its end */
			text_wrap(line, 0, 0, stdout);
		else
			fputs(line, stdout);
		fflush(stdout);
	}
	/* Where the program ended. */
	if (within_line)
		putchar('\n');
	if (d->line)
		d->line(NULL, stdout);
	free(line);
	return fclose(kept) == 0 ? 0 : -ENOMEM;
}

static int run_one(const struct command *c, const struct demo_story *d, const struct demo_run *r,
                   const char *trace, struct demo_end *end, struct rusage *usage, struct err *e)
{
	int fd[2], rc;
	FILE *from;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		become(c, r, trace, fd[1]);
	close(fd[1]);
	from = pid < 0 ? NULL : fdopen(fd[0], "r");
	if (!from) {
		rc = err_set(e, -errno, "cannot start a process: %s", strerror(errno));
		close(fd[0]);
	} else {
		rc = show(from, d, end);
		fclose(from);
		if (rc)
			err_set(e, rc, "out of memory");
	}
	if (pid > 0)
		while (wait4(pid, &end->status, 0, usage) < 0 && errno == EINTR)
			;
	return rc;
}

/* Who else is there meanwhile. */
struct company {
	struct noise_watch watch;
	int *cpus, ncpus;
	bool disturbed;
};

static int run_watched(const struct command *c, const struct demo_story *d, const struct demo_run *r,
                       const char *trace, struct demo_end *end, struct company *m, struct err *e)
{
	struct noise_cell cell = { .delay_ns = -1, .ncpus = m->ncpus, .threads = true };
	int64_t start = clock_ns();
	struct rusage usage = { 0 };
	struct noise noise;
	int rc;

	noise_begin(&m->watch, m->cpus, m->ncpus, m->cpus, m->ncpus);
	rc = run_one(c, d, r, trace, end, &usage, e);
	cell.own_ns = rusage_cpu_ns(&usage);
	cell.wall_ns = cell.timed_ns = clock_ns() - start;
	noise = noise_end(&m->watch, cell.own_ns);
	m->disturbed |= noise_disturbs(&noise, &cell);
	return rc;
}

/* ---- A demo ----------------------------------------------------------------------- */

static void say(const char *head, const char *text)
{
	fputs(head, stdout);
	text_wrap(text, (int)strlen(head), (int)strlen(head), stdout);
}

/* What came of it; and, on a line of its own, whether that was expected. */
static void say_verdict(const struct demo_story *d, const struct demo_end *ends, bool disturbed)
{
	char *text = NULL, *why = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n), *but = open_memstream(&why, &n);

	if (out && but)
		d->judge(ends, out, but);
	if (out && fclose(out) == 0)
		text_wrap(text, 0, 0, stdout);
	if (but && fclose(but) == 0) {
		if (*why) {
			fputs("Not as expected, because ", stdout);
			text_wrap(why, 2, 25, stdout);
			if (d->timed && disturbed)
				puts("Others had a share of its processors meanwhile.");
		} else {
			puts("As expected.");
		}
	}
	free(text);
	free(why);
}

/* Every 20 ms, how many Gs were in which state. */
static int count_gs(struct demo_end *end, const char *path, struct err *e)
{
	struct trace t;
	int rc;

	/* Go leaves no trace, but says it while it runs. */
	demo_count_text(end);
	if (end->ncounts)
		return 0;
	rc = trace_read(&t, path, e);
	if (rc)
		return rc;
	for (int ms = DEMO_COUNT_MS; ms * INT64_C(1000000) < t.length && end->ncounts < DEMO_COUNTS; ms += DEMO_COUNT_MS) {
		int n[TRACE_STATES];

		trace_count(&t, ms * INT64_C(1000000), n);
		end->count[end->ncounts++] = (struct demo_count){
			ms, n[TRACE_IS_RUNNING], n[TRACE_IS_RUNNABLE], n[TRACE_IS_WAITING] + n[TRACE_IS_CALL],
		};
	}
	if (!t.on_cpus && !strcmp(t.model, "1:1"))
		snprintf(end->unsure, sizeof end->unsure, "%s", t.kernel);
	trace_free(&t);
	return 0;
}

/* Where the trace of a run goes: to its own file, if the user wants it; of one whose Gs are
 * counted, to one that goes when that is done; else NULL. */
static const char *trace_of(const struct demo_story *d, int run, const char *wanted, char path[PATH_MAX], int *rc,
                            struct err *e)
{
	int fd;

	*rc = 0;
	if (wanted && d->nruns > 1) {
		snprintf(path, PATH_MAX, "%s.%d", wanted, run + 1);
		return path;
	}
	if (wanted || !d->counted)
		return wanted;
	fd = mkstemp(path_temporary(path, "demo"));
	if (fd < 0)
		*rc = err_set(e, -errno, "cannot make the file %.300s: %s", path, strerror(errno));
	else
		close(fd);
	return path;
}

static int run_all(const struct catalog *k, const struct backend *b, const struct demo_story *d,
                   int procs, const char *trace, struct err *e)
{
	char path[PATH_MAX];
	struct demo_end ends[DEMO_RUNS] = { 0 };
	struct company m = { .cpus = NULL };
	const char *source;
	int rc = 0, status = EXIT_GOOD;

	m.ncpus = affinity_read(&m.cpus);
	if (m.ncpus < 0)
		m.ncpus = 0;

	say("Shows:   ", d->shows);
	say("Expect:  ", d->expect);
	say("Differs: ", d->differs);
	for (int i = 0; i < d->nruns && !rc; i++) {
		const struct demo_run *r = &d->runs[i];
		const char *to = trace_of(d, i, trace, path, &rc, e);
		struct command c;

		if (rc)
			break;

		printf("\n---- %s%s%s", r->label ? r->label : "", r->label ? " " : "", b->name);
		if (r->procs >= 0)
			printf(", P = %d", procs);
		putchar('\n');
		make_command(&c, k, b, d, r, r->procs < 0 ? 0 : procs);
		ends[i].procs = procs;
		ends[i].usable = host_usable(&source);
		ends[i].backend = b;
		rc = run_watched(&c, d, r, to, &ends[i], &m, e);
		if (!rc && d->counted) {
			rc = count_gs(&ends[i], to, e);
			demo_print_counts(&ends[i], stdout);
		}
		if (d->counted && !trace)
			unlink(to);
		if (!rc)
			status = WIFEXITED(ends[i].status) ? WEXITSTATUS(ends[i].status)
			                                   : 128 + WTERMSIG(ends[i].status);
	}
	if (!rc) {
		fputs("---- ", stdout);
		if (WIFSIGNALED(ends[d->nruns - 1].status))
			printf("killed by signal %d\n\n", WTERMSIG(ends[d->nruns - 1].status));
		else
			printf("status %d\n\n", status);
		say_verdict(d, ends, m.disturbed);
	}
	noise_free(&m.watch);
	free(m.cpus);
	for (int i = 0; i < d->nruns; i++)
		free(ends[i].text);
	return rc ? cmd_fail(e) : status;
}

static const struct demo_story *find_story(const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (const struct demo_story *d = demo_stories; d->name; d++) {
		if (!strcmp(d->name, name))
			return d;
		nearest_try(&near, d->name);
	}
	err_set(e, -EINVAL, "unknown demo '%.60s'%s", name,
	        near.best ? nearest_hint(&near, hint, sizeof hint) : "; see schedlab demo --help");
	return NULL;
}

/* NULL: the reason was printed, and *status says of which kind it is. */
static const struct backend *choose(const struct catalog *k, const char *backend,
                                    const struct demo_story *d, int procs, int *status)
{
	char name[300], path[PATH_MAX];
	const struct backend *b;
	struct err e;
	int i = catalog_backend(k, backend, "-b", &e);

	*status = i < 0 ? cmd_fail(&e) : EXIT_NO_CELL;
	if (i < 0)
		return NULL;
	b = &k->backends[i];
	snprintf(name, sizeof name, "demo-%s", backend);
	if (!b->available)
		fprintf(stderr, "schedlab: %s is not available: %s\n", backend, b->reason);
	else if (procs > 1 && !backend_can(b, "parallel"))
		fprintf(stderr, "schedlab: %s runs one G at a time, so P = %d does not apply\n", backend, procs);
	else if (!d->runs[0].cell && access(path_join(path, k->dir, name), X_OK) != 0)
		fprintf(stderr, "schedlab: demo %s does not apply to %s\n", d->name, backend);
	else
		return b;
	return NULL;
}

int cmd_demo(int argc, char **argv)
{
	const char *backend = "work-stealing", *trace = NULL;
	const struct demo_story *d;
	const struct backend *b;
	int64_t procs = 1;
	struct catalog k;
	struct err e;
	int c, status;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":b:p:h", longs, NULL)) != -1) {
		if (c == 'h') {
			help();
			return EXIT_GOOD;
		}
		if (c == 'b') {
			backend = optarg;
		} else if (c == OPT_TRACE) {
			trace = optarg;
		} else if (c != 'p') {
			options_bad_flag(c, argv, longs, &e);
			return cmd_fail(&e);
		} else if (parse_int(optarg, 1, PROCS_MAX, &procs)) {
			err_set(&e, -EINVAL, "-p must be a whole number from 1 to %d, not '%.60s'", PROCS_MAX, optarg);
			return cmd_fail(&e);
		}
	}
	if (optind + 1 != argc) {
		err_set(&e, -EINVAL, "demo takes one name, not %d; see schedlab demo --help", argc - optind);
		return cmd_fail(&e);
	}
	d = find_story(argv[optind], &e);
	if (!d || catalog_read(&k, &e))
		return cmd_fail(&e);
	b = choose(&k, backend, d, (int)procs, &status);
	if (b)
		status = run_all(&k, b, d, (int)procs, trace, &e);
	catalog_free(&k);
	return status;
}
