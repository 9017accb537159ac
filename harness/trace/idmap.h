/* SPDX-License-Identifier: Apache-2.0
 *
 * idmap.h: from numbers (of Gs, of threads) to small indices.
 */
#ifndef TRACE_IDMAP_H
#define TRACE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap {
	struct idmap_slot { uint64_t id; uint32_t index; } *slot;      /* index UINT32_MAX: free */
	size_t room, n;                 /* room: a power of 2 */
};

/* The index of id, or UINT32_MAX. */
uint32_t idmap_get(const struct idmap *, uint64_t id);

/* Enters an id that is not there; false: no memory. */
bool idmap_put(struct idmap *, uint64_t id, uint32_t index);

void idmap_free(struct idmap *);

#endif
