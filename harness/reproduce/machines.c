/* SPDX-License-Identifier: Apache-2.0 */
#include "reproduce/machines.h"

#include <string.h>

#include "base/files.h"
#include "topo/topo.h"

static const struct compare_fact topology = { "topology", MOVES_PARALLEL };

static void describe(char *out, size_t size, const char *dir)
{
	char path[PATH_MAX];
	struct topo *t = NULL;
	struct err ignored;

	*out = '\0';
	if (topo_open(&t, path_join(path, dir, "topology.xml"), NULL, &ignored) == 0)
		topo_describe(t, out, size);
	topo_close(t);
}

void machines_read(struct machines *m, const struct results *there, const struct results *here)
{
	*m = (struct machines){ .r = { there, here } };
	for (int side = 0; side < 2; side++)
		describe(m->topology[side], sizeof m->topology[side], results_files(m->r[side]));
}

bool machines_fact(int i, struct compare_fact *f)
{
	*f = i ? compare_facts[i - 1] : topology;
	return f->name != NULL;
}

const char *machines_value(const struct machines *m, const char *fact, int side)
{
	return strcmp(fact, topology.name) ? results_fact(m->r[side], fact) : m->topology[side];
}

bool machines_differ(const struct machines *m, const char *fact)
{
	return strcmp(machines_value(m, fact, 0), machines_value(m, fact, 1)) != 0;
}

bool machines_explain(const struct machines *m, const struct compare_fact *f, bool parallel)
{
	return *machines_value(m, f->name, 0) && *machines_value(m, f->name, 1) && machines_differ(m, f->name) &&
	       (f->moves == MOVES_ALL || (f->moves == MOVES_PARALLEL && parallel));
}
