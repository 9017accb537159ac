/* SPDX-License-Identifier: Apache-2.0
 *
 * checks_load.c: who else runs, on this machine, on the one below it, and on its cores.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "doctor/checks.h"
#include "machine/affinity.h"
#include "noise/neighbour.h"
#include "noise/noise.h"

/* Of one processor. */
#define LOADED 0.02
#define OVERLOADED 0.20
/* Of what all wanted to run: by guests that the hypervisor preferred. */
#define STOLEN 0.005
#define ROBBED 0.02

/* Looks at the cores: how much slower they are if somebody is there, and of how many. */
#define BESIDE 0.1
#define VISITED 0.05
#define CROWDED 0.20
#define SURVEY_FIRST 5

struct sample {
	double seconds, programs, kernel, unseen, stolen;       /* shares of one processor */
	struct others_used used;
	int ncpus;
};

static void sleep_for(double seconds)
{
	struct timespec left = { .tv_sec = (time_t)seconds,
	                         .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };

	while (nanosleep(&left, &left) != 0)
		;
}

static bool take_sample(struct sample *s, double seconds)
{
	struct noise_watch w = { .cpus = NULL };
	struct others o = { 0 };
	int *cpus = NULL, n = affinity_read(&cpus);
	int64_t begin = clock_ns();
	struct noise noise;

	if (n < 1)
		return false;
	noise_begin(&w, cpus, n, NULL, 0);
	others_look(&o, NULL, 0);
	sleep_for(seconds);
	s->used = others_look(&o, NULL, 0);
	noise = noise_end(&w, 0);
	s->seconds = (double)(clock_ns() - begin) / 1e9;
	s->programs = (double)noise.foreign_ns / 1e9 / s->seconds;
	s->kernel = (double)noise.kernel_ns / 1e9 / s->seconds;
	s->unseen = (double)noise.unknown_ns / 1e9 / s->seconds;
	s->stolen = (double)noise.steal_ns / 1e9 / s->seconds;
	s->ncpus = n;
	others_free(&o);
	noise_free(&w);
	free(cpus);
	return true;
}

/* "cc1 (4711)", by its name alone: its arguments may be nobody's business. */
static void name_of(char name[64], pid_t pid)
{
	char path[64], *text;
	struct err ignored;

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	if (file_get(path, 4096, &text, NULL, &ignored)) {
		snprintf(name, 64, "%d, which has ended", (int)pid);
		return;
	}
	text[strcspn(text, "\n")] = '\0';
	snprintf(name, 64, "%.30s (%d)", text, (int)pid);
	free(text);
}

static bool is_anothers(pid_t pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	return geteuid() != 0 && stat(path, &st) == 0 && st.st_uid != geteuid();
}

/* Adds the programs that are worth a word to what, and how to stop them to fix. */
static void name_busiest(struct finding *f, const struct sample *s)
{
	char pids[100] = "", list[240] = "", name[64];
	size_t n = 0, m = 0;
	bool others = false;

	for (int i = 0; i < OTHERS_BUSIEST; i++) {
		const struct busy *b = &s->used.busiest[i];
		double share = (double)b->ns / 1e9 / s->seconds;

		if (!b->pid || share < LOADED / 2)
			break;
		name_of(name, b->pid);
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %.0f %%", n ? ", " : ": ", name, share * 100);
		m += (size_t)snprintf(pids + m, sizeof pids - m, " %d", (int)b->pid);
		others = others || is_anothers(b->pid);
	}
	n = strlen(f->what);
	say(f->what + n, sizeof f->what - n, "%s", list);
	if (*pids)
		SAY(f->fix, "%skill -STOP%s  # afterwards: %skill -CONT%s", others ? "sudo " : "", pids, others ? "sudo " : "",
		    pids);
}

static void judge_load(struct examination *x, const struct sample *s)
{
	/* Ticks are rounded, on each processor. */
	double rounding = 0.02 * s->ncpus / s->seconds, unseen = s->unseen > rounding ? s->unseen : 0;
	double load = s->programs + unseen;
	struct finding *f = found(x, "load", load > OVERLOADED ? SERIOUS : load > LOADED ? MINOR : FINE);

	if (f->severity == FINE) {
		SAY(f->what, "other programs use %.1f %% of a processor", s->programs * 100);
		return;
	}
	SAY(f->what, "other programs use %.0f %% of a processor", s->programs * 100);
	name_busiest(f, s);
	if (unseen > LOADED) {
		size_t n = strlen(f->what);

		say(f->what + n, sizeof f->what - n, "; programs that have ended, or cannot be seen here: %.0f %%",
		    unseen * 100);
	}
	SAY(f->effect, "Threads of a cell wait while they run, and share caches with them.  Rows that they can have changed "
	    "by a twentieth are marked as disturbed, and nothing is concluded from those.");
}

static void judge_steal(struct examination *x, const struct sample *s)
{
	double share = s->stolen / s->ncpus;
	struct finding *f = found(x, "steal", share > ROBBED ? SERIOUS : share > STOLEN ? MINOR : FINE);

	SAY(f->what, "the hypervisor gives %.1f %% of what is wanted here to other guests", share * 100);
	if (f->severity == FINE)
		return;
	SAY(f->effect, "A virtual processor stands still meanwhile, whatever runs on it.  From inside nothing quiets that: "
	    "take a machine with processors of its own, or measure at another hour.");
}

/* Looks of 1 ms: how many, in how many a neighbour was there, and by how much slower these
 * were together. */
struct survey { int n, shared; double slower; };

static bool take_survey(struct survey *s, double seconds)
{
	struct neighbours w = { 0 };
	int *cpus = NULL, n = affinity_read(&cpus);
	int64_t end;

	*s = (struct survey){ 0 };
	if (n < 1)
		return false;
	/* What a core does alone is to be known first. */
	for (int i = 0; i < SURVEY_FIRST; i++)
		neighbours_look(&w, cpus, n);
	end = clock_ns() + (int64_t)(seconds * 1e9);
	for (int i = 0; clock_ns() < end || s->n < n; i++) {
		double by = neighbours_look(&w, &cpus[i % n], 1);

		if (by < 0)
			break;
		s->n++;
		if (by > BESIDE) {
			s->shared++;
			s->slower += by;
		}
	}
	neighbours_free(&w);
	free(cpus);
	return s->n > 0;
}

static void check_neighbours(struct examination *x)
{
	struct survey s;
	struct finding *f;
	double share;

	if (*x->asked->root || x->asked->sample_s <= 0 || !take_survey(&s, x->asked->sample_s / 3)) {
		f = found(x, "neighbours", UNKNOWN);
		SAY(f->what, "who else computes on these cores was not looked at, or cannot be seen");
		return;
	}
	share = (double)s.shared / s.n;
	f = found(x, "neighbours", share > CROWDED ? SERIOUS : share > VISITED ? MINOR : FINE);
	if (f->severity == FINE) {
		SAY(f->what, "in %.0f of 100 milliseconds somebody else computes on these processors' cores", 100 * share);
		return;
	}
	SAY(f->what, "in %.0f of 100 milliseconds somebody else computes on the same core, and what keeps a core busy takes "
	    "%.2f times as long", 100 * share, 1 + s.slower / s.shared);
	SAY(f->effect, "A core runs two threads at once, and the hypervisor gives one of them to another guest: nothing is "
	    "stolen then, and no clock shows it.  Each cell waits a moment for its core to be its own, rows that were slowed "
	    "down are marked as disturbed and measured again, and a run takes longer.  From inside nothing quiets that: take "
	    "a machine with cores of its own, or measure at another hour.");
}

void check_load(struct examination *x)
{
	struct sample s;
	struct finding *f;

	if (!*x->asked->root && x->asked->sample_s > 0 && take_sample(&s, x->asked->sample_s)) {
		judge_load(x, &s);
		judge_steal(x, &s);
	} else {
		f = found(x, "load", UNKNOWN);
		SAY(f->what, "who else runs was not looked at");
		f = found(x, "steal", UNKNOWN);
		SAY(f->what, "what other guests take was not looked at");
	}
	check_neighbours(x);
}
