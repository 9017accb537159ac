/* SPDX-License-Identifier: Apache-2.0
 *
 * cell_knobs.h: what --opt sets in a cell program.  --info says which of them mean
 * something to this one, so that nobody has to find out by rows that fail.
 */
#ifndef CELL_KNOBS_H
#define CELL_KNOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum knob {
	KNOB_SEED, KNOB_SLOW, KNOB_PLANT, KNOB_SLICE, KNOB_STACK, KNOB_STEAL,
	/* On or off; the back end knows them by SCHEDLAB_WITHOUT. */
	KNOB_ALONE, KNOB_JUDGE, KNOB_STUCK, KNOB_SHARE, KNOB_ELSEWHERE,
	KNOBS
};

struct cell_knob {
	const char *name, *help;
	int64_t min, max;               /* of a whole number */
	const char *words[6];           /* or one of these, NULL after the last: its place */
	const char *needs, *lacks;      /* the capability without which it means nothing, and
	                                   what such a back end has to say; NULL: none */
};

extern const struct cell_knob cell_knobs[KNOBS];

/* Reads "name=value": the knob with *value, or -EINVAL with a sentence. */
int cell_knob_read(const char *pair, int64_t *value, struct err *);

/* Whether cap is among caps, words separated by spaces. */
bool cell_can(const char *caps, const char *cap);

#endif
