/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';    /* isdigit asks the locale */
}

int parse_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = *s == '-';
	const char *p = s + negative;
	int64_t v = 0;

	if (!*p)
		return -EINVAL;
	for (const char *q = p; *q; q++)
		if (!is_digit(*q))
			return -EINVAL;
	for (; *p; p++) {
		int digit = negative ? -(*p - '0') : *p - '0';

		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
			return -ERANGE;
	}
	if (v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

int parse_decimal(const char *s, double min, double max, double *out)
{
	double v = 0, unit = 1;
	int digits = 0;
	bool point = false;

	for (; *s; s++) {
		if (*s == '.' && !point) {
			point = true;
		} else if (is_digit(*s)) {
			v = v * 10 + (*s - '0');
			unit *= point ? 10 : 1;
			if (++digits > 15)
				return -ERANGE;
		} else {
			return -EINVAL;
		}
	}
	if (!digits)
		return -EINVAL;
	v /= unit;
	if (v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

int parse_pair(const char *s, size_t *keylen)
{
	const char *eq = strchr(s, '=');

	if (!eq || eq == s || !eq[1])
		return -EINVAL;
	*keylen = eq - s;
	return 0;
}

int words_split(struct words *w, const char *s, char bad[64])
{
	int items = 1;

	for (const char *p = s; *p; p++)
		items += *p == ',';
	*w = (struct words){ .text = strdup(s), .v = calloc(items + 1, sizeof *w->v) };
	if (!w->text || !w->v) {
		words_free(w);
		return -ENOMEM;
	}
	for (char *p = w->text, *next; p; p = next) {
		int rc = 0;

		next = strchr(p, ',');
		if (next)
			*next++ = '\0';
		if (!*p)
			rc = -EINVAL;
		for (int i = 0; i < w->n && !rc; i++)
			if (!strcmp(w->v[i], p))
				rc = -EEXIST;
		if (rc) {
			snprintf(bad, 64, "%s", p);
			words_free(w);
			return rc;
		}
		w->v[w->n++] = p;
	}
	return 0;
}

void words_free(struct words *w)
{
	free(w->v);
	free(w->text);
	*w = (struct words){ 0 };
}

#define WORD_MAX 64

static int min2(int a, int b)
{
	return a < b ? a : b;
}

/* Edits between a and b, an exchange of neighbours counting as one (the
 * optimal string alignment distance): the slips of a typing hand. */
static int edits(const char *a, int na, const char *b, int nb)
{
	int d[WORD_MAX + 1][WORD_MAX + 1];

	for (int i = 0; i <= na; i++)
		d[i][0] = i;
	for (int j = 0; j <= nb; j++)
		d[0][j] = j;
	for (int i = 1; i <= na; i++) {
		for (int j = 1; j <= nb; j++) {
			bool same = a[i - 1] == b[j - 1];

			d[i][j] = min2(d[i - 1][j - 1] + !same,
			               min2(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}

void nearest_try(struct nearest *n, const char *name)
{
	int nw = (int)strnlen(n->word, WORD_MAX + 1), nn = (int)strnlen(name, WORD_MAX + 1);
	int distance;

	if (nw > WORD_MAX || nn > WORD_MAX)
		return;
	distance = edits(n->word, nw, name, nn);
	/* A name begun is a name meant: "doc" for "documents". */
	if (nw >= 3 && nw < nn && !strncmp(n->word, name, nw))
		distance = 1;
	/* Beyond a third of the word it is another word, not a slip. */
	if (distance > 1 + nn / 3 || distance >= nn)
		return;
	if (!n->best || distance < n->distance) {
		n->best = name;
		n->distance = distance;
	}
}

const char *nearest_hint(const struct nearest *n, char *buf, size_t size)
{
	buf[0] = '\0';
	if (n->best)
		snprintf(buf, size, ", did you mean %s?", n->best);
	return buf;
}
