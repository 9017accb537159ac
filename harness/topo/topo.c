/* SPDX-License-Identifier: Apache-2.0
 *
 * topo.c: a machine opened, described and bound to.  What hwloc says of it comes from
 * a child process (topo_tree.h); topo_pick.c picks.
 */
#include "topo/topo.h"

#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/files.h"
#include "base/secrets.h"
#include "topo/limited.h"
#include "topo/topo_tree.h"

/* The largest machines have some thousand PUs, and an XML of a tenth of this. */
#define XML_MAX ((size_t)64 << 20)
#define TREE_MAX ((size_t)128 << 20)

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory left to read the topology");
}

/* ---- Opening ----------------------------------------------------------- */

/* What the child could not take, it does not know by its name. */
static int read_machine(struct topo *t, const struct topo_source *from, const char *what, struct err *e)
{
	static const struct limits limits = { .cpu_s = 10, .wall_s = 30, .memory = (size_t)4 << 30,
	                                      .output = TREE_MAX };
	struct err why;
	char *data;
	size_t n;
	int rc = limited_run(topo_load, (void *)from, &limits, what, &data, &n, e);

	if (rc)
		return rc;
	rc = topo_tree_read(t, data, n, &why);
	if (rc && (from->xml || from->synthetic))
		return err_set(e, rc, "%.300s is %s", what, why.msg);
	return rc ? err_set(e, rc, "%s", why.msg) : 0;
}

int topo_open(struct topo **out, const char *xml, const char *synthetic, struct err *e)
{
	struct topo_source from = { .synthetic = synthetic };
	char what[400] = "this machine", *text = NULL;
	struct topo *t;
	struct err why;
	int rc = 0;

	if (xml && synthetic)
		return err_set(e, -EINVAL, "--input and --synthetic exclude each other");
	if (xml)
		snprintf(what, sizeof what, "--input %s", xml);
	else if (synthetic)
		snprintf(what, sizeof what, "--synthetic '%s'", synthetic);
	if (xml && (rc = file_get(xml, XML_MAX, &text, &from.size, &why)))
		return err_set(e, rc, "--input: %s", why.msg);
	from.xml = text;
	t = calloc(1, sizeof *t);
	rc = t ? read_machine(t, &from, what, e) : no_memory(e);
	free(text);
	if (!rc && (xml || synthetic))
		t->plain.here = 0;
	if (rc)
		topo_close(t);
	else
		*out = t;
	return rc;
}

void topo_close(struct topo *t)
{
	if (!t)
		return;
	free(t->nodes);
	free(t->all);
	free(t->pus);
	free(t->by_os);
	free(t->xml);
	free(t);
}

bool topo_is_here(const struct topo *t)
{
	return t->plain.here;
}

/* ---- Describing --------------------------------------------------------- */

void topo_counts(const struct topo *t, struct topo_counts *c)
{
	*c = t->plain.counts;
}

/* Vendors pad, and mark: "AMD EPYC 9654 96-Core Processor    ", "Xeon(R)".
 * What JSON would have to escape has no place in a name either. */
static void append_name(char *buf, size_t size, const char *s)
{
	size_t n = strlen(buf), start = n;

	for (; *s && n + 1 < size; s++) {
		if (!strncmp(s, "(R)", 3))
			s += 2;
		else if (!strncasecmp(s, "(TM)", 4))
			s += 3;
		else if (isgraph((unsigned char)*s) && *s != '"' && *s != '\\')
			buf[n++] = *s;
		else if (n > start && buf[n - 1] != ' ')
			buf[n++] = ' ';
	}
	while (n > start && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
}

static void append_count(char *buf, size_t size, int n, const char *what)
{
	size_t len = strlen(buf);

	if (n > 0)
		snprintf(buf + len, size - len, ", %d %s%s", n, what,
		         n == 1 ? "" : "s");
}

void topo_describe(const struct topo *t, char *buf, size_t size)
{
	const struct topo_counts *c = &t->plain.whole;
	bool model = *t->plain.model;
	size_t len;

	buf[0] = '\0';
	if (model && c->packages > 1)
		snprintf(buf, size, "%d x ", c->packages);
	append_name(buf, size, model ? t->plain.model : t->plain.name);
	if (!model && c->packages > 1)
		append_count(buf, size, c->packages, "package");
	if (c->numa_nodes > 1)
		append_count(buf, size, c->numa_nodes, "NUMA node");
	append_count(buf, size, c->cores, "core");
	append_count(buf, size, c->pus, "PU");
	len = strlen(buf);
	if (t->plain.counts.pus < c->pus)
		snprintf(buf + len, size - len, " (%d allowed)", t->plain.counts.pus);
}

int topo_xml(const struct topo *t, char **xml, struct err *e)
{
	if (!t->xml)
		return err_set(e, -ENOTSUP, "a topology from elsewhere is not exported");
	*xml = strdup(t->xml);
	if (!*xml)
		return no_memory(e);
	secrets_strip_topology(*xml);
	return 0;
}

/* ---- Distance ------------------------------------------------------------- */

/* Whether the PU at node is below the other, or is it. */
static bool is_below(const struct topo *t, int node, int above)
{
	return node >= above && node < above + t->nodes[above].size;
}

void topo_distance(const struct topo *t, const int *cpus, int n, unsigned char *distance)
{
	for (int i = 0; i < n; i++) {
		int a = topo_tree_pu(t, cpus[i]);

		for (int j = 0; j < n; j++) {
			int b = topo_tree_pu(t, cpus[j]), both = a;

			while (!is_below(t, b, both))
				both = t->nodes[both].parent;
			distance[i * n + j] = (unsigned char)(t->nodes[a].depth - t->nodes[both].depth);
		}
	}
}

int topo_near(const struct topo *t, const int *cpus, int n, int *near)
{
	bool *neighbours = calloc((size_t)t->plain.whole.pus, sizeof *neighbours);
	int count = 0;

	for (int i = 0; i < n && neighbours; i++) {
		const struct topo_any *pu = topo_tree_any(t, cpus[i]);

		if (pu)
			neighbours[pu->near] = true;
	}
	for (int i = 0; i < t->plain.whole.pus && neighbours; i++)
		if (neighbours[t->all[i].near])
			near[count++] = t->all[i].os;
	free(neighbours);
	return count;
}

/* ---- Binding ------------------------------------------------------------ */

int topo_bind(const struct topo *t, const int *cpus, int n, struct err *e)
{
	cpu_set_t *want, *have;
	size_t size;
	int max = 0, rc = 0;

	if (!t->plain.here)
		return err_set(e, -ENOTSUP, "a topology from elsewhere binds nothing");
	for (int i = 0; i < n; i++)
		max = cpus[i] > max ? cpus[i] : max;
	/* The kernel refuses to report into a set smaller than its own. */
	max = max + 1 > 1 << 16 ? max + 1 : 1 << 16;
	want = CPU_ALLOC(max);
	have = CPU_ALLOC(max);
	size = CPU_ALLOC_SIZE(max);
	if (!want || !have) {
		rc = no_memory(e);
		goto out;
	}
	CPU_ZERO_S(size, want);
	CPU_ZERO_S(size, have);
	for (int i = 0; i < n; i++)
		CPU_SET_S(cpus[i], size, want);
	if (sched_setaffinity(0, size, want) < 0)
		rc = err_set(e, -errno, "the CPU set of %d PUs was refused: %s",
		             n, strerror(errno));
	else if (sched_getaffinity(0, size, have) < 0 ||
	         !CPU_EQUAL_S(size, want, have))
		rc = err_set(e, -EIO, "the kernel gave another CPU set than "
		             "the %d PUs asked for", n);
out:
	CPU_FREE(want);
	CPU_FREE(have);
	return rc;
}
