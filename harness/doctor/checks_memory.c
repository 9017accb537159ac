/* SPDX-License-Identifier: Apache-2.0
 *
 * checks_memory.c: where memory lies.
 */
#include <string.h>
#include <sys/personality.h>

#include "doctor/checks.h"

extern char **environ;

/* Of this process, which cells inherit; a copy of a machine has none. */
static bool is_fixed(const struct examination *x)
{
	int personality_now = *x->asked->root ? 0 : personality(0xffffffff);

	return personality_now > 0 && personality_now & ADDR_NO_RANDOMIZE;
}

void check_aslr(struct examination *x)
{
	const char *level = known(x, "randomize_va_space");
	bool fixed = is_fixed(x), none = !strcmp(level, "0"), some = !strcmp(level, "1");
	struct finding *f = found(x, "aslr", fixed || none || some ? MINOR : *level ? FINE : UNKNOWN);

	if (f->severity == UNKNOWN) {
		SAY(f->what, "whether processes get random addresses cannot be seen here");
		return;
	}
	SAY(f->what, fixed ? "this process, and so each cell, is started without random addresses"
	    : none ? "no process gets random addresses (ASLR is off)"
	    : some ? "all but the heap gets random addresses" : "each process gets addresses of its own (ASLR is on)");
	if (f->severity == FINE) {
		SAY(f->effect, "What alignment and cache sets do to a time is noise, seen in the interval.");
		return;
	}
	SAY(f->effect, "Each process has the same layout, and what that does to a time is in all repetitions alike: a "
	    "difference of some per cent may be one of alignment, and no interval shows it.");
	SAY(f->fix, fixed ? "exit  # the shell that setarch -R started" : "sudo sysctl kernel.randomize_va_space=2");
}

void check_environment(struct examination *x)
{
	struct finding *f = found(x, "environment", *x->asked->root ? UNKNOWN : FINE);
	size_t bytes = 0;
	int n = 0;

	if (f->severity == UNKNOWN) {
		SAY(f->what, "a copy of a machine has no environment");
		return;
	}
	for (char **v = environ; *v; v++, n++)
		bytes += strlen(*v) + 1;
	/* Where addresses are random the stack begins anywhere, too. */
	SAY(f->what, "the environment has %d variables, %zu bytes", n, bytes);
	SAY(f->effect, "They lie above the stack of the first thread, and move it: from another shell its addresses are "
	    "others, unless they are random anyway.");
	if (!is_fixed(x) && strcmp(known(x, "randomize_va_space"), "0") != 0)
		return;
	f->severity = NOTE;
	SAY(f->fix, "env -i PATH=\"$PATH\" build/schedlab matrix");
}

void check_huge_pages(struct examination *x)
{
	const char *enabled = known(x, "transparent_hugepages");
	bool always = strstr(enabled, "[always]");
	struct finding *f = found(x, "huge-pages", *enabled ? FINE : UNKNOWN);

	SAY(f->what, *enabled ? "transparent huge pages are set to%s%.60s" : "transparent huge pages cannot be seen here%s",
	    *enabled ? " " : "", enabled);
	if (!*enabled)
		return;
	/* Which conditions.h sees to, whatever the system is set to. */
	SAY(f->effect, "Cells run without, unless --opt huge_pages=system asks for them%s.",
	    always ? "; programs outside of cells get them" : "");
}

void check_numa_balancing(struct examination *x)
{
	const char *balancing = known(x, "numa_balancing"), *nodes = known(x, "numa_nodes");
	bool several = strpbrk(nodes, ",-") != NULL, on = *balancing && strcmp(balancing, "0") != 0;
	struct finding *f = found(x, "numa-balancing", on && several ? MINOR : *balancing || *nodes ? FINE : UNKNOWN);

	if (f->severity == UNKNOWN) {
		SAY(f->what, "NUMA balancing cannot be seen here");
		return;
	}
	SAY(f->what, "%s, and %s NUMA balancing", several ? "there are several NUMA nodes" : "there is one NUMA node",
	    on ? "the kernel does" : "no");
	if (f->severity == FINE)
		return;
	SAY(f->effect, "The kernel unmaps pages to see who uses them, and moves them while cells run: page faults in the "
	    "timed part, and memory that is near in one repetition and far in another.");
	SAY(f->fix, "sudo sysctl kernel.numa_balancing=0");
}
