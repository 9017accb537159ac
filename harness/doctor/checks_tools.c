/* SPDX-License-Identifier: Apache-2.0
 *
 * checks_tools.c: programs that are not needed, and good to have.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "doctor/checks.h"

static const struct {
	const char *name, *without, *get;
} tools[] = {
	{ "go", "There is no reference: its rows do not apply, and ratios has nothing to hold others against.",
	  "sudo apt-get install golang-go && make" },
	{ "gnuplot", "Runs have no pictures, but the data of them.", "sudo apt-get install gnuplot-nox" },
	{ "git", "A build does not know which commit it is of, and says so in meta.json.", "sudo apt-get install git" },
	{ "perf", "Nothing is measured with it; it would say where a time goes.", "sudo apt-get install linux-perf" },
};

static bool is_there(const char *path, const char *name)
{
	char file[PATH_MAX];

	for (const char *p = path; p && *p; p += strcspn(p, ":"), p += *p == ':') {
		snprintf(file, sizeof file, "%.*s/%s", (int)strcspn(p, ":"), p, name);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

void check_tools(struct examination *x)
{
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
		bool there = is_there(x->asked->path, tools[i].name);
		struct finding *f = found(x, tools[i].name, there ? FINE : NOTE);

		SAY(f->what, there ? "%s is there" : "there is no %s", tools[i].name);
		if (there)
			continue;
		SAY(f->effect, "%s", tools[i].without);
		SAY(f->fix, "%s", tools[i].get);
	}
}
