/* SPDX-License-Identifier: Apache-2.0
 *
 * matrix_traces.c: what a few workloads did, for the page of a run: one iteration each, on
 * every back end that is traced, at one P and at two.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "cli/cmd.h"
#include "plan/catalog.h"
#include "plan/plan.h"
#include "trace/trace.h"

/* Those in which models differ to the eye; sizes that can be looked at. */
static const struct { const char *workload, *set; } traced[] = {
	{ "alphabet", "rounds=100" }, { "blocking", "each=4" }, { "fib", "n=7" }, { "hashes", "lines=20000" }, { "hog", "" },
};

static bool planned(const struct plan *p, const char *backend, const char *workload, int procs)
{
	for (int i = 0; i < p->ncells; i++)
		/* A run of two builds has no page. */
		if (!p->cells[i].build && !strcmp(p->cells[i].backend, backend) && !strcmp(p->cells[i].workload, workload) &&
		    p->cells[i].procs == procs)
			return true;
	return false;
}

/* Whether the file is there, and one of ours: Go's tracer has a format of its own. */
static bool is_good(const char *path)
{
	struct trace t;
	struct err ignored;

	if (access(path, F_OK) != 0)
		return false;
	if (trace_read(&t, path, &ignored)) {
		unlink(path);
		return false;
	}
	trace_free(&t);
	return true;
}

static int trace_one(const struct catalog *c, const struct topo *topo, char *backend, size_t i, int np, const char *folder,
                     int *traces, int *interrupt, struct err *e)
{
	char name[] = "trace", b[] = "-b", w[] = "-w", p[] = "-p", o[] = "-o", set[] = "--set";
	char workload[32], size[32], procs[16], file[200], path[PATH_MAX];
	char *argv[] = { name, b, backend, w, workload, p, procs, o, path, set, size, NULL };
	int rc;

	snprintf(workload, sizeof workload, "%s", traced[i].workload);
	snprintf(size, sizeof size, "%s", traced[i].set);
	snprintf(procs, sizeof procs, "%d", np);
	snprintf(file, sizeof file, "%s.%.100s.%d.trace", workload, backend, np);
	path_join(path, folder, file);
	rc = dir_make(folder, e);
	rc = rc ? rc : trace_cell_words(*size ? 11 : 9, argv, c, topo, interrupt, e);
	*traces += !rc && is_good(path);
	return rc;
}

int matrix_traces(const struct plan *p, const struct catalog *c, const struct topo *topo, const char *dir,
                  int *interrupt, struct err *e)
{
	char folder[PATH_MAX];
	int traces = 0, rc = 0;

	path_join(folder, dir, "traces");
	for (size_t i = 0; i < sizeof traced / sizeof *traced; i++)
		for (int b = 0; b < c->nbackends; b++)
			for (int np = 1; np <= 2 && !rc; np++)
				if (planned(p, c->backends[b].name, traced[i].workload, np))
					rc = trace_one(c, topo, c->backends[b].name, i, np, folder, &traces, interrupt, e);
	if (!rc && traces)
		fprintf(stderr, "Traced: one iteration of a few workloads, in %s\n", folder);
	return rc;
}
