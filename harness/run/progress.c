/* SPDX-License-Identifier: Apache-2.0 */
#include "run/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR 20
#define WIDTH 79                        /* one less than 80: no terminal wraps */
#define REDRAW_NS 100000000
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

void progress_begin(struct progress *p, int done, int total)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .done = done, .total = total, .what = "",
	                        .terminal = isatty(STDERR_FILENO) &&
	                                    !(term && !strcmp(term, "dumb")) };
	p->drawn_ns = clock_ns();
}

static void draw_bar(struct progress *p)
{
	char line[256], eta[16];
	int full = (int)((int64_t)BAR * p->done / p->total);

	snprintf(line, sizeof line, "[%.*s%*s] %d/%d, %s left  %s", full, "####################",
	         BAR - full, "", p->done, p->total, progress_time(p->left_ns, eta), p->what);
	fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, line);
	p->on_line = true;
}

void progress_update(struct progress *p)
{
	int64_t now = clock_ns();
	char eta[16];

	if (now - p->drawn_ns < (p->terminal ? REDRAW_NS : PLAIN_NS))
		return;
	p->drawn_ns = now;
	if (p->terminal)
		draw_bar(p);
	else
		fprintf(stderr, "%d of %d rows, about %s left\n", p->done, p->total,
		        progress_time(p->left_ns, eta));
}

static void clear_line(struct progress *p)
{
	if (p->on_line)
		fprintf(stderr, "\r%*s\r", WIDTH, "");
	p->on_line = false;
}

void progress_say(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	clear_line(p);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void progress_end(struct progress *p)
{
	clear_line(p);
	fflush(stderr);
}
