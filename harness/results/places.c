/* SPDX-License-Identifier: Apache-2.0
 *
 * places.c: which cell of the plan a row is of, and what that is called.  A plan of
 * thousands of cells has hundreds of thousands of rows, so rows find their cell by
 * its hash.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/folder.h"

/* ---- Labels --------------------------------------------------------------- */

/* The cells of one workload, and in which parameters and knobs they differ: all that
 * the first has not, and some that it has. */
struct group {
	const struct cell *first;
	bool differs[2 * CELL_PAIRS];
};

static const struct pair *pair_at(const struct cell *c, int i)
{
	return i < c->nparams ? &c->params[i] : &c->opts[i - c->nparams];
}

static struct group *group_of(struct group *groups, int *n, const struct cell *c)
{
	for (int i = 0; i < *n; i++)
		if (!strcmp(groups[i].first->workload, c->workload))
			return &groups[i];
	groups[*n].first = c;
	return &groups[(*n)++];
}

static void note_differences(struct group *g, const struct cell *c)
{
	for (int i = 0; i < g->first->nparams + g->first->nopts; i++) {
		const struct pair *v = pair_at(g->first, i);
		const char *other = cell_value(c, v->key);

		g->differs[i] |= !other || strcmp(other, v->value) != 0;
	}
}

static bool is_different(const struct group *g, const char *key)
{
	for (int i = 0; i < g->first->nparams + g->first->nopts; i++)
		if (!strcmp(pair_at(g->first, i)->key, key))
			return g->differs[i];
	return true;
}

static char *make_label(const struct group *g, const struct cell *c)
{
	char label[CELL_TEXT];
	size_t n = (size_t)snprintf(label, sizeof label, "%s", c->workload);

	for (int i = 0; i < c->nparams + c->nopts && n < sizeof label; i++) {
		const struct pair *v = pair_at(c, i);

		if (is_different(g, v->key))
			n += (size_t)snprintf(label + n, sizeof label - n, " %s=%s", v->key, v->value);
	}
	if (c->copy && n < sizeof label)
		snprintf(label + n, sizeof label - n, " copy");
	return strdup(label);
}

int cells_label(const struct cell *cells, int ncells, char **labels, struct err *e)
{
	struct group *groups = calloc((size_t)ncells + 1, sizeof *groups);
	bool whole = groups != NULL;
	int n = 0;

	for (int i = 0; i < ncells && whole; i++)
		note_differences(group_of(groups, &n, &cells[i]), &cells[i]);
	for (int i = 0; i < ncells && whole; i++) {
		labels[i] = make_label(group_of(groups, &n, &cells[i]), &cells[i]);
		whole = labels[i] != NULL;
	}
	free(groups);
	return whole ? 0 : err_set(e, -ENOMEM, "out of memory");
}

/* ---- Places --------------------------------------------------------------- */

/* FNV-1a, over the bytes and the NUL behind them. */
static uint64_t hash_text(uint64_t h, const char *s)
{
	do
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	while (*s++);
	return h;
}

#define EMPTY_HASH 0xcbf29ce484222325u

/* Of what cell_same looks at, pairs in any order. */
static uint64_t hash_cell(const struct cell *c)
{
	uint64_t h = hash_text(EMPTY_HASH, c->backend), pairs = 0;

	for (int i = 0; i < c->nparams + c->nopts; i++) {
		const struct pair *v = pair_at(c, i);

		pairs += hash_text(hash_text(EMPTY_HASH, v->key), v->value);
	}
	if (c->build)
		h = hash_text(h, c->build);
	h = hash_text(hash_text(h, c->workload), c->pin) + pairs + (uint64_t)c->procs + ((uint64_t)c->copy << 32);
	return h ^ h >> 32;
}

/* Open addressing; at most half full. */
static int *find_slot(const struct results *r, const struct cell *c)
{
	uint64_t i = hash_cell(c) & r->slots_mask;

	while (r->slots[i] >= 0 && !cell_same(&r->cells[r->slots[i]], c))
		i = (i + 1) & r->slots_mask;
	return &r->slots[i];
}

int results_find(const struct results *r, const struct cell *c)
{
	return *find_slot(r, c);
}

static int fill_slots(struct results *r, struct err *e)
{
	uint64_t size = 2;

	while (size < 2 * (uint64_t)r->ncells)
		size *= 2;
	r->slots = malloc(size * sizeof *r->slots);
	r->slots_mask = size - 1;
	if (!r->slots)
		return err_set(e, -ENOMEM, "out of memory");
	memset(r->slots, -1, size * sizeof *r->slots);
	for (int i = 0; i < r->ncells; i++) {
		int *slot = find_slot(r, &r->cells[i]);

		if (*slot >= 0)
			return err_set(e, -EINVAL, "%.300s/meta.json: cells %d and %d of its plan are the same",
			               r->dir, *slot + 1, i + 1);
		*slot = i;
	}
	return 0;
}

/* Calibrations have no place, and are one more than repetitions. */
static bool is_planned(const struct results *r, const struct row *row)
{
	bool cell = row->kind == ROW_CELL;

	return (!cell || row->place >= 0) && (!r->reps || row->rep < r->reps + !cell);
}

static int place_all(struct results *r, struct err *e)
{
	for (int i = 0; i < r->n; i++) {
		struct row *row = &r->rows[i];

		row->place = row->kind == ROW_CELL ? results_find(r, &row->cell) : -row->cell.procs;
		if (!is_planned(r, row))
			return err_set(e, -EINVAL, "%.300s/cells.jsonl: line %d is no row of the plan",
			               r->dir, i + 1);
		if (row->kind == ROW_CELL)
			row->label = r->labels[row->place];
	}
	return 0;
}

int results_place(struct results *r, struct err *e)
{
	int rc = fill_slots(r, e);

	return rc ? rc : place_all(r, e);
}
