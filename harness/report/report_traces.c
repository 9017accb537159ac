/* SPDX-License-Identifier: Apache-2.0
 *
 * report_traces.c: what happened, and when: the traces that the run has, a picture for
 * each workload, every model and P of it on one time axis.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "report/html.h"
#include "report/section.h"
#include "timeline/gantt.h"
#include "trace/trace.h"

#define TRACES_MAX 64
#define BYTES_MAX  (4 << 20)    /* of a file: more is no lesson for the eye */
/* Rows of Gs in a panel; and steps in a picture, so that the page stays one that can be
 * sent: where there are more, less of the time is shown. */
#define ROWS_MAX  10
#define STEPS_MAX 3000

/* What is to be seen in them. */
static const struct { const char *workload, *look; } looks[] = {
	{ "alphabet", "Two Gs, one main that waits for both. On one P they take turns, or one is done before the other begins; "
	              "only on two do they overlap: concurrency is not parallelism." },
	{ "blocking", "Eight Gs, each with calls that block. On N:1 a call stops every G. On M:N it stops one: its P is handed "
	              "to another thread. On 1:1 the kernel does that." },
	{ "fib", "A task is forked for each call. On 1:1 it is a thread. On N:1 and M:N one that nobody steals is run by the G that "
	         "joins it, in its turn, and needs no G of its own." },
	{ "hashes", "Two Gs that compute for longer than a time slice. On M:N and 1:1 the P is taken from one that has had its "
	            "share; on N:1 the first runs to its end." },
	{ "hog", "Gs that never let go, one on each P, and a light one that wants to run every millisecond. Where it waits in a "
	         "queue, Runnable, somebody else has the P." },
};

static int is_trace(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return *d->d_name != '.' && dot && !strcmp(dot, ".trace");
}

static size_t steps_in(const struct gantt *g)
{
	size_t n = 0;

	for (int i = 0; i < g->n; i++)
		for (int j = 0; j < g->panel[i].nrows; j++)
			n += g->panel[i].row[j].n;
	return n;
}

/* As much of the time as fits, from the start. */
static int make(struct gantt *g, const struct trace *const *t, int n, bool *cut)
{
	struct err ignored;
	int64_t to = 0;

	*cut = false;
	while (!gantt_make(g, t, n, 0, to, ROWS_MAX, &ignored)) {
		if (steps_in(g) <= STEPS_MAX)
			return 0;
		to = g->to / 4 * 3;
		*cut = true;
		gantt_free(g);
		if (to < 1000)
			break;
	}
	return -1;
}

static void print_group(const struct page *p, const struct trace *const *t, int n)
{
	const struct trace *first = t[0];
	struct gantt g;
	bool cut;

	if (make(&g, t, n, &cut))
		return;
	fputs("<h3>", p->out);
	html_text(*first->workload ? first->workload : "traces", p->out);
	if (*first->set)
		html_textf(p->out, ", %s", first->set);
	fputs("</h3>\n<p>", p->out);
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (!strcmp(looks[i].workload, first->workload))
			html_text(looks[i].look, p->out);
	if (cut)
		html_textf(p->out, " Shown are the first %.3g ms.", (double)g.to / 1e6);
	fputs("</p>\n", p->out);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < t[i]->nnotes; j++) {
			fputs("<p class=\"note\">", p->out);
			html_text(t[i]->note[j], p->out);
			fputs("</p>\n", p->out);
		}
	gantt_section(&g, p->out);
	gantt_free(&g);
}

/* Those of one workload, of one size, are a picture. */
static bool together(const struct trace *a, const struct trace *b)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->set, b->set);
}

static bool is_small(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size <= BYTES_MAX;
}

void page_traces_read(struct page *p)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct dirent **names;
	struct err ignored;
	int found = scandir(path_join(dir, results_files(p->r), "traces"), &names, is_trace, alphasort);

	if (found <= 0)
		return;
	p->traces = calloc((size_t)found, sizeof *p->traces);
	for (int i = 0; i < found; i++) {
		path_join(path, dir, names[i]->d_name);
		if (p->traces && p->ntraces < TRACES_MAX && is_small(path) &&
		    !trace_read(&p->traces[p->ntraces], path, &ignored))
			p->ntraces++;
		free(names[i]);
	}
	free(names);
}

void page_traces_free(struct page *p)
{
	while (p->ntraces)
		trace_free(&p->traces[--p->ntraces]);
	free(p->traces);
}

void section_traces(const struct page *p)
{
	const struct trace *t = p->traces, *group[TRACES_MAX];

	if (!p->ntraces)
		return;
	fputs("<section id=\"traces\" aria-labelledby=\"traces-h\">\n<h2 id=\"traces-h\">What happened, and when</h2>\n"
	      "<p>One iteration each, traced beside the run: nothing here is a measurement. Rows of Ps (of "
	      "CPUs, where Gs are threads) show who ran there; the rows below them what each G did.</p>\n<style>\n", p->out);
	fputs(gantt_css, p->out);
	fputs("</style>\n", p->out);
	for (int i = 0; i < p->ntraces; i++) {
		bool seen = false;
		int n = 0;

		for (int j = 0; j < i; j++)
			seen |= together(&t[j], &t[i]);
		for (int j = i; j < p->ntraces && !seen; j++)
			if (together(&t[i], &t[j]))
				group[n++] = &t[j];
		if (n)
			print_group(p, group, n);
	}
	fputs("<script>\n", p->out);
	fputs(gantt_js, p->out);
	fputs("</script>\n</section>\n", p->out);
}
