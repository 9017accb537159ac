/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <stdarg.h>
#include <stdbool.h>

void html_text(const char *text, FILE *out)
{
	for (; *text; text++)
		switch (*text) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(*text, out);
		}
}

void html_textf(FILE *out, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	html_text(text, out);
}

void html_svg_address(const char *svg, size_t n, FILE *out)
{
	static const char hex[] = "0123456789ABCDEF";
	bool blank = false;

	/* What is neither the address's own punctuation nor the attribute's stays: base64
	 * would take a third more. */
	fputs("data:image/svg+xml,", out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)svg[i];

		if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
			blank = true;
			continue;
		}
		if (blank)
			fputc(' ', out);
		blank = false;
		if (c < 0x20 || c >= 0x7f || c == '\'' || c == '%' || c == '#' || c == '&' || c == '<')
			fprintf(out, "%%%c%c", hex[c >> 4], hex[c & 15]);
		else
			fputc(c, out);
	}
}

void html_json(const char *json, FILE *out)
{
	for (; *json; json++)
		if (*json == '<')
			fputs("\\u003c", out);
		else
			fputc(*json, out);
}
