/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/budget.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/text.h"
#include "compare/compare.h"
#include "compare/rows.h"
#include "results/folder.h"
#include "stats/runs.h"
#include "stats/stats.h"

/* Of what is left, this much is planned with: a block more than another is disturbed, and
 * measured again. */
#define PLANNED 0.95

/* Between a process and the next, as measured: files are read and written, and synced. */
#define BESIDE_S 0.006

const char *budget_pilot(char buf[PATH_MAX], const char *dir)
{
	return path_join(buf, dir, "pilot");
}

/* ---- What a block takes ------------------------------------------------------------ */

/* All attempts at all rows, in seconds: *pilot of all, and *block of a block of the
 * later ones. */
static int read_times(const char *dir, double *pilot, double *block, struct err *e)
{
	char path[PATH_MAX], *text;
	struct row *rows;
	size_t size, whole;
	int n, rc = file_get(path_join(path, dir, "cells.jsonl"), RUN_MAX, &text, &size, e);

	if (rc)
		return rc;
	rc = rows_parse(text, size, &rows, &n, &whole, path, e);
	free(text);
	if (rc)
		return rc;
	*pilot = *block = 0;
	for (int i = 0; i < n; i++) {
		double wall;

		if (!row_counter(&rows[i], "wall_ns", &wall))
			continue;
		*pilot += wall / 1e9 + BESIDE_S;
		if (rows[i].rep > 0 && rows[i].rep < BUDGET_PILOT)
			*block += (wall / 1e9 + BESIDE_S) / (BUDGET_PILOT - 1);
	}
	rows_free(rows, n);
	return 0;
}

int budget_blocks(double left_s, double block_s)
{
	double n = floor(PLANNED * left_s / block_s);

	if (!(n >= BUDGET_LEAST))
		return 0;
	return n < BUDGET_MOST ? (int)n : BUDGET_MOST;
}

/* ---- What so many find --------------------------------------------------------------- */

struct finder {
	const struct results *r;
	struct by_cell rows;
	double *x;                      /* of a pair's blocks, then of a workload's pairs */
	int n;
};

static bool counts(const struct row *row)
{
	return row->status == ST_OK && !row->disturbed;
}

/* The standard deviation of the log ratio of two cells over blocks that have both; NAN:
 * there are not two. */
static double scatter_of(const struct by_cell *by, int a, int b)
{
	double sum = 0, squares = 0;
	int n = 0;

	for (int i = by->first[a], j = by->first[b]; i < by->first[a + 1] && j < by->first[b + 1];) {
		const struct row *x = by->rows[i], *y = by->rows[j];
		double ratio;

		i += x->rep <= y->rep;
		j += y->rep <= x->rep;
		if (x->rep != y->rep || !counts(x) || !counts(y))
			continue;
		ratio = log(y->ns_per_op / x->ns_per_op);
		sum += ratio;
		squares += ratio * ratio;
		n++;
	}
	return n < 2 ? NAN : sqrt(fmax(0, (squares - sum * sum / n) / (n - 1)));
}

/* Whether two cells differ in what is compared, and in nothing else: in the build, of a run
 * of two builds, else in the back end. */
static bool is_pair(const struct results *r, const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	if (results_of_two_builds(r))
		c.build = a->build;
	else
		c.backend = a->backend;
	return cell_same(a, &c);
}

static void find_pair(struct finder *f, struct budget_line *line, int a, int b, int blocks)
{
	double smallest = stats_smallest(scatter_of(&f->rows, a, b), blocks, COMPARE_FLOOR);

	if (isfinite(smallest))
		f->x[line->pairs++] = smallest;
}

/* Of a back end that stands alone: two like it. */
static void find_alone(struct finder *f, struct budget_line *line, int blocks)
{
	const struct by_cell *by = &f->rows;
	double x[BUDGET_PILOT];
	int cells = 0;

	for (int i = 0; i < f->r->ncells; i++) {
		int n = 0;

		if (strcmp(f->r->cells[i].workload, line->workload) != 0)
			continue;
		for (int k = by->first[i]; k < by->first[i + 1] && n < BUDGET_PILOT; k++)
			if (counts(by->rows[k]))
				x[n++] = by->rows[k]->ns_per_op;
		f->x[cells] = stats_smallest(stats_scatter_alone(x, n), blocks, COMPARE_FLOOR);
		cells += isfinite(f->x[cells]);
	}
	line->smallest = stats_quantile(f->x, cells, 0.5);
}

/* The pairs of a workload, up to as many as there are cells: enough for their median. */
static void find_line(struct finder *f, struct budget_line *line, int blocks)
{
	const struct results *r = f->r;

	for (int a = 0; a < r->ncells; a++)
		for (int b = a + 1; b < r->ncells && !strcmp(r->cells[a].workload, line->workload); b++)
			if (line->pairs < r->ncells && is_pair(r, &r->cells[a], &r->cells[b]))
				find_pair(f, line, a, b, blocks);
	line->smallest = stats_quantile(f->x, line->pairs, 0.5);
	if (!line->pairs)
		find_alone(f, line, blocks);
}

static bool is_known(const struct budget *b, const char *workload)
{
	for (int i = 0; i < b->n; i++)
		if (!strcmp(b->lines[i].workload, workload))
			return true;
	return false;
}

/* The names live as long as the budget does; the results do not. */
static bool keep_names(struct budget *b)
{
	size_t size = 0;
	char *at;

	for (int i = 0; i < b->n; i++)
		size += strlen(b->lines[i].workload) + 1;
	b->text = at = malloc(size + 1);
	for (int i = 0; at && i < b->n; i++) {
		char *end = stpcpy(at, b->lines[i].workload);

		b->lines[i].workload = at;
		at = end + 1;
	}
	return b->text != NULL;
}

static int find_lines(struct budget *b, const struct results *r, struct err *e)
{
	struct finder f = { .r = r, .x = calloc((size_t)r->ncells + 1, sizeof *f.x) };
	bool whole = f.x != NULL;
	int rc = by_cell_make(&f.rows, r, e);

	if (rc) {
		free(f.x);
		return rc;
	}
	b->lines = calloc((size_t)r->ncells + 1, sizeof *b->lines);
	whole = whole && b->lines;
	for (int i = 0; whole && i < r->ncells; i++)
		if (!is_known(b, r->cells[i].workload)) {
			b->lines[b->n] = (struct budget_line){ .workload = r->cells[i].workload };
			find_line(&f, &b->lines[b->n++], b->blocks);
		}
	whole = whole && keep_names(b);
	by_cell_free(&f.rows);
	free(f.x);
	return whole ? 0 : err_set(e, -ENOMEM, "out of memory");
}

/* ---- The whole ------------------------------------------------------------------------ */

/* "8.5 minutes". */
static const char *duration_text(double s, char buf[32])
{
	snprintf(buf, 32, s < 99.5 ? "%.2g seconds" : "%.3g minutes", s < 99.5 ? s : s / 60);
	return buf;
}

int budget_choose(struct budget *b, const char *dir, struct err *e)
{
	char path[PATH_MAX], least[32], left[32];
	struct results r;
	int rc = results_read(&r, budget_pilot(path, dir), e);

	if (rc)
		return rc;
	rc = read_times(path, &b->pilot_s, &b->block_s, e);
	if (!rc) {
		b->blocks = budget_blocks(b->budget_s - b->pilot_s, b->block_s);
		if (!b->blocks)
			rc = err_set(e, -E2BIG, "%d repetitions take %s, and the pilot leaves %s of the budget: measure "
			             "fewer cells, or with --budget %.0fs", BUDGET_LEAST,
			             duration_text(BUDGET_LEAST * b->block_s / PLANNED, least),
			             duration_text(fmax(0, b->budget_s - b->pilot_s), left),
			             ceil(1.1 * (b->pilot_s + BUDGET_LEAST * b->block_s / PLANNED)));
	}
	b->builds = results_of_two_builds(&r);
	if (!rc)
		rc = find_lines(b, &r, e);
	if (!rc)
		rc = budget_put(b, dir, e);
	results_free(&r);
	return rc;
}

void budget_free(struct budget *b)
{
	free(b->lines);
	free(b->text);
	*b = (struct budget){ 0 };
}

static void print_found(const struct budget *b, FILE *out)
{
	int some = 0;

	for (int i = 0; i < b->n; i++) {
		const struct budget_line *l = &b->lines[i];

		if (!isfinite(l->smallest))
			continue;
		if (!some)
			fprintf(out, " The smallest difference that they tell, 4 times in 5, of half of the %s, if they are as the pilot "
			        "was:", b->builds ? "cells" : "pairs of back ends");
		fprintf(out, "%s %s %.2g %%", some++ ? "," : "", l->workload, 100 * l->smallest);
	}
	if (!some)
		fputs(" What they can tell the pilot does not say: too few of its rows were undisturbed.", out);
}

void budget_print(const struct budget *b, FILE *out)
{
	char pilot[32], block[32], *text;
	size_t size;
	FILE *mem = open_memstream(&text, &size);

	if (!mem)
		return;
	if (b->pilot_s > 0) {
		fprintf(mem, "The pilot took %s; %d repetitions of %s each are measured now, whatever they show.",
		        duration_text(b->pilot_s, pilot), b->blocks, duration_text(b->block_s, block));
		print_found(b, mem);
	} else {
		fprintf(mem, "The pilot is whole; %d repetitions are measured, as was chosen by it.", b->blocks);
	}
	if (fclose(mem) == 0)
		text_wrap(text, 2, 0, out);
	free(text);
}
