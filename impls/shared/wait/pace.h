/* SPDX-License-Identifier: Apache-2.0
 *
 * pace.h: how often a scheduler between two switches should look at the clock,
 * for timers that are due, and at what else becomes runnable by itself.
 *
 * A look costs as much as several of the quickest switches, so there are to be
 * many of these to a look; but where each G works for a while before it lets go,
 * that many are milliseconds, and a timer comes late.  So the number follows from
 * how long the last switches took; and it no more than doubles from one look to
 * the next, since a single quick switch says little.
 */
#ifndef SL_PACE_H
#define SL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/wait/plant.h"

#define SL_PACE_SWITCHES 64     /* at most, between two looks, */
#define SL_PACE_NS 20000        /* and for so long, as far as the last ones can tell */

struct sl__pace {
	uint32_t due;           /* the switch at which to look next */
	uint32_t last;          /* at which the last look was, */
	int64_t at;             /* and when */
};

static inline bool sl__pace_due(const struct sl__pace *p, uint32_t tick)
{
	return (int32_t)(tick - p->due) >= 0;
}

/* Somebody looks, after tick switches, at the time now. */
static inline void sl__pace_looked(struct sl__pace *p, uint32_t tick, int64_t now)
{
	uint32_t switches = tick - p->last, n = 2 * switches;
	int64_t ns = now - p->at;

	if (switches == 0)
		return;
	sl__plant(switches);
	if (n > SL_PACE_SWITCHES)
		n = SL_PACE_SWITCHES;
	if (ns > (int64_t)switches * (SL_PACE_NS / SL_PACE_SWITCHES)) {
		int64_t slow = switches * (int64_t)SL_PACE_NS / ns;

		n = slow < 1 ? 1 : slow < n ? (uint32_t)slow : n;
	}
	*p = (struct sl__pace){ tick + n, tick, now };
}

#endif
