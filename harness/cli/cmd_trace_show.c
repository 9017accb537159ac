/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab trace show: traces as a picture, or as a page to zoom.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/whole.h"
#include "cli/cmd.h"
#include "plan/options.h"
#include "timeline/gantt.h"

#define SPANS_MAX 400000        /* of a page: some 8 MB */
#define MS_MAX    1e9

static const char help[] =
	"Usage: schedlab trace show FILE... -o OUT [--from MS] [--to MS]\n"
	"\n"
	"Draws who ran on each P, and what each G did: Running, Runnable, Waiting and for\n"
	"what, in a call. Several traces are drawn below each other, on one time axis.\n"
	"\n"
	"  -o OUT      .html: a page that can be zoomed, and needs nothing else;\n"
	"              .svg, .png: a picture, by gnuplot\n"
	"  --from MS   from this time on, since the trace began\n"
	"  --to MS     up to this time\n"
	"\n"
	"Examples:\n"
	"  schedlab trace show run.trace -o run.html\n"
	"  schedlab trace show one.trace two.trace -o both.svg --to 20\n";

enum { OPT_FROM = 1, OPT_TO };

static const struct option longs[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

struct request {
	const char *to_file;
	double from, to;                /* ms; to 0: to the end */
	bool page;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && !strcmp(s + n - k, end);
}

static int parse(struct request *r, int argc, char **argv, bool *asked_help, struct err *e)
{
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:h", longs, NULL)) != -1) {
		switch (c) {
		case 'o': r->to_file = optarg; break;
		case OPT_FROM: case OPT_TO:
			if (parse_decimal(optarg, 0, MS_MAX, c == OPT_FROM ? &r->from : &r->to))
				return err_set(e, -1, "--%s %.60s: not a number of milliseconds", c == OPT_FROM ? "from" : "to", optarg);
			break;
		case 'h': *asked_help = true; return 0;
		default: return options_bad_flag(c, argv, longs, e);
		}
	}
	if (optind == argc)
		return err_set(e, -1, "trace show takes a trace, or several");
	if (!r->to_file)
		return err_set(e, -1, "-o: where to is missing");
	r->page = ends_with(r->to_file, ".html");
	if (!r->page && !ends_with(r->to_file, ".svg") && !ends_with(r->to_file, ".png"))
		return err_set(e, -1, "-o %.300s: not .html, .svg or .png", r->to_file);
	if (r->to > 0 && r->from >= r->to)
		return err_set(e, -1, "--from %g is not before --to %g", r->from, r->to);
	return 0;
}

static int put_page(const struct gantt *g, const char *path, struct err *e)
{
	size_t spans = 0;
	struct whole w;
	int rc;

	for (int i = 0; i < g->n; i++)
		for (int j = 0; j < g->panel[i].nrows; j++)
			spans += g->panel[i].row[j].n;
	if (spans > SPANS_MAX)
		return err_set(e, -1, "%zu steps are too many for a page, which has %d at most: choose a part of the time "
		               "with --from and --to", spans, SPANS_MAX);
	rc = whole_begin(&w, path, e);
	if (rc)
		return rc;
	gantt_page(g, w.out);
	return whole_end(&w, 0, e);
}

static int show(const struct request *r, const struct trace *const *t, int n, struct err *e)
{
	struct gantt g;
	int rc = gantt_make(&g, t, n, (int64_t)(r->from * 1e6), (int64_t)(r->to * 1e6), r->page ? GANTT_GS_PAGE : GANTT_GS, e);

	if (rc)
		return rc;
	rc = r->page ? put_page(&g, r->to_file, e) : gantt_draw(&g, r->to_file, e);
	gantt_free(&g);
	return rc;
}

int cmd_trace_show(int argc, char **argv)
{
	struct request r = { .to_file = NULL };
	const struct trace **all;
	struct trace *t;
	struct err e;
	bool asked_help = false;
	int n = 0, rc = parse(&r, argc, argv, &asked_help, &e);

	if (rc)
		return cmd_fail(&e);
	if (asked_help) {
		fputs(help, stdout);
		return EXIT_GOOD;
	}
	t = calloc((size_t)(argc - optind), sizeof *t);
	all = calloc((size_t)(argc - optind), sizeof *all);
	if (!t || !all)
		rc = err_set(&e, -1, "no memory left");
	for (; !rc && optind < argc; optind++) {
		rc = trace_read(&t[n], argv[optind], &e);
		if (rc)
			break;
		trace_notes(&t[n], argv[optind]);
		all[n] = &t[n];
		n++;
	}
	if (!rc)
		rc = show(&r, all, n, &e);
	while (n)
		trace_free(&t[--n]);
	free(t);
	free(all);
	if (rc)
		return cmd_fail(&e);
	fprintf(stderr, "drawn: %s\n", r.to_file);
	return EXIT_GOOD;
}
