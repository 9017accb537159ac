/* SPDX-License-Identifier: Apache-2.0
 *
 * Two copies of the topology are kept.  `whole` has every PU, allowed or not:
 * it is what is described and exported.  `usable` is cut down to the allowed
 * ones: what is picked from it is allowed by construction, whichever policy
 * picks.
 *
 * hwloc must be watched at three places.  It calls a binding that it only
 * pretended to do on a foreign topology a success.  After a synthetic
 * description or an XML file that it could not read it may load the real
 * machine instead.  And it knows cpusets, but leaves this process's own
 * affinity to its caller.
 */
#include "topo.h"

#include <ctype.h>
#include <errno.h>
#include <hwloc.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "topo_policy.h"

struct topo {
	hwloc_topology_t whole, usable;
	bool here;
};

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory left to read the topology");
}

/* ---- Opening ----------------------------------------------------------- */

static int set_source(hwloc_topology_t h, const char *xml,
                      const char *synthetic, struct err *e)
{
	if (xml && synthetic)
		return err_set(e, -EINVAL, "--input and --synthetic exclude each other");
	if (xml && access(xml, R_OK) < 0)
		return err_set(e, -errno, "--input %s cannot be read: %s", xml,
		               strerror(errno));
	if (xml && hwloc_topology_set_xml(h, xml) < 0)
		return err_set(e, -EINVAL, "--input %s is no hwloc topology in XML",
		               xml);
	if (synthetic && hwloc_topology_set_synthetic(h, synthetic) < 0)
		return err_set(e, -EINVAL, "--synthetic '%s' is no hwloc "
		               "description, such as 'package:2 core:4 pu:2'",
		               synthetic);
	return 0;
}

static int load(struct topo *t, const char *xml, const char *synthetic,
                struct err *e)
{
	int rc;

	if (hwloc_topology_init(&t->whole) < 0)
		return no_memory(e);
	hwloc_topology_set_flags(t->whole,
	                         HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	rc = set_source(t->whole, xml, synthetic, e);
	if (rc)
		return rc;
	if (hwloc_topology_load(t->whole) < 0) {
		if (xml)
			return err_set(e, -EINVAL, "--input %s is no hwloc "
			               "topology in XML", xml);
		return err_set(e, -EIO, "the topology of this machine cannot "
		               "be read: %s", strerror(errno));
	}
	if (synthetic) {
		const char *backend = hwloc_obj_get_info_by_name(
			hwloc_get_root_obj(t->whole), "Backend");
		if (!backend || strcmp(backend, "Synthetic"))
			return err_set(e, -EINVAL, "--synthetic '%s' is no "
			               "hwloc description", synthetic);
	}
	t->here = !xml && !synthetic && hwloc_topology_is_thissystem(t->whole);
	return 0;
}

static int restrict_to_allowed(struct topo *t, struct err *e)
{
	hwloc_bitmap_t allowed, bound = NULL;
	int rc = 0;

	allowed = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(t->whole));
	if (!allowed)
		return no_memory(e);
	hwloc_bitmap_and(allowed, allowed,
	                 hwloc_topology_get_topology_cpuset(t->whole));
	if (t->here) {
		bound = hwloc_bitmap_alloc();
		if (!bound) {
			rc = no_memory(e);
			goto out;
		}
		if (hwloc_get_cpubind(t->whole, bound, HWLOC_CPUBIND_PROCESS) == 0)
			hwloc_bitmap_and(allowed, allowed, bound);
		/* An XML of this topology shall pick the same PUs elsewhere. */
		hwloc_topology_allow(t->whole, allowed, NULL,
		                     HWLOC_ALLOW_FLAG_CUSTOM);
	}
	if (hwloc_bitmap_iszero(allowed))
		rc = err_set(e, -ENODEV, "the topology allows no PU");
	else if (hwloc_topology_dup(&t->usable, t->whole) < 0)
		rc = no_memory(e);
	else if (hwloc_topology_restrict(t->usable, allowed,
	                                 HWLOC_RESTRICT_FLAG_REMOVE_CPULESS) < 0)
		rc = err_set(e, -errno, "the topology cannot be cut down to "
		             "the allowed PUs: %s", strerror(errno));
out:
	hwloc_bitmap_free(bound);
	hwloc_bitmap_free(allowed);
	return rc;
}

int topo_open(struct topo **out, const char *xml, const char *synthetic,
              struct err *e)
{
	struct topo *t = calloc(1, sizeof *t);
	int rc;

	if (!t)
		return no_memory(e);
	rc = load(t, xml, synthetic, e);
	if (!rc)
		rc = restrict_to_allowed(t, e);
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
	if (t->usable)
		hwloc_topology_destroy(t->usable);
	if (t->whole)
		hwloc_topology_destroy(t->whole);
	free(t);
}

bool topo_is_here(const struct topo *t)
{
	return t->here;
}

/* ---- Describing --------------------------------------------------------- */

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

void topo_counts(const struct topo *t, struct topo_counts *c)
{
	count(t->usable, c);
	c->machine_pus = count_of(t->whole, HWLOC_OBJ_PU);
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

/* Where there is no processor's name, the board's or the architecture's. */
static const char *machine_name(hwloc_topology_t h)
{
	static const char *const keys[] = {
		"DMIProductName", "HardwareName", "Architecture"
	};
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

void topo_describe(const struct topo *t, char *buf, size_t size)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(t->whole, HWLOC_OBJ_PACKAGE, 0);
	const char *model = package
		? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
	struct topo_counts c;
	int allowed = count_of(t->usable, HWLOC_OBJ_PU);
	size_t len;

	count(t->whole, &c);
	buf[0] = '\0';
	if (model && c.packages > 1)
		snprintf(buf, size, "%d x ", c.packages);
	append_name(buf, size, model ? model : machine_name(t->whole));
	if (!model && c.packages > 1)
		append_count(buf, size, c.packages, "package");
	if (c.numa_nodes > 1)
		append_count(buf, size, c.numa_nodes, "NUMA node");
	append_count(buf, size, c.cores, "core");
	append_count(buf, size, c.pus, "PU");
	len = strlen(buf);
	if (allowed < c.pus)
		snprintf(buf + len, size - len, " (%d allowed)", allowed);
}

int topo_xml(const struct topo *t, char **xml, struct err *e)
{
	char *buf;
	int len;

	if (hwloc_topology_export_xmlbuffer(t->whole, &buf, &len, 0) < 0)
		return err_set(e, -EIO, "the topology cannot be exported: %s",
		               strerror(errno));
	*xml = strdup(buf);
	hwloc_free_xmlbuffer(t->whole, buf);
	return *xml ? 0 : no_memory(e);
}

void topo_distance(const struct topo *t, const int *cpus, int n,
                   unsigned char *distance)
{
	for (int i = 0; i < n; i++) {
		hwloc_obj_t a = hwloc_get_pu_obj_by_os_index(t->usable, cpus[i]);

		for (int j = 0; j < n; j++) {
			hwloc_obj_t b = hwloc_get_pu_obj_by_os_index(t->usable,
			                                             cpus[j]);
			hwloc_obj_t both = hwloc_get_common_ancestor_obj(
				t->usable, a, b);
			distance[i * n + j] = a->depth - both->depth;
		}
	}
}

/* ---- Picking ------------------------------------------------------------ */

static hwloc_obj_t next_pu(const struct topo *t, hwloc_const_bitmap_t set,
                           hwloc_obj_t prev)
{
	return hwloc_get_next_obj_inside_cpuset_by_type(t->usable, set,
	                                                HWLOC_OBJ_PU, prev);
}

/* The PUs of set: the first of each core, then the second of each, and so on.
 * A core's PUs follow each other in logical order.  Where the topology shows
 * no cores, every PU is one. */
static int by_cores(const struct topo *t, hwloc_const_bitmap_t set, int *cpus)
{
	int n = 0, all = hwloc_bitmap_weight(set);

	for (int turn = 0; n < all; turn++) {
		hwloc_obj_t pu = NULL, last = NULL;
		int sibling = 0;

		while ((pu = next_pu(t, set, pu))) {
			hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(
				t->usable, HWLOC_OBJ_CORE, pu);

			sibling = core && core == last ? sibling + 1 : 0;
			last = core;
			if (sibling == turn)
				cpus[n++] = pu->os_index;
		}
	}
	return n;
}

static int by_number(const struct topo *t, hwloc_const_bitmap_t set, int *cpus)
{
	int n = 0, cpu;

	(void)t;
	hwloc_bitmap_foreach_begin(cpu, set)
		cpus[n++] = cpu;
	hwloc_bitmap_foreach_end();
	return n;
}

static int by_place(const struct topo *t, hwloc_const_bitmap_t set, int *cpus)
{
	hwloc_obj_t pu = NULL;
	int n = 0;

	while ((pu = next_pu(t, set, pu)))
		cpus[n++] = pu->os_index;
	return n;
}

/* The nearest thing around the PU that has its own L3, or its own memory.  A
 * NUMA node is no ancestor in hwloc: it hangs beside the PUs it is near to. */
static hwloc_obj_t home(hwloc_obj_t pu, hwloc_obj_type_t type)
{
	for (hwloc_obj_t o = pu; o; o = o->parent)
		if (type == HWLOC_OBJ_NUMANODE ? o->memory_arity > 0
		                               : o->type == type)
			return o;
	return NULL;
}

/* Home after home; PUs without one, as slow cores outside the L3 are, last. */
static int by_home(const struct topo *t, hwloc_const_bitmap_t set, int *cpus,
                   hwloc_obj_type_t type)
{
	hwloc_bitmap_t left = hwloc_bitmap_dup(set);
	hwloc_bitmap_t here = hwloc_bitmap_alloc();
	hwloc_obj_t pu = NULL, h;
	int n = 0;

	if (!left || !here) {
		n = -ENOMEM;
		goto out;
	}
	while ((pu = next_pu(t, set, pu))) {
		h = home(pu, type);
		if (!h || !hwloc_bitmap_isset(left, pu->os_index))
			continue;
		hwloc_bitmap_and(here, left, h->cpuset);
		n += by_cores(t, here, cpus + n);
		hwloc_bitmap_andnot(left, left, here);
	}
	n += by_cores(t, left, cpus + n);
out:
	hwloc_bitmap_free(here);
	hwloc_bitmap_free(left);
	return n;
}

static int by_l3(const struct topo *t, hwloc_const_bitmap_t set, int *cpus)
{
	return by_home(t, set, cpus, HWLOC_OBJ_L3CACHE);
}

static int by_numa(const struct topo *t, hwloc_const_bitmap_t set, int *cpus)
{
	return by_home(t, set, cpus, HWLOC_OBJ_NUMANODE);
}

/* Far apart depends on how many there are to be, so that the picks for 2 need
 * not begin the picks for 3.  Set and order are those of
 * `hwloc-distrib --single`. */
static int scatter(const struct topo *t, int procs, int *cpus)
{
	hwloc_obj_t root = hwloc_get_root_obj(t->usable);
	hwloc_bitmap_t *sets = calloc(procs, sizeof *sets);
	int n = 0;

	if (!sets)
		return -ENOMEM;
	if (hwloc_distrib(t->usable, &root, 1, sets, procs, INT_MAX, 0) < 0)
		n = -errno;
	for (int i = 0; i < procs; i++) {
		if (n >= 0)
			cpus[n++] = hwloc_bitmap_first(sets[i]);
		hwloc_bitmap_free(sets[i]);
	}
	free(sets);
	return n;
}

/* Narrows set to one kind of cores; leaves it alone where there is one kind or
 * the machine names none. */
static int keep_kind(const struct topo *t, const char *policy, bool fastest,
                     hwloc_bitmap_t set, struct err *e)
{
	int kinds = hwloc_cpukinds_get_nr(t->usable, 0), efficiency;
	hwloc_bitmap_t kind;
	int rc = 0;

	if (kinds < 2)
		return 0;
	kind = hwloc_bitmap_alloc();
	if (!kind)
		return no_memory(e);
	if (hwloc_cpukinds_get_info(t->usable, fastest ? kinds - 1 : 0, kind,
	                            &efficiency, NULL, NULL, 0) < 0 ||
	    efficiency < 0)
		rc = err_set(e, -ENOTSUP, "--pin %s: this machine has %d kinds "
		             "of cores and does not say which is faster",
		             policy, kinds);
	else
		hwloc_bitmap_and(set, set, kind);
	hwloc_bitmap_free(kind);
	return rc;
}

static int pick_list(const struct topo *t, const char *policy, int procs,
                     int *cpus, struct err *e)
{
	hwloc_const_bitmap_t allowed =
		hwloc_topology_get_topology_cpuset(t->usable);
	int *list, n = policy_list(policy, &list, e);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (!hwloc_bitmap_isset(allowed, list[i])) {
			n = err_set(e, -EINVAL, "--pin %s: there is no PU %d "
			            "here, or it is not allowed", policy, list[i]);
			goto out;
		}
	if (procs > n) {
		n = err_set(e, -ERANGE, "--pin %s has %d PU%s, and %d are "
		            "asked for with -p", policy, n, n == 1 ? "" : "s",
		            procs);
		goto out;
	}
	n = procs ? procs : n;
	memcpy(cpus, list, n * sizeof *cpus);
out:
	free(list);
	return n;
}

typedef int order_fn(const struct topo *, hwloc_const_bitmap_t set, int *cpus);

static order_fn *order_of(const char *policy)
{
	static const struct { const char *name; order_fn *fn; } orders[] = {
		{ "none", by_number }, { "compact", by_place },
		{ "l3", by_l3 }, { "numa", by_numa },
	};

	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (!strcmp(policy, orders[i].name))
			return orders[i].fn;
	return by_cores;        /* cores, pcores, ecores */
}

static int pick_named(const struct topo *t, const char *policy, int procs,
                      int *cpus, hwloc_bitmap_t set, struct err *e)
{
	bool fastest = !strcmp(policy, "pcores");
	int max, n, rc;

	if (fastest || !strcmp(policy, "ecores")) {
		rc = keep_kind(t, policy, fastest, set, e);
		if (rc)
			return rc;
	}
	max = hwloc_bitmap_weight(set);
	if (procs > max && strcmp(policy, "none"))
		return err_set(e, -ERANGE, "--pin %s has %d PU%s here, and %d "
		               "are asked for with -p; only --pin none takes "
		               "more than there are", policy, max,
		               max == 1 ? "" : "s", procs);
	if (procs == 0 || procs > max)
		procs = max;
	n = strcmp(policy, "scatter") ? order_of(policy)(t, set, cpus)
	                              : scatter(t, procs, cpus);
	return n < 0 ? no_memory(e) : procs;
}

int topo_pick(const struct topo *t, const char *policy, int procs, int *cpus,
              struct err *e)
{
	hwloc_bitmap_t set;
	int n = topo_policy_check(policy, e);

	if (n)
		return n;
	if (policy_is_list(policy))
		return pick_list(t, policy, procs, cpus, e);
	set = hwloc_bitmap_dup(hwloc_topology_get_topology_cpuset(t->usable));
	if (!set)
		return no_memory(e);
	n = pick_named(t, policy, procs, cpus, set, e);
	hwloc_bitmap_free(set);
	return n;
}

/* ---- Binding ------------------------------------------------------------ */

int topo_bind(const struct topo *t, const int *cpus, int n, struct err *e)
{
	cpu_set_t *want, *have;
	size_t size;
	int max = 0, rc = 0;

	if (!t->here)
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
