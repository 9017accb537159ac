/* SPDX-License-Identifier: Apache-2.0
 *
 * json.h: what the files that touch JSON share; nobody else includes
 * it.  NaN and infinity cannot get into what they write: jansson has none.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "plan/spec.h"
#include "results/results.h"
#include "stats/clusters.h"

/* A string of any bytes; those that are no plain text become '?'. */
json_t *json_text(const char *s);

/* NULL when absent or no string. */
const char *json_get_text(const json_t *o, const char *key);

/* Prints and frees o; 0 or -errno. */
int json_print(json_t *o, FILE *out, size_t flags);

/* results_notes, a string each. */
json_t *notes_to_json(const struct results *);

/* How many iterations came before the timed ones; 1 where the detail does not say. */
double warmups_of(const json_t *detail);

/* {"below", "low", "above", "high"}; null where they are of one kind. */
json_t *clusters_to_json(const struct stats_clusters *);

json_t *cell_to_json(const struct cell *);

/* The strings stay o's; cpus is the caller's to free.  0, -EINVAL when it is
 * no cell, or -ENOMEM. */
int cell_from_json(struct cell *, const json_t *o);

#endif
