/* SPDX-License-Identifier: Apache-2.0 */
#include "run/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/files.h"

void screen_open(struct screen *s)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	*s = (struct screen){ .is_one = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0,
	                      .bold = !(no_color && *no_color) };
	screen_resized(s);
}

bool screen_resized(struct screen *s)
{
	struct winsize w = { 0 };
	int columns = 80, rows = 24;
	bool other;

	if (s->is_one && ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0) {
		columns = w.ws_col ? w.ws_col : columns;
		rows = w.ws_row ? w.ws_row : rows;
	}
	/* Who knows what a terminal does to lines that are too long for it now: it stays, and
	 * the next block comes below. */
	if (columns < s->columns || rows <= s->lines)
		s->lines = 0;
	other = columns != s->columns || rows != s->rows;
	s->columns = columns;
	s->rows = rows;
	return other;
}

static int lines_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* What is shown goes before the next is there: the lines need not be as long. */
static void show(struct screen *s, const char *text)
{
	char *frame = NULL;
	size_t n;
	FILE *out = open_memstream(&frame, &n);

	if (!out)
		return;
	fputc('\r', out);
	if (s->lines)
		fprintf(out, "\033[%dA", s->lines);
	/* Of the rest of the window, and of the line where the terminal may have echoed a ^C. */
	fputs("\033[J", out);
	fputs(text, out);
	if (fclose(out) == 0) {
		fflush(stderr);
		write_all(STDERR_FILENO, frame, n);
	}
	free(frame);
	s->lines = lines_of(text);
}

void screen_show(struct screen *s, const char *text)
{
	if (s->is_one)
		show(s, text);
}

void screen_clear(struct screen *s)
{
	if (s->is_one && s->lines)
		show(s, "");
}
