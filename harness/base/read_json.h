/* SPDX-License-Identifier: Apache-2.0
 *
 * read_json.h: JSON that somebody else wrote: a cell, a run, a build.  Whoever reads
 * some reads it here, so that all of its strings and keys are plain (plain.h).
 */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;

#define JSON_WHY 200

/* One value and nothing behind it, no key twice; NULL with why not. */
struct json_t *json_read(const char *text, size_t n, char why[JSON_WHY]);

/* The whole number that o has under key.  False: it has none there, or one that is
 * not in min..max. */
bool json_get_int(const struct json_t *o, const char *key, int64_t min, int64_t max, int64_t *out);

#endif
