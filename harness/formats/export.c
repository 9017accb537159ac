/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/export.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/verdict.h"

static bool any_time(const struct results *r)
{
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].kind == ROW_CELL && r->rows[i].status == ST_OK)
			return true;
	return false;
}

int export_open(struct export *x, const struct results *r, struct err *e)
{
	*x = (struct export){ .r = r };
	if (!any_time(r))
		return err_set(e, -EINVAL, "%.300s has no row with a time: there is nothing to write", r->dir);
	x->rows = calloc((size_t)r->n + 1, sizeof *x->rows);
	if (!x->rows)
		return err_set(e, -ENOMEM, "out of memory");
	return by_cell_make(&x->by, r, e);
}

void export_close(struct export *x)
{
	by_cell_free(&x->by);
	free(x->rows);
	x->rows = NULL;
}

int export_rows(struct export *x, int place)
{
	int n = 0, undisturbed = 0, kept = 0;

	for (int i = x->by.first[place]; i < x->by.first[place + 1]; i++) {
		if (x->by.rows[i]->status != ST_OK)
			continue;
		x->rows[n++] = x->by.rows[i];
		undisturbed += !x->by.rows[i]->disturbed;
	}
	if (undisturbed < STATS_BLOCKS_MIN)
		return n;
	for (int i = 0; i < n; i++)
		if (!x->rows[i]->disturbed)
			x->rows[kept++] = x->rows[i];
	x->left_out += n - kept;
	return kept;
}

static void put_part(FILE *out, const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s <= ' ' || strchr("/:=%", *s))
			fprintf(out, "%%%02X", (unsigned char)*s);
		else
			fputc(*s, out);
	}
}

static void put_pair(FILE *out, const char *key, char sign, const char *value)
{
	fputc('/', out);
	put_part(out, key);
	fputc(sign, out);
	put_part(out, value);
}

char *export_name(const struct cell *c, char sign)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_part(out, c->workload);
	put_pair(out, "backend", sign, c->backend);
	for (int i = 0; i < c->nparams; i++)
		put_pair(out, c->params[i].key, sign, c->params[i].value);
	for (int i = 0; i < c->nopts; i++)
		put_pair(out, c->opts[i].key, sign, c->opts[i].value);
	if (strcmp(c->pin, "none") != 0)
		put_pair(out, "pin", sign, c->pin);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

double export_cpu_ns(const struct row *row)
{
	double cpu;

	return row_counter(row, "cpu_time", &cpu) && isfinite(cpu / row->ops) ? cpu / row->ops : NAN;
}

double export_operations(const struct row *row)
{
	double iterations;

	if (!row_counter(row, "iterations", &iterations) || !(iterations >= 1))
		iterations = 1;
	return fmin(floor(iterations) * row->ops, 0x1p53);
}
