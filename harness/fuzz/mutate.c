/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/mutate.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where types end, and what readers forget that numbers may be. */
static const char *const numbers[] = {
	"0", "-0", "1", "-1", "2", "127", "128", "255", "256", "1023", "1024", "1025", "32767", "65535", "65536",
	"100000", "100001", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "4294967297",
	"9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"18446744073709551615", "99999999999999999999999999", "0.5", "-0.5", "1e3", "1e-300", "1e300", "1e308",
	"1e-320", "1e999", "NaN", "null", "true", "\"1\"", "[]", "{}", "0x0", "0x1", "0xffffffff", "0xf...f",
	"0xffffffff,0xffffffff", "0x80000000,,,,0x1",
};

static const char *const strings[] = {
	"", " ", "a", "\\u001b[31m", "\\u0000", "\\u009b", "\\u202e", "\\ud800", "\\n", "\\t", "\\\\", "%s%n%d", "\033[2J",
	"\377\376", "\302\233", "../../etc", "/dev/zero", "none", "ok", "cell", "calibration", "go", "n=1", "a,b", "a b",
	"0,2,4", "PU", "Core", "Machine", "NUMANode", "L3Cache", "Package", "Group",
	"\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265\302\265",
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
};

#define COUNT(a) (sizeof (a) / sizeof *(a))

struct mutator {
	struct text t;          /* with room for max */
	size_t max;
	uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014); below n, near enough evenly. */
static size_t below(struct mutator *m, size_t n)
{
	uint64_t z = m->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return n ? (size_t)((z ^ z >> 31) % n) : 0;
}

/* Bytes [at, at + length) become these, as far as there is room. */
static void replace(struct mutator *m, size_t at, size_t length, const char *with, size_t n)
{
	size_t behind = m->t.n - at - length;

	if (at + n + behind > m->max)
		return;
	memmove(m->t.s + at + n, m->t.s + at + length, behind);
	memcpy(m->t.s + at, with, n);
	m->t.n = at + n + behind;
}

static void replace_copy(struct mutator *m, size_t at, size_t length, const char *with, size_t n)
{
	char *copy = malloc(n + 1);

	if (copy) {
		memcpy(copy, with, n);
		replace(m, at, length, copy, n);
	}
	free(copy);
}

/* A piece of up to 64 bytes, mostly a short one, from at. */
static size_t piece(struct mutator *m, size_t n, size_t at)
{
	size_t length = 1 + below(m, 1 + below(m, 64));

	return at + length < n ? length : n - at;
}

static size_t line_start(const struct text *t, size_t at)
{
	while (at > 0 && t->s[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_length(const struct text *t, size_t at)
{
	const char *end = memchr(t->s + at, '\n', t->n - at);

	return end ? (size_t)(end + 1 - (t->s + at)) : t->n - at;
}

static bool is_number(char c)
{
	return isdigit((unsigned char)c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'x';
}

/* The number that begins at, or the first after it. */
static void change_number(struct mutator *m)
{
	const char *number = numbers[below(m, COUNT(numbers))];
	size_t at = below(m, m->t.n), end;

	while (at < m->t.n && !isdigit((unsigned char)m->t.s[at]))
		at++;
	if (at == m->t.n)
		return;
	while (at > 0 && is_number(m->t.s[at - 1]))
		at--;
	for (end = at; end < m->t.n && is_number(m->t.s[end]); end++)
		;
	replace(m, at, end - at, number, strlen(number));
}

/* What stands between two quotes, from at on; or, of a table, between two tabs. */
static bool find_string(const struct text *t, size_t at, size_t *from, size_t *to)
{
	while (at < t->n && t->s[at] != '"' && t->s[at] != '\t')
		at++;
	*from = ++at;
	while (at < t->n && t->s[at] != '"' && t->s[at] != '\t' && t->s[at] != '\n')
		at++;
	*to = at;
	return *from <= t->n && *to <= t->n && at < t->n;
}

static void change_string(struct mutator *m)
{
	const char *string = strings[below(m, COUNT(strings))];
	size_t from, to, other, end;

	if (!find_string(&m->t, below(m, m->t.n), &from, &to))
		return;
	if (below(m, 2))
		replace(m, from, to - from, string, strlen(string));
	else if (find_string(&m->t, below(m, m->t.n), &other, &end))
		replace_copy(m, from, to - from, m->t.s + other, end - other);
}

static void change(struct mutator *m, const struct text *other)
{
	size_t at = below(m, m->t.n), to = below(m, m->t.n + 1), line, length;
	char c = (char)below(m, 256);

	if (!m->t.n) {
		replace(m, 0, 0, &c, 1);
		return;
	}
	line = line_start(&m->t, at);
	length = line_length(&m->t, line);
	switch (below(m, 16)) {
	case 0:
		m->t.s[at] ^= (char)(1 << below(m, 8));
		break;
	case 1:
		m->t.s[at] = c;
		break;
	case 2:
		replace(m, at, 0, &c, 1);
		break;
	case 3:
		replace(m, at, piece(m, m->t.n, at), "", 0);
		break;
	case 4:
		replace_copy(m, to, 0, m->t.s + at, piece(m, m->t.n, at));
		break;
	case 5:
		if (other->n) {
			at = below(m, other->n);
			replace(m, to, 0, other->s + at, piece(m, other->n, at));
		}
		break;
	case 6:
		replace(m, line, length, "", 0);
		break;
	case 7:
		replace_copy(m, line_start(&m->t, to), 0, m->t.s + line, length);
		break;
	case 8:
		m->t.n = below(m, 4) ? m->t.n : at;
		break;
	case 9:
	case 10:
	case 11:
		change_string(m);
		break;
	default:
		change_number(m);
	}
}

struct text mutate(const struct text *from, const struct text *other, uint64_t seed, size_t max)
{
	struct mutator m = { .t = { malloc(max + 1), from->n < max ? from->n : max }, .max = max, .state = seed };

	if (!m.t.s)
		abort();
	memcpy(m.t.s, from->s, m.t.n);
	for (size_t i = 1 + below(&m, 1 + below(&m, 8)); i > 0; i--)
		change(&m, other);
	/* As large as it is, so that a sanitizer sees what is read beyond it. */
	m.t.s = realloc(m.t.s, m.t.n + 1);
	m.t.s[m.t.n] = '\0';
	return m.t;
}
