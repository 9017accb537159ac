/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/idmap.h"

#include <stdlib.h>

static size_t place(const struct idmap *m, uint64_t id)
{
	size_t i = (size_t)(id * 0x9e3779b97f4a7c15 >> 20) & (m->room - 1);

	while (m->slot[i].index != UINT32_MAX && m->slot[i].id != id)
		i = (i + 1) & (m->room - 1);
	return i;
}

uint32_t idmap_get(const struct idmap *m, uint64_t id)
{
	return m->n ? m->slot[place(m, id)].index : UINT32_MAX;
}

static bool grow(struct idmap *m)
{
	struct idmap old = *m;

	m->room = old.room ? 2 * old.room : 64;
	m->slot = malloc(m->room * sizeof *m->slot);
	if (!m->slot) {
		*m = old;
		return false;
	}
	for (size_t i = 0; i < m->room; i++)
		m->slot[i].index = UINT32_MAX;
	for (size_t i = 0; i < old.room; i++)
		if (old.slot[i].index != UINT32_MAX)
			m->slot[place(m, old.slot[i].id)] = old.slot[i];
	free(old.slot);
	return true;
}

bool idmap_put(struct idmap *m, uint64_t id, uint32_t index)
{
	if (2 * (m->n + 1) > m->room && !grow(m))
		return false;
	m->slot[place(m, id)] = (struct idmap_slot){ id, index };
	m->n++;
	return true;
}

void idmap_free(struct idmap *m)
{
	free(m->slot);
	*m = (struct idmap){ 0 };
}
