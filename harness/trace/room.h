/* SPDX-License-Identifier: Apache-2.0
 *
 * room.h: arrays that grow by one.
 */
#ifndef TRACE_ROOM_H
#define TRACE_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Makes room for element n of an array that has n elements of that size and grew by this
 * function alone: it doubles.  False: no memory; the array is as it was. */
static inline bool room_for(void **array, size_t n, size_t size)
{
	void *grown;

	if (n & (n - 1) || (n && n < 16))
		return true;
	grown = realloc(*array, (n ? 2 * n : 16) * size);
	if (grown)
		*array = grown;
	return grown;
}

#endif
