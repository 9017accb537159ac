/* SPDX-License-Identifier: Apache-2.0
 *
 * topo_tree.h: a machine as a plain tree.
 *
 * hwloc reads this machine, and whatever else is given as one, in a child process
 * (limited.h); what comes back is a struct plain and its nodes.  The child may have
 * been led astray by what it read, so the parent believes nothing that it has not
 * checked: topo_tree_check().
 *
 * Nodes stand as one walks the tree: a parent, then all below its first child, then
 * all below the second.  So what is below a node follows it, and its PUs follow each
 * other, in hwloc's logical order.
 */
#ifndef TOPO_TREE_H
#define TOPO_TREE_H

#include <stddef.h>

#include "topo/topo.h"

enum topo_type { TOPO_OTHER, TOPO_PACKAGE, TOPO_L3, TOPO_CORE, TOPO_PU, TOPO_TYPES };

struct topo_node {
	int parent;             /* its place in the array; -1: the root, which is the first */
	int depth;              /* hwloc's level, from the root down */
	int type;               /* enum topo_type */
	int os;                 /* of a PU, the kernel's number */
	int kind;               /* of a PU, its kind of cores; -1: none */
	int memory;             /* whether it has a NUMA node of its own */
	/* Filled by the check: */
	int size;               /* itself and all below it */
	int first_pu, npus;     /* of topo.pus */
};

#define TOPO_NAME 200

/* A PU of the machine, allowed or not. */
struct topo_any {
	int os;                 /* the kernel's number */
	int near;               /* from 0; who shares a cache, or at least a package, has the same */
};

/* What the child says, before the nodes, the PUs of the whole machine and the XML. */
struct plain {
	int rc;                 /* 0, or -errno, and a sentence follows */
	int nodes;
	size_t xml;             /* bytes */
	int here;               /* whether it is the machine that this process runs on */
	int ranked;             /* whether the machine says which kind of cores is the faster */
	struct topo_counts counts, whole;       /* allowed ones; allowed or not */
	char model[TOPO_NAME];  /* of the processors; "" */
	char name[TOPO_NAME];   /* of the machine, where these have none */
};

struct topo_pu { int os, node; };       /* an allowed one */

struct topo {
	struct plain plain;
	struct topo_node *nodes;
	struct topo_any *all;   /* by their numbers; whole.pus of them */
	int *pus;               /* the nodes of the PUs, in logical order; counts.pus of them */
	struct topo_pu *by_os;  /* the same by their numbers, ascending */
	char *xml;              /* of this machine; else NULL */
};

/* topo_load.c, the child's part: reads a machine and writes a struct plain, and what
 * belongs to it, to fd.  With xml NULL a synthetic description, with both NULL this
 * machine. */
struct topo_source {
	const char *xml, *synthetic;
	size_t size;            /* of xml, which has a NUL behind it */
};
void topo_load(int fd, void *source);

/* What the child has said, checked, as a topology; frees data.  -errno with what the
 * source is, or what is wrong with it: "no hwloc topology in XML". */
int topo_tree_read(struct topo *, char *data, size_t n, struct err *);

/* The node of the PU with this number; -1: there is none. */
int topo_tree_pu(const struct topo *, int os);

/* The PU of the whole machine with this number; NULL: there is none. */
const struct topo_any *topo_tree_any(const struct topo *, int os);

#endif
