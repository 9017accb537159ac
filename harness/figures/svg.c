/* SPDX-License-Identifier: Apache-2.0
 *
 * svg.c: gnuplot writes a tag a line, and texts in lines of their own; so lines are what is
 * looked at here.  A line of text is never changed, for it may say anything.
 */
#include "figures/svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"

#define SVG_MAX ((size_t)64 << 20)

#define FONT " font-family=\""

/* What is the same without it: defaults, and what the group of all says. */
static const char *const idle[] = {
	" stroke-linecap=\"butt\"", " stroke-linejoin=\"miter\"", " fill=\"none\"", " color=\"black\"", " class=\"gridline\"",
	" stroke=\"currentColor\"", " stroke-width=\"1.20\"",
};

/* What stands before the name of something in this file. */
static const char *const names[] = { " id='", "href='#", "url(#" };

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void escaped(const char *s, FILE *out)
{
	for (; *s; s++)
		switch (*s) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		default: putc(*s, out);
		}
}

/* The length of what is idle here; 0: it is not. */
static size_t skipped(const char *s)
{
	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
		if (starts(s, idle[i]))
			return strlen(idle[i]);
	if (starts(s, FONT)) {
		const char *end = strchr(s + strlen(FONT), '"');

		return end ? (size_t)(end + 1 - s) : 0;
	}
	/* A path that goes nowhere: a tick of no length. */
	if (starts(s, "<path ")) {
		const char *d = strstr(s, " d='M");
		size_t n = d ? strspn(d + 5, "0123456789.,- ") : 0;

		return d && starts(d + 5 + n, "'/>") ? (size_t)(d + 5 + n + 3 - s) : 0;
	}
	if (*s == '\t')
		return 1;
	return *s == ' ' && (s[1] == ' ' || s[1] == '>' || s[1] == '/');
}

/* "rgb(191, 214, 231)" as "#bfd6e7"; its length, 0: it is none. */
static size_t put_colour(const char *s, FILE *out)
{
	int r, g, b, n = 0;

	if (sscanf(s, "rgb(%3d,%3d,%3d)%n", &r, &g, &b, &n) != 3 || !n)
		return 0;
	fprintf(out, "#%02x%02x%02x", (unsigned)r & 255, (unsigned)g & 255, (unsigned)b & 255);
	return (size_t)n;
}

/* Tags, and nothing between them. */
static void put_tags(const char *s, const char *prefix, FILE *out)
{
	while (*s) {
		size_t n = skipped(s);

		n = n ? n : *s == 'r' ? put_colour(s, out) : 0;
		if (n) {
			s += n;
			continue;
		}
		for (size_t i = 0; i < sizeof names / sizeof *names && !n; i++)
			if (starts(s, names[i]))
				n = strlen(names[i]);
		fprintf(out, "%.*s%s", (int)(n ? n : 1), s, n ? prefix : "");
		s += n ? n : 1;
	}
}

/* Groups within each other.  One that ends where another begins that is like it goes on
 * instead: gnuplot has one for each thing it draws. */
#define DEPTH 16
struct groups {
	const char *begins[DEPTH];      /* their tags */
	int n;
	const char *ended;              /* the last one's, whose end is not written yet */
};

static void end_group(struct groups *g, FILE *out)
{
	if (g->ended)
		fputs("</g>\n", out);
	g->ended = NULL;
}

struct head { bool title, desc; };

/* A line that this file has once; the others are put as they are. */
static bool put_head(const char *s, const struct figure_kind *k, struct head *seen, struct groups *g, FILE *out)
{
	if (!seen->title && starts(s, "<title>")) {
		seen->title = true;
		fputs("<title>", out);
		escaped(k->title, out);
		fputs("</title>\n", out);
		return true;
	}
	if (!seen->desc && starts(s, "<desc>")) {
		seen->desc = true;
		fputs("<desc>", out);
		escaped(k->alt, out);
		putc(' ', out);
		escaped(k->reading, out);
		fputs("</desc>\n", out);
		return true;
	}
	if (starts(s, "<svg ")) {
		fputs("<svg role=\"img\"\n", out);
		return true;
	}
	if (starts(s, "<g id=\"gnuplot_canvas\"")) {
		fprintf(out, "<g id=\"%s-canvas\" fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.20\" "
		        "font-family=\"DejaVu Sans,Verdana,Helvetica,sans-serif\">\n", k->name);
		if (g->n < DEPTH)
			g->begins[g->n] = "";
		g->n++;
		return true;
	}
	/* The ground has no edge, and marks on it have no white ring. */
	if (starts(s, "<rect x=\"0\" y=\"0\"")) {
		fprintf(out, "<rect stroke=\"none\"%s\n", s + strlen("<rect"));
		return true;
	}
	if (starts(s, "<use ") && strstr(s, " color='#FFFFFF'/>"))
		return true;
	/* A browser would show it, gnuplot's command for these points, under the pointer. */
	if (starts(s, "<g id=\"gnuplot_plot_")) {
		end_group(g, out);
		fputs("<g>\n", out);
		if (g->n < DEPTH)
			g->begins[g->n] = "";
		g->n++;
		return true;
	}
	return false;
}

/* A line without the end of a group. */
static void put_line(const char *line, const char *prefix, struct groups *g, FILE *out)
{
	bool begins = starts(line, "<g");

	if (begins && g->ended && !strcmp(g->ended, line)) {
		g->ended = NULL;
		g->n++;
		return;
	}
	end_group(g, out);
	if (starts(line, "<text"))
		fputs(line, out);
	else
		put_tags(line, prefix, out);
	putc('\n', out);
	if (begins && g->n < DEPTH)
		g->begins[g->n] = line;
	g->n += begins;
}

static void rewrite(char *text, const struct figure_kind *k, FILE *out)
{
	struct head seen = { false, false };
	struct groups groups = { .n = 0 };
	char prefix[64], *line = text, *next;

	snprintf(prefix, sizeof prefix, "%s-", k->name);
	for (; line; line = next) {
		size_t n;
		bool ends;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line += strspn(line, "\t");
		n = strlen(line);
		/* A group of nothing. */
		if (starts(line, "<g fill=") && line[n - 1] == '>' && next && starts(next, "</g>\n")) {
			next += strlen("</g>\n");
			continue;
		}
		if (!n || put_head(line, k, &seen, &groups, out))
			continue;
		ends = !starts(line, "<text") && n >= 4 && !strcmp(line + n - 4, "</g>");
		if (ends)
			line[n - 4] = '\0';
		if (*line)
			put_line(line, prefix, &groups, out);
		if (ends) {
			end_group(&groups, out);
			groups.n -= groups.n > 0;
			groups.ended = groups.n < DEPTH ? groups.begins[groups.n] : "";
		}
	}
	end_group(&groups, out);
}

int svg_finish(const char *dir, const char *file, const struct figure_kind *k, struct err *e)
{
	char path[PATH_MAX], *text, *made = NULL;
	size_t n = 0;
	FILE *out;
	int rc = file_get(path_join(path, dir, file), SVG_MAX, &text, NULL, e);

	if (rc)
		return rc;
	if (!starts(text, "<?xml")) {
		free(text);
		return 0;
	}
	out = open_memstream(&made, &n);
	if (out)
		rewrite(text, k, out);
	rc = out && fclose(out) == 0 ? file_put(dir, file, made, n, e) : err_set(e, -ENOMEM, "out of memory");
	free(made);
	free(text);
	return rc;
}
