/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts/demos.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* ---- What verdicts are made of ------------------------------------------------ */

static bool ended_with(const struct demo_end *e, int status)
{
	return WIFEXITED(e->status) && WEXITSTATUS(e->status) == status;
}

static bool says(const struct demo_end *e, const char *words)
{
	return strstr(e->text, words) != NULL;
}

/* The number after the words; -1: there are none. */
static double number_after(const struct demo_end *e, const char *words)
{
	const char *at = strstr(e->text, words);

	return at ? strtod(at + strlen(words), NULL) : -1;
}

/* How many words of one letter there are, of lower case and of upper.  Up to the words,
 * if they are there, or from there on. */
struct letters { int lower, upper; };

static struct letters count_letters(const char *from, const char *to)
{
	struct letters n = { 0, 0 };

	for (const char *c = from; c < to; c++) {
		/* What the scheduler says has letters of its own. */
		if (!strncmp(c, "schedlab: ", 10)) {
			c += strcspn(c, "\n");
			continue;
		}
		if (!isalpha((unsigned char)*c) || (c > from && !isspace((unsigned char)c[-1])) ||
		    (c + 1 < to && !isspace((unsigned char)c[1])))
			continue;
		n.lower += islower((unsigned char)*c) != 0;
		n.upper += isupper((unsigned char)*c) != 0;
	}
	return n;
}

static struct letters letters_before(const struct demo_end *e, const char *words)
{
	const char *end = strstr(e->text, words);

	return count_letters(e->text, end ? end : e->text + e->n);
}

static struct letters letters_after(const struct demo_end *e, const char *words)
{
	const char *from = strstr(e->text, words);

	return from ? count_letters(from, e->text + e->n) : (struct letters){ 0, 0 };
}

/* A clause after "because", unless all is well. */
static void __attribute__((format(printf, 3, 4))) expect(bool well, FILE *but, const char *fmt, ...)
{
	va_list ap;

	if (well)
		return;
	if (ftell(but) > 0)
		fputs("; ", but);
	va_start(ap, fmt);
	vfprintf(but, fmt, ap);
	va_end(ap);
}

/* Who was left is said by the scheduler, or the program says that its own does not. */
static bool has_account(const struct demo_end *e)
{
	return says(e, "still live when the initial G returned") || says(e, "keeps no account");
}

static void judge_deadlock(const struct demo_end *e, FILE *out, FILE *but)
{
	fputs("Every G was waiting with no way out.", out);
	if (ended_with(e, 2) && says(e, "deadlock!"))
		fputs("  The scheduler noticed, named the place of the Wait, and ended the program with "
		      "status 2.", out);
	expect(says(e, "deadlock!"), but, "nobody reported the deadlock");
	expect(ended_with(e, 2), but, "the status is not 2");
}

/* ---- alphabet, hashes ----------------------------------------------------------- */

static void judge_alphabet(const struct demo_end *e, FILE *out, FILE *but)
{
	struct letters n = letters_before(e, "Both have ended"), late = letters_after(e, "Both have ended");
	int changes = 0, first = 0, last = 0;

	for (size_t i = 0; i + 1 < e->n; i++) {
		int c = (unsigned char)e->text[i];

		if (!isalpha(c) || e->text[i + 1] != ' ' || (i > 0 && !isspace((unsigned char)e->text[i - 1])))
			continue;
		first = first ? first : c;
		changes += last && !isupper(last) != !isupper(c);
		last = c;
	}
	fprintf(out, "%s case came first; the case changed %d time%s.  That the end comes after both was all "
	        "that was promised.", isupper(first) ? "Upper" : "Lower", changes, changes == 1 ? "" : "s");
	expect(n.lower == 78 && n.upper == 78, but, "of 78 letters of each case %d and %d came", n.lower, n.upper);
	expect(says(e, "Both have ended") && late.lower + late.upper == 0, but, "the end did not come after both");
	expect(changes == 1 || backend_can(e->backend, "preemptive"), but,
	       "the case changed %d times where nobody takes a P from a G", changes);
}

static struct { char of; long lines, n; } turn;

#define TURNS_SHOWN 12

/* A turn's first line, and how many followed; of the first turns.  100,000 lines are
 * too many to read. */
static void hash_line(const char *line, FILE *out)
{
	bool hash = line && (*line == 'A' || *line == 'B') && line[1] == ':', shown = turn.n <= TURNS_SHOWN;

	if (hash && turn.of == *line) {
		turn.lines++;
		return;
	}
	if (turn.of && turn.lines && shown)
		fprintf(out, "   ... %ld more of %c\n", turn.lines, turn.of);
	turn.of = hash ? *line : 0;
	turn.lines = 0;
	turn.n += hash;
	if (!hash && turn.n > TURNS_SHOWN)
		fprintf(out, "   ... and %ld more turns\n", turn.n - TURNS_SHOWN);
	if (!hash)
		turn.n = 0;
	if (line && turn.n <= TURNS_SHOWN)
		fputs(line, out);
}

static void judge_hashes(const struct demo_end *e, FILE *out, FILE *but)
{
	double one = number_after(&e[0], "turns between A and B: "), two = number_after(&e[1], "turns between A and B: ");
	bool preemptive = backend_can(e->backend, "preemptive");

	fprintf(out, "The output changed between A and B %.0f time%s, and then %.0f time%s%s", one,
	        one > 1 ? "s" : "", two, two > 1 ? "s" : "",
	        one != two ? ": nobody can predict it, and code must not depend on it."
	        : one > 1  ? "."
	                   : ": one G ran to its end before the other began.  Nobody took its P.");
	expect(one >= 1 && two >= 1, but, "a run did not come to its end");
	expect(preemptive || (one <= 1 && two <= 1), but, "a G lost its P where nobody takes it");
	expect(!preemptive || one > 1 || two > 1, but, "no G lost its P before it had ended");
	expect(!preemptive || one != two || one <= 1, but, "this time the two runs agree, as may happen: run it again");
}

/* ---- WaitGroups ------------------------------------------------------------------ */

static void judge_no_wait(const struct demo_end *e, FILE *out, FILE *but)
{
	struct letters before = letters_before(e, "main ends"), after = letters_after(e, "main ends");
	int n = before.lower + before.upper, more = after.lower + after.upper;

	fprintf(out, "Of 52 letters %d were printed before main said that it ends", n);
	if (more)
		fprintf(out, ", and %d after it, while the process was on its way out", more);
	fputs(": with no Wait anything from none to all may be.", out);
	expect(says(e, "main ends") && ended_with(e, 0), but, "main did not end");
	expect(n + more <= 52, but, "%d letters are more than there are", n + more);
	expect(n + more == 52 || has_account(e), but, "nobody said who was left");
}

static void judge_add_too_few(const struct demo_end *e, FILE *out, FILE *but)
{
	struct letters n = letters_before(e, "main ends");

	fprintf(out, "Of 52 letters %d were printed before main ended: it was waiting for one G of two, and only if "
	        "the other happened to be done by then is the output whole.", n.lower + n.upper);
	expect(says(e, "main ends") && ended_with(e, 0), but, "main did not end");
	expect(n.upper == 26, but, "main ended before the G that it was waiting for");
	expect(n.lower == 26 || has_account(e) || letters_after(e, "main ends").lower > 0, but,
	       "nobody said who was left");
}

static void judge_negative(const struct demo_end *e, FILE *out, FILE *but)
{
	fputs("One Done too many is a fatal error, with status 2: a counter below zero would let the next Wait "
	      "return at once, or never.", out);
	expect(says(e, "negative"), but, "the counter fell below zero and nobody said so");
	expect(ended_with(e, 2), but, "the status is not 2");
}

/* ---- The others -------------------------------------------------------------------- */

static void judge_procs(const struct demo_end *e, FILE *out, FILE *but)
{
	bool parallel = backend_can(e->backend, "parallel");
	int want[] = { e->usable, 3, 1, e->procs };
	double p[4];

	for (int i = 0; i < 4; i++)
		p[i] = number_after(&e[i], "asked with 0:       P = ");
	fprintf(out, "Without a word P was %.0f; told 3 by the environment, %.0f; on one PU %.0f; told %d by the "
	        "program, %.0f.  A call sets it over the environment, and 0 only asks.", p[0], p[1], p[2], e->procs, p[3]);
	/* A quota is nothing to some. */
	expect(parallel ? p[0] >= want[0] : p[0] == 1, but, "%.0f are not as many as there are processors", p[0]);
	for (int i = 1; i < 4; i++)
		expect(p[i] == (parallel ? want[i] : 1), but, "%.0f are not %d", p[i], parallel ? want[i] : 1);
	for (int i = 0; i < 4; i++)
		expect(number_after(&e[i], "P was ") == p[i] && number_after(&e[i], "asked with 0 again: P = ") == 1, but,
		       "P was not 1 after it was set to 1");
}

/* What Go's runtime prints of its scheduler, which is counted and not shown. */
static bool is_detail(const char *line)
{
	return !strncmp(line, "SCHED ", 6) || (!strncmp(line, "  ", 2) && strchr("GMP", line[2]) && isdigit((unsigned char)line[3]));
}

static void states_line(const char *line, FILE *out)
{
	if (line && !is_detail(line))
		fputs(line, out);
}

/* A G of the program: the runtime's own wait for work on its garbage, from the start. */
static void count_g(struct demo_count *c, const char *line)
{
	static const char *const own[] = { "force gc", "GC ", "finalizer", "cleanup" };
	char why[80] = "";
	int status;

	if (sscanf(line, "  G%*d: status=%d(%79[^)]", &status, why) < 1)
		return;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (!strncmp(why, own[i], strlen(own[i])))
			return;
	/* The numbers of runtime2.go; +0x1000 while its stack is looked at. */
	switch (status & 0xfff) {
	case 1: c->runnable++; break;
	case 2: c->running++; break;
	case 3: case 4: c->waiting++; break;
	case 8: *(*why ? &c->waiting : &c->running) += 1; break;        /* its stack is copied */
	case 9: c->runnable++; break;
	}
}

void demo_count_text(struct demo_end *e)
{
	struct demo_count *c = NULL;

	for (const char *line = e->text; line && *line; line = strchr(line, '\n')) {
		int at;

		line += *line == '\n';
		if (sscanf(line, "SCHED %8dms:", &at) == 1) {
			/* At the start there is no main yet. */
			c = at >= DEMO_COUNT_MS / 2 && e->ncounts < DEMO_COUNTS ? &e->count[e->ncounts++] : NULL;
			if (c)
				*c = (struct demo_count){ .at_ms = at };
		} else if (c) {
			count_g(c, line);
		}
	}
}

void demo_print_counts(const struct demo_end *e, FILE *out)
{
	fprintf(out, "%8s %9s %9s %9s\n", "", "Running", "Runnable", "Waiting");
	for (int i = 0; i < e->ncounts; i++)
		fprintf(out, "%5d ms %9d %9d %9d\n", e->count[i].at_ms, e->count[i].running, e->count[i].runnable,
		        e->count[i].waiting);
}

static void judge_states(const struct demo_end *e, FILE *out, FILE *but)
{
	int running = 0, runnable = 0, waiting = 0;

	for (int i = 0; i < e->ncounts; i++) {
		const struct demo_count *c = &e->count[i];

		running = c->running > running ? c->running : running;
		runnable = c->runnable > runnable ? c->runnable : runnable;
		waiting = c->waiting > waiting ? c->waiting : waiting;
	}
	if (*e->unsure)
		fprintf(out, "Up to %d were Running or Runnable: which of them the kernel let run nobody knows here "
		        "(%s).", running, e->unsure);
	else
		fprintf(out, "On %d P%s at most %d ran at a time, and up to %d were in a queue, Runnable: they have "
		        "nothing to wait for but a P.", e->procs, e->procs > 1 ? "s" : "", running, runnable);
	fputs("  main, which slept, and five others were Waiting, and no concern of the scheduler.", out);
	expect(running == e->procs + (*e->unsure ? 2 : 0), but, "not as many ran as there are Ps");
	expect(runnable >= 2 || *e->unsure, but, "of the two more that compute %d were Runnable", runnable);
	expect(waiting >= 6, but, "of the six that wait %d did", waiting);
	expect(ended_with(e, 0), but, "the status is not 0");
}

static void judge_race(const struct demo_end *e, FILE *out, FILE *but)
{
	double loose = number_after(e, "without taking turns: 2 x 1000 additions make ");
	double tight = number_after(e, "under a mutex:        2 x 1000 additions make ");

	fprintf(out, "%.0f updates were lost where two Gs read, yielded, and wrote what they had read plus "
	        "one; %.0f where they took turns.", 2000 - loose, 2000 - tight);
	expect(loose >= 1 && loose <= 2000 && tight >= 0, but, "%.0f is no sum of that", loose);
	expect(loose != 2000, but, "the two Gs did not meet this time, and no update was lost: that may happen, and is "
	       "no reason to trust it");
	expect(tight == 2000, but, "the mutex did not keep them apart");
}

#define SLICES_MS 50            /* some time slices of any scheduler, and no longer */

static void judge_hog(const struct demo_end *e, FILE *out, FILE *but)
{
	double late = number_after(e, "at worst ");

	fprintf(out, "main was up to %.1f ms late: %s", late,
	        late > SLICES_MS ? "nobody takes a P from a G that does not let go."
	        : late > 3 ? "about a time slice, after which a hog loses its P."
	        : "whoever has waited goes before hogs, or has a P of its own.");
	if (backend_can(e->backend, "preemptive"))
		expect(late >= 0 && late <= SLICES_MS, but, "main was kept waiting for %.0f ms where hogs lose their P", late);
	else
		expect(late > SLICES_MS, but, "main was let in after %.1f ms where nobody takes a P", late);
}

static void judge_blocking(const struct demo_end *e, FILE *out, FILE *but)
{
	double ms = number_after(e, "ended after ");

	fprintf(out, "Eight calls of 20 ms took %.0f ms: %s", ms,
	        ms > 140 ? "each stopped every other G." : ms < 60 ? "they blocked at the same time, each its own thread."
	        : "some of them stopped others.");
	if (backend_can(e->backend, "blocking"))
		expect(ms >= 20 && ms < 60, but, "calls that stop nobody take 20 ms, not %.0f", ms);
	else
		expect(ms >= 160, but, "one after the other they take 160 ms, not %.0f", ms);
}

static void judge_leak(const struct demo_end *e, FILE *out, FILE *but)
{
	bool named = says(e, "3 Gs were still live");

	fputs("Nobody waits for these three, and main could end: so no deadlock, but a leak.", out);
	fputs(named ? "  The account names them by where they were started; SCHEDLAB_LEAKS=fatal, set here, makes it "
	              "status 2." : "  Nothing reports it.", out);
	expect(has_account(e), but, "nobody said who was left");
	expect(says(e, "4 Gs live"), but, "these three and main are not four");
	expect(ended_with(e, named ? 2 : 0), but, "the status is not %d", named ? 2 : 0);
}

static void judge_shutdown(const struct demo_end *e, FILE *out, FILE *but)
{
	fputs("Whoever starts Gs tells them to end, and waits until they have: nothing is left.", out);
	expect(says(e, "5 Gs live"), but, "there were not four and main");
	expect(says(e, "1 G lives") && !says(e, "still live"), but, "some G was left behind");
	expect(number_after(e, "after ") > 0, but, "none of them did any work");
	expect(ended_with(e, 0), but, "the status is not 0");
}

const struct demo_story demo_stories[] = {
	{ "alphabet", "Two Gs write the alphabet, and main waits for both.",
	  "One case whole and then the other, or letters mixed; the end after all of them.",
	  "One P: work-stealing runs the G started last first, single-p the first. More Ps, or "
	  "threads: in any order, another one each time.",
	  { { .cell = "--workload=alphabet" } }, 1, false, false, NULL, judge_alphabet },
	{ "hashes", "Two Gs print 50,000 lines each; that is more work than a time slice.",
	  "Some switches between A and B, and another number in the second run.",
	  "single-p never takes a P from a G: there is one change, from A to B.",
	  { { .cell = "--workload=hashes --set lines=50000", .label = "First run:" },
	    { .cell = "--workload=hashes --set lines=50000", .label = "Second run:" } }, 2, true, false, hash_line, judge_hashes },
	{ "no-wait", "main starts two Gs and does not wait for them.",
	  "Anything from nothing to all of both alphabets, and an account of who was left.",
	  "On one P nothing; on more, and on threads, it depends. Go keeps no account.",
	  { { 0 } }, 1, false, false, NULL, judge_no_wait },
	{ "forgotten-done", "One of two Gs forgets its Done, and main waits for both.",
	  "A deadlock: the report names each G, what it waits for and where; status 2.",
	  "None: all back ends see it, threads included. Go shows main's G alone.",
	  { { 0 } }, 1, false, false, NULL, judge_deadlock },
	{ "add-too-few", "An Add of 1 for two Gs.",
	  "main may end before the second G has.",
	  "With one P the order decides; with more, who is faster.",
	  { { 0 } }, 1, false, false, NULL, judge_add_too_few },
	{ "add-too-many", "An Add of 3 for two Gs.",
	  "A deadlock, as with a forgotten Done.",
	  "None.",
	  { { 0 } }, 1, false, false, NULL, judge_deadlock },
	{ "negative", "A Done more than was added.",
	  "A fatal error, status 2.",
	  "None.",
	  { { 0 } }, 1, false, false, NULL, judge_negative },
	{ "procs", "How many Ps a program has: asked with 0, set, by the environment, by the PUs, by "
	  "itself (here, by -p).",
	  "As many as PUs, or the quota of a container; SCHEDLAB_PROCS overrides; the program, both.",
	  "single-p has one, whatever is asked for. To Go the variable is GOMAXPROCS, and a quota "
	  "nothing before 1.25.",
	  { { .label = "As it is:", .procs = -1 },
	    { .label = "With SCHEDLAB_PROCS=3, GOMAXPROCS=3:", .env_procs = "3", .procs = -1 },
	    { .label = "On one PU:", .one_cpu = true, .procs = -1 },
	    { .label = "With -p, whatever the environment says:", .env_procs = "3" } }, 4, false, false, NULL, judge_procs },
	{ "states", "More Gs that compute than Ps, and some that wait.",
	  "As many Running as Ps; the others that compute Runnable; the rest Waiting.",
	  "single-p: who computes keeps the P to its end. Threads: a P is a CPU here, and the kernel takes turns.",
	  { { .env = "GODEBUG", .value = "schedtrace=20,scheddetail=1" } }, 1, true, true, states_line,
	  judge_states },
	{ "race", "Two Gs add 1 to a counter 1,000 times each, and yield between read and write.",
	  "Fewer than 2,000 without taking turns; 2,000 under a mutex.",
	  "None: it takes a switch at the wrong moment, not parallelism.",
	  { { 0 } }, 1, false, false, NULL, judge_race },
	{ "hog", "On each P a G that never lets go, and main, that wants to run each millisecond.",
	  "main runs some 10 ms late, when a hog's time slice is over.",
	  "single-p: not before the hog has ended. Threads: the kernel lets main in at once.",
	  { { 0 } }, 1, true, false, NULL, judge_hog },
	{ "blocking", "Eight Gs make a system call that blocks for 20 ms.",
	  "Some 20 ms: a call stops its thread, and the P goes on with another.",
	  "single-p: 160 ms, since there is one thread for all.",
	  { { 0 } }, 1, true, false, NULL, judge_blocking },
	{ "leak", "Three Gs wait for something that never comes, and main ends.",
	  "An account of those who were left, by where they were started; status 2.",
	  "Go keeps no account: status 0.",
	  { { .env = "SCHEDLAB_LEAKS", .value = "fatal" } }, 1, false, false, NULL, judge_leak },
	{ "shutdown", "Four Gs work until a channel is closed, and main waits for them.",
	  "None is left.",
	  "None.",
	  { { 0 } }, 1, false, false, NULL, judge_shutdown },
	{ 0 },
};
