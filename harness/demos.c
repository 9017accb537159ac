/* SPDX-License-Identifier: Apache-2.0 */
#include "demos.h"

#include <ctype.h>
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

/* How many single letters lines begin with, up to the words. */
static int letters(const struct demo_end *e, const char *words)
{
	const char *end = strstr(e->text, words), *line = e->text;
	int n = 0;

	for (end = end ? end : e->text + e->n; line < end; line += strcspn(line, "\n") + 1) {
		const char *c = line;

		for (; c < end && isalpha((unsigned char)*c) && c[1] == ' '; c += 2)
			n++;
		n += c < end && isalpha((unsigned char)*c) && c[1] == '\n';
	}
	return n;
}

static void deadlock_verdict(const struct demo_end *e, FILE *out)
{
	if (ended_with(e, 2) && says(e, "deadlock!"))
		fputs("Every G was waiting with no way out.  The scheduler noticed, named the place of the "
		      "Wait, and ended the program with status 2.\n", out);
	else
		fputs("The deadlock was NOT reported as it should be.\n", out);
}

/* ---- alphabet, hashes ----------------------------------------------------------- */

static void judge_alphabet(const struct demo_end *e, FILE *out)
{
	int changes = 0, first = 0, last = 0;

	for (size_t i = 0; i + 1 < e->n; i++) {
		int c = (unsigned char)e->text[i];

		if (!isalpha(c) || e->text[i + 1] != ' ' || (i > 0 && !isspace((unsigned char)e->text[i - 1])))
			continue;
		first = first ? first : c;
		changes += last && !isupper(last) != !isupper(c);
		last = c;
	}
	fprintf(out, "%s case came first; the case changed %d time%s.  %s\n",
	        isupper(first) ? "Upper" : "Lower", changes, changes == 1 ? "" : "s",
	        says(e, "Both have ended") ? "The end came after both: that alone was promised."
	                                   : "The end did NOT come after both.");
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

static void judge_hashes(const struct demo_end *e, FILE *out)
{
	double one = number_after(&e[0], "turns between A and B: "), two = number_after(&e[1], "turns between A and B: ");

	fprintf(out, "The output changed between A and B %.0f time%s, and then %.0f time%s%s\n", one,
	        one > 1 ? "s" : "", two, two > 1 ? "s" : "",
	        one != two ? ": nobody can predict it, and code must not depend on it."
	        : one > 1  ? ".  This time the two agree; run it again."
	                   : ": one G ran to its end before the other began.  Nobody took its P.");
}

/* ---- WaitGroups ------------------------------------------------------------------ */

static void judge_no_wait(const struct demo_end *e, FILE *out)
{
	fprintf(out, "Of 52 letters %d were printed: with no Wait anything from none to all may be.\n",
	        letters(e, "still live"));
}

static void judge_add_too_few(const struct demo_end *e, FILE *out)
{
	fprintf(out, "Of 52 letters %d were printed before main ended: it was waiting for one G of two, "
	        "and only if the other happened to be done by then is the output whole.\n", letters(e, "main ends"));
}

static void judge_negative(const struct demo_end *e, FILE *out)
{
	fputs(ended_with(e, 2) && says(e, "negative")
	      ? "One Done too many is a fatal error, with status 2: a counter below zero would let "
	        "the next Wait return at once, or never.\n"
	      : "The counter fell below zero and nobody said so, which is WRONG.\n", out);
}

/* ---- The others -------------------------------------------------------------------- */

static void judge_procs(const struct demo_end *e, FILE *out)
{
	fprintf(out, "Without a word P was %.0f; told 3 by the environment, %.0f; on one PU %.0f.  A call sets "
	        "it over the environment, and 0 only asks.\n", number_after(&e[0], "P = "),
	        number_after(&e[1], "P = "), number_after(&e[2], "P = "));
}

static void states_line(const char *line, FILE *out)
{
	const char *gs = line ? strstr(line, "; G ") : NULL;
	int at, running, runnable, preempted, calls, waiting, sleeping;

	if (gs && sscanf(line, "sched %d ms", &at) == 1 &&
	    sscanf(gs, "; G %d running, %d runnable, %d preempted, %d in calls, %d waiting, %d sleeping",
	           &running, &runnable, &preempted, &calls, &waiting, &sleeping) == 6) {
		fprintf(out, "%5d ms %9d %9d %9d\n", at, running, runnable + preempted, waiting + sleeping + calls);
		return;
	}
	if (line) {
		fputs(line, out);
		if (strstr(line, "compute"))
			fprintf(out, "%8s %9s %9s %9s\n", "", "Running", "Runnable", "Waiting");
	}
}

static void judge_states(const struct demo_end *e, FILE *out)
{
	int most = 0, runnable = 0;

	for (const char *at = e->text; (at = strstr(at, "; G ")) != NULL; at++) {
		int running, waits, preempted;

		if (sscanf(at, "; G %d running, %d runnable, %d preempted", &running, &waits, &preempted) != 3)
			continue;
		most = running > most ? running : most;
		runnable = waits + preempted > runnable ? waits + preempted : runnable;
	}
	fprintf(out, "On %d P%s at most %d ran at a time, and up to %d were in a queue, Runnable: they have "
	        "nothing to wait for but a P.  main, which slept, and five others were Waiting, and no "
	        "concern of the scheduler.\n", e->procs, e->procs > 1 ? "s" : "", most, runnable);
}

static void judge_race(const struct demo_end *e, FILE *out)
{
	double loose = number_after(e, "without taking turns: 2 x 1000 additions make ");
	double tight = number_after(e, "under a mutex:        2 x 1000 additions make ");

	fprintf(out, "%.0f updates were lost where two Gs read, yielded, and wrote what they had read plus "
	        "one; %.0f where they took turns.\n", 2000 - loose, 2000 - tight);
}

static void judge_hog(const struct demo_end *e, FILE *out)
{
	double late = number_after(e, "at worst ");

	fprintf(out, "main was up to %.1f ms late: %s\n", late,
	        late > 50 ? "nobody takes a P from a G that does not let go."
	        : late > 3 ? "about a time slice, after which a hog loses its P."
	        : "whoever has waited goes before hogs, or has a P of its own.");
}

static void judge_blocking(const struct demo_end *e, FILE *out)
{
	double ms = number_after(e, "ended after ");

	fprintf(out, "Eight calls of 20 ms took %.0f ms: %s\n", ms,
	        ms > 140 ? "each stopped every other G." : ms < 60 ? "they blocked at the same time, each its own thread."
	        : "some of them stopped others.");
}

static void judge_leak(const struct demo_end *e, FILE *out)
{
	fprintf(out, "Nobody waits for these three, and main could end: so no deadlock, but a leak.  %s\n",
	        ended_with(e, 2) && says(e, "3 Gs were still live")
	        ? "The account names them by where they were started; SCHEDLAB_LEAKS=fatal, set here, "
	          "makes it status 2."
	        : "Nothing reported it.");
}

static void judge_shutdown(const struct demo_end *e, FILE *out)
{
	fputs(ended_with(e, 0) && says(e, "1 G lives") && !says(e, "still live")
	      ? "Whoever starts Gs tells them to end, and waits until they have: nothing is left.\n"
	      : "Some G was left behind.\n", out);
}

const struct demo_story demo_stories[] = {
	{ "alphabet", "Two Gs write the alphabet, and main waits for both.",
	  "One case whole and then the other, or letters mixed; the end after all of them.",
	  "One P: work-stealing runs the G started last first, single-p the first. More Ps, or "
	  "threads: in any order, another one each time.",
	  { { .cell = "--workload=alphabet" } }, 1, NULL, NULL, judge_alphabet },
	{ "hashes", "Two Gs print 50,000 lines each; that is more work than a time slice.",
	  "Some switches between A and B, and another number in the second run.",
	  "single-p never takes a P from a G: there is one change, from A to B.",
	  { { .cell = "--workload=hashes --set lines=50000", .label = "First run:" },
	    { .cell = "--workload=hashes --set lines=50000", .label = "Second run:" } }, 2,
	  NULL, hash_line, judge_hashes },
	{ "no-wait", "main starts two Gs and does not wait for them.",
	  "Anything from nothing to all of both alphabets, and an account of who was left.",
	  "On one P nothing; on more, and on threads, it depends. Go keeps no account.",
	  { { 0 } }, 1, NULL, NULL, judge_no_wait },
	{ "forgotten-done", "One of two Gs forgets its Done, and main waits for both.",
	  "A deadlock: the report names each G, what it waits for and where; status 2.",
	  "None: all back ends see it, threads included. Go shows main's G alone.",
	  { { 0 } }, 1, NULL, NULL, deadlock_verdict },
	{ "add-too-few", "An Add of 1 for two Gs.",
	  "main may end before the second G has.",
	  "With one P the order decides; with more, who is faster.",
	  { { 0 } }, 1, NULL, NULL, judge_add_too_few },
	{ "add-too-many", "An Add of 3 for two Gs.",
	  "A deadlock, as with a forgotten Done.",
	  "None.",
	  { { 0 } }, 1, NULL, NULL, deadlock_verdict },
	{ "negative", "A Done more than was added.",
	  "A fatal error, status 2.",
	  "None.",
	  { { 0 } }, 1, NULL, NULL, judge_negative },
	{ "procs", "How many Ps a program has: asked with 0, set, by the environment, by the PUs.",
	  "As many as PUs, or the quota of a container; SCHEDLAB_PROCS overrides; a call, both.",
	  "single-p has one, whatever is asked for. To Go the variable is GOMAXPROCS, and a quota "
	  "nothing before 1.25.",
	  { { .label = "As it is:", .procs = -1 },
	    { .label = "With SCHEDLAB_PROCS=3, GOMAXPROCS=3:", .env_procs = "3", .procs = -1 },
	    { .label = "On one PU:", .one_cpu = true, .procs = -1 } }, 3, NULL, NULL, judge_procs },
	{ "states", "More Gs that compute than Ps, and some that wait.",
	  "As many Running as Ps; the others that compute Runnable; the rest Waiting.",
	  "It needs a scheduler that can be watched: work-stealing.",
	  { { .env = "SCHEDLAB_SCHEDTRACE", .value = "20" } }, 1, "sliced", states_line, judge_states },
	{ "race", "Two Gs add 1 to a counter 1,000 times each, and yield between read and write.",
	  "Fewer than 2,000 without taking turns; 2,000 under a mutex.",
	  "None: it takes a switch at the wrong moment, not parallelism.",
	  { { 0 } }, 1, NULL, NULL, judge_race },
	{ "hog", "On each P a G that never lets go, and main, that wants to run each millisecond.",
	  "main runs some 10 ms late, when a hog's time slice is over.",
	  "single-p: not before the hog has ended. Threads: the kernel lets main in at once.",
	  { { 0 } }, 1, NULL, NULL, judge_hog },
	{ "blocking", "Eight Gs make a system call that blocks for 20 ms.",
	  "Some 20 ms: a call stops its thread, and the P goes on with another.",
	  "single-p: 160 ms, since there is one thread for all.",
	  { { 0 } }, 1, NULL, NULL, judge_blocking },
	{ "leak", "Three Gs wait for something that never comes, and main ends.",
	  "An account of those who were left, by where they were started; status 2.",
	  "Go keeps no account: status 0.",
	  { { .env = "SCHEDLAB_LEAKS", .value = "fatal" } }, 1, NULL, NULL, judge_leak },
	{ "shutdown", "Four Gs work until a channel is closed, and main waits for them.",
	  "None is left.",
	  "None.",
	  { { 0 } }, 1, NULL, NULL, judge_shutdown },
	{ 0 },
};
