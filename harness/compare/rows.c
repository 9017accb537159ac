/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/rows.h"

#include <errno.h>
#include <stdlib.h>

static int by_place(const void *x, const void *y)
{
	const struct row *a = *(const struct row *const *)x, *b = *(const struct row *const *)y;

	return a->place != b->place ? a->place - b->place : a->rep - b->rep;
}

int by_cell_make(struct by_cell *out, const struct results *r, struct err *e)
{
	int n = 0, cell = 0;

	out->rows = calloc((size_t)r->n + 1, sizeof *out->rows);
	out->first = calloc((size_t)r->ncells + 1, sizeof *out->first);
	if (!out->rows || !out->first) {
		by_cell_free(out);
		return err_set(e, -ENOMEM, "out of memory");
	}
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].kind == ROW_CELL && r->rows[i].place >= 0)
			out->rows[n++] = &r->rows[i];
	qsort(out->rows, (size_t)n, sizeof *out->rows, by_place);
	for (int i = 0; i < n; i++)
		while (cell <= out->rows[i]->place)
			out->first[cell++] = i;
	while (cell <= r->ncells)
		out->first[cell++] = n;
	return 0;
}

void by_cell_free(struct by_cell *b)
{
	free(b->rows);
	free(b->first);
	*b = (struct by_cell){ 0 };
}
