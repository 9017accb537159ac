/* SPDX-License-Identifier: Apache-2.0
 *
 * target_build.c: what lies beside the executable, and machines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/plain.h"
#include "cli/list_json.h"
#include "cli/presets.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"
#include "plan/plan.h"
#include "topo/topo.h"

#define GOOD_WORKLOADS "{\"workloads\":[{\"name\":\"w\",\"params\":[]}]}"

bool fuzz_backends(const char *dir, const uint8_t *data, size_t n)
{
	struct catalog c;
	struct err e;
	FILE *out;

	setenv("SCHEDLAB_BUILD", dir, 1);
	fuzz_put(dir, "workloads.json", GOOD_WORKLOADS, strlen(GOOD_WORKLOADS));
	fuzz_put(dir, "backends.tsv", data, n);
	if (catalog_read(&c, &e)) {
		fuzz_sentence(&e);
		return false;
	}
	out = fuzz_out();
	for (int i = 0; i < c.nbackends; i++) {
		const struct backend *b = &c.backends[i];

		fprintf(out, "%s %s %s %s\n", b->name, b->model, b->caps, b->reason);
		backend_can(b, "parallel");
		MUST(catalog_backend(&c, b->name, "-b", &e) == i, b->name);
	}
	MUST(list_json(&c, out) == 0, "list --json");
	fuzz_out_end(out);
	catalog_free(&c);
	return true;
}

/* Every preset that names its workloads, and the one that has all. */
static void plan_all(const struct catalog *c)
{
	static struct topo *topo;
	const struct options o = { .reps = 1, .has_seed = true, .seed = 1 };
	struct err e = { "" };
	struct plan p;

	if (!topo && topo_open(&topo, NULL, "core:2 pu:2", &e))
		broken("a machine", e.msg);
	for (const struct preset *preset = presets; preset->name; preset++) {
		if (plan_make(&p, &o, preset, c, topo, 2, &e)) {
			fuzz_sentence(&e);
			continue;
		}
		for (int i = 0; i < p.ncells; i++)
			MUST(p.cells[i].nparams <= CELL_PAIRS && p.cells[i].ncpus > 0, p.cells[i].workload);
		plan_free(&p);
	}
}

bool fuzz_workloads(const char *dir, const uint8_t *data, size_t n)
{
	static struct backend backend = { .name = "a", .model = "1:1", .caps = "parallel", .available = true };
	struct catalog c = { .backends = &backend, .nbackends = 1 };
	const char *path = fuzz_put(dir, "workloads.json", data, n);
	struct err e;
	FILE *out;
	bool taken = catalog_read_info(&c, path, &e) == 0;

	if (taken) {
		out = fuzz_out();
		for (int i = 0; i < c.nworkloads; i++)
			fprintf(out, "%s %s %s %s\n", c.workloads[i].name, c.workloads[i].summary,
			        c.workloads[i].question, c.workloads[i].metric);
		MUST(list_json(&c, out) == 0, "list --json");
		fuzz_out_end(out);
		plan_all(&c);
	} else {
		fuzz_sentence(&e);
	}
	catalog_free_info(&c);
	return taken;
}

static void pick_all(const struct topo *t, const struct topo_counts *c)
{
	int *cpus = calloc((size_t)c->machine_pus, sizeof *cpus);
	unsigned char distance[16];
	struct err e;

	MUST(cpus, "no memory");
	for (const struct topo_policy *p = topo_policies; p->name; p++)
		for (int procs = 0; procs <= c->pus && procs < 40; procs++) {
			int n = topo_pick(t, p->name, procs, cpus, &e);

			if (n < 0)
				fuzz_sentence(&e);
			MUST(n <= c->pus, p->name);
			for (int i = 0; i < n; i++)
				for (int k = 0; k < i; k++)
					MUST(cpus[i] >= 0 && cpus[i] != cpus[k], p->name);
			if (n >= 4)
				topo_distance(t, cpus, 4, distance);
			if (n > 0)
				MUST(topo_near(t, (int[]){ cpus[0] }, 1, cpus) <= c->machine_pus, p->name);
		}
	free(cpus);
}

bool fuzz_topology(const char *dir, const uint8_t *data, size_t n)
{
	const char *path = fuzz_put(dir, "topology.xml", data, n);
	struct topo_counts c;
	struct topo *t;
	struct err e;
	char line[200];

	if (topo_open(&t, path, NULL, &e)) {
		fuzz_sentence(&e);
		return false;
	}
	MUST(!topo_is_here(t), "another machine");
	topo_counts(t, &c);
	topo_describe(t, line, sizeof line);
	MUST(*line && text_is_plain(line, strlen(line)), line);
	pick_all(t, &c);
	topo_close(t);
	return true;
}
