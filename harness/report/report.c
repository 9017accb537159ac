/* SPDX-License-Identifier: Apache-2.0
 *
 * report.c: a page from its parts.
 */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "compare/told.h"
#include "report/html.h"
#include "report/page_files.h"
#include "report/section.h"
#include "results/folder.h"
#include "verdicts/sentences.h"

/* In the order of the page.  What a reader came for comes first, what it rests on last. */
static const struct part {
	void (*print)(const struct page *);
} parts[] = {
	{ section_head },
	{ section_sentences },
	{ section_table },
	{ section_runs },
	{ section_figures },
	{ section_traces },
	{ section_lessons },
	{ section_words },
	{ section_machine },
	{ section_method },
	{ section_cells },
};

/* The baseline that is shown first: a kernel thread for each task is what everybody has. */
static int choose_base(const struct page *p)
{
	for (int i = 0; p->r->backends[i]; i++)
		if (!strcmp(page_model(p, p->r->backends[i]), "1:1"))
			return i;
	return 0;
}

static int print(const struct page *p)
{
	int rc;

	/* Nothing is ever fetched: should anything ask for it, the browser refuses. */
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>What a scheduling model costs, and what it buys",
	      p->out);
	if (*results_fact(p->r, "started"))
		html_textf(p->out, ", %.10s", results_fact(p->r, "started"));
	fputs("</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n", p->out);
	fwrite(page_css, 1, (size_t)(page_css_end - page_css), p->out);
	fputs("</style>\n</head>\n<body>\n", p->out);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		parts[i].print(p);
	fputs("<script type=\"application/json\" id=\"data\">", p->out);
	rc = section_data(p);
	fputs("</script>\n<script>\n", p->out);
	fwrite(page_js, 1, (size_t)(page_js_end - page_js), p->out);
	fputs("</script>\n</body>\n</html>\n", p->out);
	return rc;
}

/* "DIR/report.html" as file_put has it: a folder and a name. */
static int put(const char *path, const char *text, size_t n, struct err *e)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (slash && !slash[1])
		return err_set(e, -EISDIR, "%.300s is a folder, not a file for a page", path);
	snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : slash ? (int)(slash - path) : 1, slash ? path : ".");
	return file_put(dir, slash ? slash + 1 : path, text, n, e);
}

static int check(const struct results *const *runs, int n, struct err *e)
{
	for (int i = 0; i < n; i++) {
		if (results_of_two_builds(runs[i]))
			return err_set(e, -EINVAL, "%.300s holds two builds against each other: ab prints that run", runs[i]->dir);
		if (!runs[i]->ncells)
			return err_set(e, -EINVAL, "%.300s has no cells, and so no page", runs[i]->dir);
	}
	return 0;
}

int report_print(const struct results *const *runs, int n, const struct catalog *c, FILE *out, struct err *e)
{
	struct page p = { .out = out, .r = runs[0], .runs = runs, .nruns = n, .c = c };
	char xml[PATH_MAX];
	struct err ignored;
	struct summary s;
	struct grid g;
	struct plan plan;
	int rc = check(runs, n, e);

	rc = rc ? rc : summary_make(&s, p.r, e);
	if (rc)
		return rc;
	rc = told_find(&s.told, p.r, e);
	rc = rc ? rc : sentences_make(&s.sentences, p.r, c, questions, e);
	rc = rc ? rc : grid_make(&g, p.r, &s, e);
	if (!rc) {
		p.s = &s;
		p.g = &g;
		p.base = choose_base(&p);
		p.plan = meta_plan(&plan, p.r->meta, &ignored) ? NULL : &plan;
		if (topo_open(&p.topo, path_join(xml, results_files(p.r), "topology.xml"), NULL, &ignored))
			p.topo = NULL;
		page_traces_read(&p);
		if (print(&p))
			rc = err_set(e, -ENOMEM, "out of memory");
		page_traces_free(&p);
		topo_close(p.topo);
		if (p.plan)
			plan_free(&plan);
		grid_free(&g);
	}
	summary_free(&s);
	return rc;
}

int report_write(const struct results *const *runs, int n, const struct catalog *c, const char *path, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool whole;
	int rc;

	if (!out)
		return err_set(e, -ENOMEM, "out of memory");
	rc = report_print(runs, n, c, out, e);
	whole = !ferror(out);
	if ((fclose(out) || !whole) && !rc)
		rc = err_set(e, -ENOMEM, "out of memory");
	rc = rc ? rc : put(path, text, size, e);
	free(text);
	return rc;
}

int report_run(const char *dir, const struct catalog *c, struct err *e)
{
	char path[PATH_MAX];
	struct results r;
	const struct results *one = &r;
	int rc = results_read(&r, dir, e);

	if (rc)
		return rc;
	rc = report_write(&one, 1, c, path_join(path, dir, REPORT_NAME), e);
	results_free(&r);
	return rc;
}
