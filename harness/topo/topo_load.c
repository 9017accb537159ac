/* SPDX-License-Identifier: Apache-2.0
 *
 * topo_load.c: a machine, by hwloc, in a child process.
 *
 * Two copies of the topology are kept.  `whole` has every PU, allowed or not:
 * it is what is described and exported.  `usable` is cut down to the allowed
 * ones: what is picked from it is allowed by construction, whichever policy
 * picks.
 *
 * hwloc must be watched at three places.  It may take a description that makes
 * no sense, and fall over it later, or never come back.  After a synthetic
 * description or an XML that it could not read it may load the real machine
 * instead.  And it knows cpusets, but leaves this process's own affinity to its
 * caller.
 */
#include <errno.h>
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "topo/topo_tree.h"

struct loader {
	const struct topo_source *from;
	hwloc_topology_t whole, usable;
	struct plain plain;
	struct topo_node *nodes;
	struct topo_any *all;
};

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory left to read the topology");
}

/* The caller knows what it was called. */
static int no_topology(const struct topo_source *from, struct err *e)
{
	if (from->xml)
		return err_set(e, -EINVAL, "no hwloc topology in XML");
	return err_set(e, -EINVAL, "no hwloc description, such as 'package:2 core:4 pu:2'");
}

/* ---- Loading ------------------------------------------------------------ */

static int load_whole(struct loader *l, struct err *e)
{
	const struct topo_source *from = l->from;

	if (hwloc_topology_init(&l->whole) < 0)
		return no_memory(e);
	hwloc_topology_set_flags(l->whole, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	if (from->xml && hwloc_topology_set_xmlbuffer(l->whole, from->xml, (int)from->size + 1) < 0)
		return no_topology(from, e);
	if (from->synthetic && hwloc_topology_set_synthetic(l->whole, from->synthetic) < 0)
		return no_topology(from, e);
	if (hwloc_topology_load(l->whole) < 0)
		return from->xml ? no_topology(from, e)
		                 : err_set(e, -EIO, "the topology of this machine cannot be read: %s", strerror(errno));
	if (from->synthetic) {
		const char *backend = hwloc_obj_get_info_by_name(hwloc_get_root_obj(l->whole), "Backend");

		if (!backend || strcmp(backend, "Synthetic") != 0)
			return no_topology(from, e);
	}
	l->plain.here = !from->xml && !from->synthetic && hwloc_topology_is_thissystem(l->whole);
	return 0;
}

static int restrict_to_allowed(struct loader *l, struct err *e)
{
	hwloc_bitmap_t allowed = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(l->whole));
	hwloc_bitmap_t bound = hwloc_bitmap_alloc();

	if (!allowed || !bound)
		return no_memory(e);
	hwloc_bitmap_and(allowed, allowed, hwloc_topology_get_topology_cpuset(l->whole));
	if (l->plain.here) {
		if (hwloc_get_cpubind(l->whole, bound, HWLOC_CPUBIND_PROCESS) == 0)
			hwloc_bitmap_and(allowed, allowed, bound);
		/* An XML of this topology shall pick the same PUs elsewhere. */
		hwloc_topology_allow(l->whole, allowed, NULL, HWLOC_ALLOW_FLAG_CUSTOM);
	}
	if (hwloc_bitmap_iszero(allowed))
		return err_set(e, -ENODEV, "the topology allows no PU");
	if (hwloc_topology_dup(&l->usable, l->whole) < 0)
		return no_memory(e);
	if (hwloc_topology_restrict(l->usable, allowed, HWLOC_RESTRICT_FLAG_REMOVE_CPULESS) < 0)
		return err_set(e, -errno, "the topology cannot be cut down to the allowed PUs: %s", strerror(errno));
	return 0;
}

/* ---- Counting and naming ------------------------------------------------- */

/* Those that have PUs: cpusets leave memory, and packages around it, behind. */
static int count_of(hwloc_topology_t h, hwloc_obj_type_t type)
{
	hwloc_obj_t o = NULL;
	int n = 0;

	while ((o = hwloc_get_next_obj_by_type(h, type, o)))
		n += !hwloc_bitmap_iszero(o->cpuset);
	return n;
}

static void count(hwloc_topology_t h, struct topo_counts *c)
{
	c->packages = count_of(h, HWLOC_OBJ_PACKAGE);
	c->numa_nodes = count_of(h, HWLOC_OBJ_NUMANODE);
	c->l3s = count_of(h, HWLOC_OBJ_L3CACHE);
	c->cores = count_of(h, HWLOC_OBJ_CORE);
	c->pus = count_of(h, HWLOC_OBJ_PU);
	c->kinds = hwloc_cpukinds_get_nr(h, 0);
	if (c->kinds < 2)
		c->kinds = 0;
}

/* Where there is no processor's name, the board's or the architecture's. */
static const char *machine_name(hwloc_topology_t h)
{
	static const char *const keys[] = { "DMIProductName", "HardwareName", "Architecture" };
	hwloc_obj_t root = hwloc_get_root_obj(h);
	const char *s;

	if (hwloc_obj_get_info_by_name(root, "SyntheticDescription"))
		return "synthetic machine";
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		s = hwloc_obj_get_info_by_name(root, keys[k]);
		if (s && *s)
			return s;
	}
	return "unnamed machine";
}

static void describe(struct loader *l)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(l->whole, HWLOC_OBJ_PACKAGE, 0);
	const char *model = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;

	count(l->whole, &l->plain.whole);
	count(l->usable, &l->plain.counts);
	l->plain.counts.machine_pus = l->plain.whole.pus;
	snprintf(l->plain.model, TOPO_NAME, "%s", model ? model : "");
	snprintf(l->plain.name, TOPO_NAME, "%s", machine_name(l->whole));
}

/* ---- The tree -------------------------------------------------------------- */

static int type_of(hwloc_obj_type_t type)
{
	switch (type) {
	case HWLOC_OBJ_PACKAGE: return TOPO_PACKAGE;
	case HWLOC_OBJ_L3CACHE: return TOPO_L3;
	case HWLOC_OBJ_CORE: return TOPO_CORE;
	case HWLOC_OBJ_PU: return TOPO_PU;
	default: return TOPO_OTHER;
	}
}

static int add_node(struct loader *l, hwloc_obj_t o, int parent)
{
	struct topo_node *v = &l->nodes[l->plain.nodes];

	*v = (struct topo_node){ .parent = parent, .depth = o->depth, .type = type_of(o->type), .os = (int)o->os_index,
	                         .kind = -1, .memory = o->memory_arity > 0 };
	return l->plain.nodes++;
}

/* A PU is one bit of its cpuset, or what is allowed is not what is picked. */
static bool add_below(struct loader *l, hwloc_obj_t o, int parent)
{
	int here;

	if (hwloc_bitmap_iszero(o->cpuset))
		return true;
	if (o->type == HWLOC_OBJ_PU &&
	    (hwloc_bitmap_weight(o->cpuset) != 1 || hwloc_bitmap_first(o->cpuset) != (int)o->os_index))
		return false;
	here = add_node(l, o, parent);
	/* Not by next_sibling: that list comes out of a restriction in another order. */
	for (unsigned i = 0; i < o->arity; i++)
		if (!add_below(l, o->children[i], here))
			return false;
	return true;
}

static int count_objects(hwloc_topology_t h)
{
	int n = 0;

	for (int depth = 0; depth < hwloc_topology_get_depth(h); depth++)
		n += (int)hwloc_get_nbobjs_by_depth(h, depth);
	return n;
}

/* Where the machine names one kind of cores, or none, there is nothing to tell apart. */
static void add_kinds(struct loader *l)
{
	hwloc_bitmap_t kind = hwloc_bitmap_alloc();

	l->plain.ranked = 1;
	for (int k = 0; kind && k < l->plain.counts.kinds; k++) {
		int efficiency = -1;

		if (hwloc_cpukinds_get_info(l->usable, (unsigned)k, kind, &efficiency, NULL, NULL, 0) < 0)
			continue;
		l->plain.ranked &= efficiency >= 0;
		for (int i = 0; i < l->plain.nodes; i++)
			if (l->nodes[i].type == TOPO_PU && hwloc_bitmap_isset(kind, (unsigned)l->nodes[i].os))
				l->nodes[i].kind = k;
	}
	hwloc_bitmap_free(kind);
}

static int make_tree(struct loader *l, struct err *e)
{
	l->nodes = calloc((size_t)count_objects(l->usable) + 1, sizeof *l->nodes);
	if (!l->nodes)
		return no_memory(e);
	if (!add_below(l, hwloc_get_root_obj(l->usable), -1))
		return err_set(e, -EINVAL, "no machine: a PU of it is not one PU");
	add_kinds(l);
	return 0;
}

/* ---- The whole machine --------------------------------------------------------- */

/* The object around a PU that the outermost of its caches belongs to; the package where
 * the topology shows no cache. */
static hwloc_obj_t neighbourhood(hwloc_topology_t h, hwloc_obj_t pu)
{
	hwloc_obj_t widest = NULL;

	for (hwloc_obj_t o = pu; o; o = o->parent)
		if (hwloc_obj_type_is_cache(o->type) || (!widest && o->type == HWLOC_OBJ_PACKAGE))
			widest = o;
	return widest ? widest : hwloc_get_root_obj(h);
}

/* Neighbours follow each other in logical order. */
static int list_all(struct loader *l, struct err *e)
{
	hwloc_obj_t pu = NULL, last = NULL;
	int n = 0, near = 0;

	l->all = calloc((size_t)l->plain.whole.pus + 1, sizeof *l->all);
	if (!l->all)
		return no_memory(e);
	while ((pu = hwloc_get_next_obj_by_type(l->whole, HWLOC_OBJ_PU, pu))) {
		hwloc_obj_t around = neighbourhood(l->whole, pu);

		if (hwloc_bitmap_iszero(pu->cpuset))
			continue;
		near += last && around != last;
		last = around;
		l->all[n++] = (struct topo_any){ (int)pu->os_index, near };
	}
	return 0;
}

/* ---- The whole --------------------------------------------------------------- */

/* What is not written does not arrive, and is then not whole. */
static void say(int fd, const struct loader *l, const char *xml)
{
	const struct plain *p = &l->plain;

	if (write_all(fd, p, sizeof *p) == 0 && write_all(fd, l->nodes, (size_t)p->nodes * sizeof *l->nodes) == 0 &&
	    write_all(fd, l->all, (size_t)p->whole.pus * sizeof *l->all) == 0)
		write_all(fd, xml, p->xml);
}

static void say_why_not(int fd, int rc, const struct err *e)
{
	struct plain p = { .rc = rc };

	if (write_all(fd, &p, sizeof p) == 0)
		write_all(fd, e->msg, strlen(e->msg));
}

void topo_load(int fd, void *source)
{
	struct loader l = { .from = source };
	char *xml = NULL;
	struct err e = { "" };
	int rc = load_whole(&l, &e), length = 0;

	if (!rc)
		rc = restrict_to_allowed(&l, &e);
	if (!rc) {
		describe(&l);
		rc = make_tree(&l, &e);
	}
	if (!rc)
		rc = list_all(&l, &e);
	if (!rc && !l.from->xml && !l.from->synthetic &&
	    hwloc_topology_export_xmlbuffer(l.whole, &xml, &length, 0) < 0)
		rc = err_set(&e, -EIO, "the topology cannot be exported: %s", strerror(errno));
	l.plain.xml = length > 0 ? (size_t)length - 1 : 0;      /* without its NUL */
	if (rc)
		say_why_not(fd, rc, &e);
	else
		say(fd, &l, xml);
}
