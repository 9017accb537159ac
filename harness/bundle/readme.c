/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/readme.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "compare/told.h"
#include "results/folder.h"
#include "topo/topo.h"

static const char *part_of(const struct cell *c, enum readme_of of, char number[16])
{
	snprintf(number, 16, "%d", c->procs);
	return of == OF_WORKLOAD ? c->workload : of == OF_BACKEND ? c->backend : of == OF_PIN ? c->pin : number;
}

int readme_list(const struct readme *t, enum readme_of of, char *buf, size_t size)
{
	size_t n = 0;
	int found = 0;

	*buf = '\0';
	for (int i = 0; i < t->r->ncells; i++) {
		char mine[16], its[16];
		const char *part = part_of(&t->r->cells[i], of, mine);
		bool first = true;

		for (int k = 0; k < i && first; k++)
			first = strcmp(part_of(&t->r->cells[k], of, its), part) != 0;
		if (!first)
			continue;
		if (n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", found ? ", " : "", part);
		found++;
	}
	return found;
}

static void say_what(const struct readme *t, const char *top, FILE *out)
{
	char backends[400], procs[200];

	fprintf(out, "# %s: a run of schedlab\n\n", top);
	fprintf(out, "schedlab runs the same programs on several scheduling models, each measurement in a process of its own.\n");
	readme_list(t, OF_BACKEND, backends, sizeof backends);
	readme_list(t, OF_PROCS, procs, sizeof procs);
	fprintf(out, "This run has %d cells, of the back ends %s at P = %s", t->r->ncells, backends, procs);
	if (t->p)
		fprintf(out, ", %d times each, in orders of seed %llu (preset `%s`)", t->p->reps,
		        (unsigned long long)t->p->seed, t->p->preset);
	fprintf(out, ".\nIt began at %s.\n", *results_fact(t->r, "started") ? results_fact(t->r, "started") :
	        "a time that it does not say");
}

static void say_how(const struct readme *t, FILE *out)
{
	const char *commit = results_fact(t->r, "commit"), *go = results_fact(t->r, "go");

	fprintf(out, "\n## How to reproduce it\n\n"
	        "Get schedlab%s%s, on Debian or Ubuntu `make` it, and with BUNDLE for the name of this archive:\n\n"
	        "    build/schedlab reproduce BUNDLE\n\n"
	        "That measures the same plan, as far as the machine can, and says which of the orderings between back ends,\n"
	        "and between P = 1 and more, hold there.  Times of two machines do not compare.  `--preset quick`, `--reps`\n"
	        "and `--min-time` make it shorter; `compare BUNDLE OTHER` holds two runs of one machine against each other.\n",
	        *commit ? " at commit " : "", commit);
	if (*go)
		fprintf(out, "The Go reference was made by %s.\n", go);
	fprintf(out, "\nWhether these files are what they were: `sha256sum -c SHA256SUMS`.\n");
}

static void say_results(const struct readme *t, FILE *out)
{
	fprintf(out, "\n## What was measured\n\n```\n");
	summary_print(t->s, t->r, out);
	fprintf(out, "```\n");
}

static void say_fact(const char *what, const char *value, const struct names *names, FILE *out)
{
	char *hidden = names_hide(names, value);

	if (*value)
		fprintf(out, "| %s | %s |\n", what, hidden ? hidden : value);
	free(hidden);
}

static void say_machine(const struct readme *t, const struct names *names, FILE *out)
{
	/* As meta.json calls them; not who the machine is. */
	static const char *const facts[] = {
		"cpu_model", "caches", "memory", "cpus", "affinity", "cgroup_quota", "architecture", "kernel", "mitigations",
		"governor", "boost", "no_turbo", "smt", "transparent_hugepages", "clocksource", "numa_balancing",
		"randomize_va_space", "load_average", "version", "commit", "compiler", "flags", "benchmark", "hwloc",
		"jansson", "go",
	};
	char path[PATH_MAX], text[300];
	struct topo *topo = NULL;
	struct err ignored;

	fprintf(out, "\n## The machine and the build\n\n| | |\n|---|---|\n");
	if (topo_open(&topo, path_join(path, results_files(t->r), "topology.xml"), NULL, &ignored) == 0) {
		topo_describe(topo, text, sizeof text);
		say_fact("topology", text, names, out);
	}
	topo_close(topo);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		say_fact(facts[i], results_fact(t->r, facts[i]), names, out);
}

static void say_files(FILE *out)
{
	fputs("\n## What is in here\n\n"
	      "| | |\n|---|---|\n"
	      "| `meta.json` | what was run, where, when and how: the plan, the build, the machine |\n"
	      "| `topology.xml` | the machine, by hwloc: `lstopo -i topology.xml` |\n"
	      "| `cells.jsonl` | a row for each cell and repetition, with its samples, and who disturbed it |\n"
	      "| `summary.json` `plots/` | medians and pictures, which follow from the rows |\n"
	      "| `budget.json` | by what pilot the number of repetitions was chosen, if it was |\n"
	      "| `SHA256SUMS` | of all these |\n", out);
}

static bool print(const struct readme *t, const char *top, const struct names *names, char **text, size_t *n)
{
	FILE *out = open_memstream(text, n);
	bool whole;

	if (!out)
		return false;
	say_what(t, top, out);
	say_how(t, out);
	say_results(t, out);
	say_machine(t, names, out);
	say_files(out);
	checklist_print(t, out);
	whole = !ferror(out);
	if (fclose(out) != 0 || !whole) {
		free(*text);
		return false;
	}
	return true;
}

int readme_make(char **text, size_t *n, const struct results *r, const char *top, const struct names *names,
                struct err *e)
{
	struct err ignored;
	struct summary s;
	struct plan p;
	bool planned = meta_plan(&p, r->meta, &ignored) == 0;
	struct readme t = { r, &s, planned ? &p : NULL };
	int rc = summary_make(&s, r, e);

	if (!rc) {
		rc = told_find(&s.told, r, e);
		if (!rc && !print(&t, top, names, text, n))
			rc = err_set(e, -ENOMEM, "out of memory");
		summary_free(&s);
	}
	if (planned)
		plan_free(&p);
	return rc;
}
