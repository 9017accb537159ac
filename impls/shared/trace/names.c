/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c: a table of addresses, which is looked at without a lock.  Nothing is taken out
 * of it, so that a search ends at the first empty place.
 */
#include "shared/fault/symbols.h"
#include "shared/lock.h"
#include "shared/trace/names.h"

#include <string.h>

#define BITS  12
#define SLOTS (1u << BITS)
#define NAMES (SLOTS / 2)       /* a search is short */

static struct { uintptr_t what; uint32_t id; } slot[SLOTS];     /* what: atomic; 0: empty */
static struct { uintptr_t what; bool is_function; } name[NAMES + 1];    /* by number */
static uint32_t names;          /* atomic, written under lock: how many there are */
static uint32_t lock;

static uint32_t find(uintptr_t what, uint32_t *at)
{
	uint32_t i = (uint32_t)((what * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - BITS));

	for (;; i = (i + 1) % SLOTS) {
		/* Acquire: pairs with add, so the number is there. */
		uintptr_t there = __atomic_load_n(&slot[i].what, __ATOMIC_ACQUIRE);

		if (there == what)
			return slot[i].id;
		if (there == 0) {
			*at = i;
			return 0;
		}
	}
}

static uint32_t add(uintptr_t what, bool is_function)
{
	uint32_t at = 0, id;

	sl__lock_thread(&lock);
	id = find(what, &at);
	if (!id && names < NAMES) {
		id = names + 1;
		name[id].what = what;
		name[id].is_function = is_function;
		/* Release: pairs with sl__trace_next_name. */
		__atomic_store_n(&names, id, __ATOMIC_RELEASE);
		slot[at].id = id;
		__atomic_store_n(&slot[at].what, what, __ATOMIC_RELEASE);
	}
	sl__unlock_thread(&lock);
	return id;
}

uint32_t sl__trace_reason(const char *reason)
{
	uint32_t at, id;

	if (!reason)
		return 0;
	id = find((uintptr_t)reason, &at);
	return sl__likely(id) ? id : add((uintptr_t)reason, false);
}

uint32_t sl__trace_function(void (*fn)(void *))
{
	uint32_t at, id = find((uintptr_t)fn, &at);

	return sl__likely(id) ? id : add((uintptr_t)fn, true);
}

uint32_t sl__trace_next_name(uint32_t *at, char *buf, size_t size, const char **text)
{
	struct sl__symbol s;
	uint32_t id = *at + 1;

	if (id > __atomic_load_n(&names, __ATOMIC_ACQUIRE))
		return 0;
	*at = id;
	*text = (const char *)name[id].what;
	if (name[id].is_function) {
		void (*fn)(void *);

		memcpy(&fn, &name[id].what, sizeof fn);
		snprintf(buf, size, "%s", sl__function(fn, &s));
		*text = buf;
	}
	return id;
}

void sl__trace_names_clear(void)
{
	memset(slot, 0, sizeof slot);
	names = 0;
}
