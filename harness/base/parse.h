/* SPDX-License-Identifier: Apache-2.0
 *
 * parse.h: reading what a person typed, strictly.  Nothing is skipped, cut or
 * guessed: "4x", " 4", "+4", "0x4" and "" are no numbers.  Shared by the
 * command line and by the cell programs, so it depends on libc alone.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>
#include <stdint.h>

/* A decimal integer, with a minus sign at most: 0 with *out set, -EINVAL when
 * s is none, -ERANGE when it is not in min..max. */
int parse_int(const char *s, int64_t min, int64_t max, int64_t *out);

/* A plain decimal such as 0.05: no exponent, sign, hex, inf or nan. */
int parse_decimal(const char *s, double min, double max, double *out);

/* Splits "key=value" at the first '=': 0 with the length of key, or -EINVAL
 * when there is no '=', no key or no value. */
int parse_pair(const char *s, size_t *keylen);

/* A list separated by commas, cut into words. */
struct words {
	char **v;
	int n;
	char *text;             /* what v points into */
};

/* 0; -EINVAL with *bad = "" for an empty item, -EEXIST with *bad the item that
 * comes twice, -ENOMEM.  On failure nothing is left to free but *bad, which is
 * cut to bad[64]. */
int words_split(struct words *, const char *s, char bad[64]);
void words_free(struct words *);

/* The nearest of several names to a mistyped word:
 *     struct nearest n = { .word = w };
 *     for each name: nearest_try(&n, name);
 *     n.best is the nearest, or NULL when none is near enough to suggest. */
struct nearest {
	const char *word;
	const char *best;
	int distance;
};
void nearest_try(struct nearest *, const char *name);

/* ", did you mean NAME?" or "", in buf: what follows "unknown X 'word'". */
const char *nearest_hint(const struct nearest *, char *buf, size_t size);

#endif
