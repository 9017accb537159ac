/* SPDX-License-Identifier: Apache-2.0 */
#include "base/plain.h"

#include <stdint.h>
#include <string.h>

/* How many bytes the character at s has; 0: it is no UTF-8.  RFC 3629: nothing longer
 * than it need be, no surrogates, nothing beyond U+10FFFF. */
static size_t decode(const unsigned char *s, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *s < 0x80 ? 1 : *s < 0xc0 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf8 ? 4 : 0;

	if (!length || length > n)
		return 0;
	*c = length == 1 ? *s : *s & 0x7fu >> length;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c >= least[length] && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff) ? length : 0;
}

/* Controls (C0, C1); and what Unicode has to break lines, turn the direction of
 * writing, or show nothing at all. */
static bool shows(uint32_t c)
{
	static const uint32_t hidden[][2] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (c >= hidden[i][0] && c <= hidden[i][1])
			return false;
	return true;
}

/* How many bytes at s, at least one, show or do not. */
static size_t step(const char *s, size_t n, bool *plain)
{
	uint32_t c = 0;
	size_t length = decode((const unsigned char *)s, n, &c);

	*plain = length && shows(c);
	return length ? length : 1;
}

bool text_is_plain(const char *s, size_t n)
{
	bool plain = true;

	for (size_t i = 0; i < n && plain;)
		i += step(s + i, n - i, &plain);
	return plain;
}

char *text_plain(char *s)
{
	size_t n = strlen(s);
	bool plain;

	for (size_t i = 0; i < n;) {
		size_t length = step(s + i, n - i, &plain);

		if (!plain)
			memset(s + i, '?', length);
		i += length;
	}
	return s;
}
