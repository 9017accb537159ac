/* SPDX-License-Identifier: Apache-2.0
 *
 * agreement.h: whether the back ends did the same work.  A cell verifies its own
 * result; that it says so is its word.  What it did in an iteration, and what came of
 * it, is the same for the same workload, P, parameters and knobs on every back end: so
 * where two disagree, one of them measured something else.
 */
#ifndef AGREEMENT_H
#define AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/spec.h"

struct json_t;
struct row;

/* What each cell said first; zeroed is ready. */
struct agreement {
	struct said *v;
	int n;
};

/* Takes what a row says of itself.  True if it agrees with what was taken before of the
 * same work, or nothing was, or it says nothing; else why[size] names both back ends
 * and what they disagree in.  Out of memory: nothing is compared. */
bool agreement_take(struct agreement *, const struct cell *, const struct json_t *benchmark,
                    const struct json_t *detail, char *why, size_t size);
/* The same, of a row that was read. */
bool agreement_take_row(struct agreement *, const struct row *, char *why, size_t size);

void agreement_free(struct agreement *);

/* A sentence if somebody disagrees about the work of this cell; else NULL. */
const char *agreement_dispute(const struct agreement *, const struct cell *);

#endif
