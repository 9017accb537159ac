/* SPDX-License-Identifier: Apache-2.0 */
#include "run/progress.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define BAR 20
#define REDRAW_NS 250000000
#define PLAIN_NS 5000000000

const char *progress_time(double ns, char buf[16])
{
	unsigned long s = ns < 3.6e15 ? (unsigned long)(ns / 1e9 + 0.5) : 3600000;

	if (s >= 3600)
		snprintf(buf, 16, "%luh%02lum", s / 3600 % 10000, s / 60 % 60);
	else if (s >= 60)
		snprintf(buf, 16, "%lum%02lus", s / 60, s % 60);
	else
		snprintf(buf, 16, "%lus", s);
	return buf;
}

void progress_begin(struct progress *p, int done, int total, progress_table *table, void *arg)
{
	*p = (struct progress){ .done = done, .total = total, .what = "", .table = table, .arg = arg };
	screen_open(&p->screen);
	p->drawn_ns = clock_ns();
}

/* "[###   ] 3/12, 7s left  fib n=20 | go P=1 none" in one line. */
static void put_bar(const struct progress *p, FILE *out)
{
	char line[256], eta[16];
	int full = (int)((int64_t)BAR * p->done / p->total), n;

	snprintf(line, sizeof line, "[%.*s%*s] %d/%d, %s left  %s", full, "####################",
	         BAR - full, "", p->done, p->total, progress_time(p->left_ns, eta), p->what);
	n = text_bytes(line, p->screen.columns - 1);
	fprintf(out, "%.*s\n", n, line);
}

static void draw(struct progress *p)
{
	const struct screen *s = &p->screen;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return;
	if (p->table && s->columns >= SCREEN_COLUMNS_LEAST && s->rows >= SCREEN_ROWS_LEAST)
		p->table(p->arg, s, s->rows - 2, out);  /* the bar, and the line of the cursor */
	put_bar(p, out);
	if (fclose(out) == 0)
		screen_show(&p->screen, text);
	free(text);
	p->news = false;
}

void progress_what(struct progress *p, const char *what)
{
	p->what = what;
	p->news = true;
}

void progress_update(struct progress *p)
{
	int64_t now = clock_ns();
	char eta[16];

	if (screen_resized(&p->screen))
		p->news = true;
	if (now - p->drawn_ns < (p->screen.is_one ? REDRAW_NS : PLAIN_NS) || (p->screen.is_one && !p->news))
		return;
	p->drawn_ns = now;
	if (p->screen.is_one)
		draw(p);
	else
		fprintf(stderr, "%d of %d rows, about %s left\n", p->done, p->total,
		        progress_time(p->left_ns, eta));
}

void progress_say(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	screen_clear(&p->screen);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	p->news = true;
}

void progress_end(struct progress *p)
{
	screen_clear(&p->screen);
	fflush(stderr);
}
