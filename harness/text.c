/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <math.h>

const char *time_text(double ns, char buf[16])
{
	static const char *const units[] = { "ns", "\u00b5s", "ms", "s" };
	int u = 0;

	/* 999.95 would print as 1000.0 of the smaller unit. */
	while (ns >= 999.5 && u < 3) {
		ns /= 1000;
		u++;
	}
	snprintf(buf, 16, "%.*f %s", ns < 9.995 ? 2 : ns < 99.95 ? 1 : 0, fmin(ns, 1e8), units[u]);
	return buf;
}

int text_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

void print_right(const char *text, int columns, FILE *out)
{
	int gap = columns - text_columns(text);

	fprintf(out, "%*s%s", gap > 0 ? gap : 0, "", text);
}
