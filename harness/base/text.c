/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const char *const names[][4] = {
	[UNIT_NS] = { " ns", " \u00b5s", " ms", " s" },
	[UNIT_BYTES] = { " B", " kB", " MB", " GB" },
	[UNIT_NONE] = { "", "", "", "" },
};

/* How often v is to be divided by 1000. */
static int thousands(double v, enum unit unit)
{
	int u = 0;

	/* 999.95 would print as 1000.0 of the smaller unit. */
	for (; unit != UNIT_NONE && v >= 999.5 && u < 3; u++)
		v /= 1000;
	return u;
}

static int places(double v, enum unit unit)
{
	return v < 0.9995 && unit == UNIT_NONE ? 3 : v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

static double scaled(double v, int u)
{
	while (u--)
		v /= 1000;
	return fmin(v, 1e8);
}

const char *unit_text(double v, enum unit unit, char buf[16])
{
	int u = thousands(v, unit);

	v = scaled(v, u);
	snprintf(buf, 16, "%.*f%s", places(v, unit), v, names[unit][u]);
	return buf;
}

const char *like_text(double v, double like, enum unit unit, char buf[16])
{
	v = scaled(v, thousands(like, unit));
	snprintf(buf, 16, "%.*f", places(v, unit), v);
	return buf;
}

const char *unit_name(double like, enum unit unit)
{
	return names[unit][thousands(like, unit)];
}

const char *time_text(double ns, char buf[16])
{
	return unit_text(ns, UNIT_NS, buf);
}

const char *range_text(double low, double high, enum unit unit, char buf[32])
{
	int u = thousands(high, unit);

	low = scaled(low, u);
	high = scaled(high, u);
	snprintf(buf, 32, "%.*f to %.*f%s", places(low, unit), low, places(high, unit), high,
	         names[unit][u]);
	return buf;
}

const char *ratio_text(double v, char buf[16])
{
	snprintf(buf, 16, "%.*f", v < 0.09995 ? 4 : v < 9.9995 ? 3 : v < 99.95 ? 1 : 0, fmin(v, 1e8));
	return buf;
}

const char *ratios_text(double low, double high, char buf[48])
{
	char a[16], b[16];

	snprintf(buf, 48, "%s to %s", ratio_text(low, a), ratio_text(high, b));
	return buf;
}

int text_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int text_bytes(const char *text, int columns)
{
	int n = 0;

	for (; text[n]; n++) {
		bool begins = ((unsigned char)text[n] & 0xc0) != 0x80;

		if (begins && columns-- <= 0)
			break;
	}
	return n;
}

bool text_unicode(void)
{
	/* Of its own: nothing else here is to depend on a locale. */
	locale_t l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8 = l && !strcmp(nl_langinfo_l(CODESET, l), "UTF-8");

	if (l)
		freelocale(l);
	return utf8;
}

void print_right(const char *text, int columns, FILE *out)
{
	int gap = columns - text_columns(text);

	fprintf(out, "%*s%s", gap > 0 ? gap : 0, "", text);
}

void text_wrap(const char *text, int indent, int column, FILE *out)
{
	bool begun = false;

	for (text += strspn(text, " \n"); *text; text += strspn(text, " \n")) {
		int n = (int)strcspn(text, " \n");

		if (begun && column + 1 + n > 79) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (begun) {
			fputc(' ', out);
			column++;
		} else if (column + n > 79 && column > indent) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		}
		fprintf(out, "%.*s", n, text);
		column += n;
		text += n;
		begun = true;
	}
	fputc('\n', out);
}
