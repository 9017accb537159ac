/* SPDX-License-Identifier: Apache-2.0 */
#include "results/agreement.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "results/json.h"
#include "results/results.h"

/* Of one iteration. */
struct said {
	const struct cell *cell;        /* who said it; the caller's */
	double ops, executed;
	char checksum[24];
	char dispute[200];              /* with whom, and about what; "": with nobody */
};

static bool same_work(const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	/* The policy decides where work is done, not which; a copy does the same. */
	c.backend = a->backend;
	c.build = a->build;
	c.pin = a->pin;
	c.copy = a->copy;
	return cell_same(a, &c);
}

static bool read(struct said *s, const json_t *benchmark, const json_t *detail)
{
	const char *checksum = json_get_text(detail, "checksum");
	json_t *ops = json_object_get(benchmark, "ops"), *executed = json_object_get(detail, "executed");
	json_t *iterations = json_object_get(detail, "iterations");

	if (!checksum || !json_is_number(ops) || !json_is_number(executed) || !json_is_number(iterations))
		return false;
	s->ops = json_number_value(ops);
	s->executed = json_number_value(executed) / (json_number_value(iterations) + warmups_of(detail));
	snprintf(s->checksum, sizeof s->checksum, "%s", checksum);
	return true;
}

static void name(const struct cell *c, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", c->build ? c->build : "", c->build ? " " : "", c->backend);
}

static bool disagree(const struct said *now, const struct said *before, char *why, size_t size)
{
	char a[NAME_MAX + 8], b[NAME_MAX + 8];

	name(now->cell, a, sizeof a);
	name(before->cell, b, sizeof b);
	if (now->ops != before->ops)
		snprintf(why, size, "%s says that an iteration has %.0f operations, and %s says %.0f",
		         a, now->ops, b, before->ops);
	else if (now->executed != before->executed)
		snprintf(why, size, "%s says that %g units of work were done in an iteration, and %s says %g",
		         a, now->executed, b, before->executed);
	else if (strcmp(now->checksum, before->checksum) != 0)
		snprintf(why, size, "the results of an iteration add up to %s on %s, and to %s on %s",
		         now->checksum, a, before->checksum, b);
	else
		return false;
	text_plain(why);        /* a long checksum is cut, maybe within a character */
	return true;
}

bool agreement_take(struct agreement *g, const struct cell *cell, const json_t *benchmark,
                    const json_t *detail, char *why, size_t size)
{
	struct said now = { .cell = cell }, *grown;

	if (!read(&now, benchmark, detail))
		return true;
	for (int i = 0; i < g->n; i++) {
		struct said *before = &g->v[i];

		if (!same_work(before->cell, cell))
			continue;
		if (!disagree(&now, before, why, size))
			return true;
		if (!*before->dispute)
			snprintf(before->dispute, sizeof before->dispute, "%s", why);
		return false;
	}
	grown = realloc(g->v, sizeof *grown * (size_t)(g->n + 1));
	if (grown) {
		g->v = grown;
		g->v[g->n++] = now;
	}
	return true;
}

bool agreement_take_row(struct agreement *g, const struct row *row, char *why, size_t size)
{
	return agreement_take(g, &row->cell, json_object_get(row->json, "benchmark"),
	                      json_object_get(row->json, "detail"), why, size);
}

void agreement_free(struct agreement *g)
{
	free(g->v);
	*g = (struct agreement){ 0 };
}

const char *agreement_dispute(const struct agreement *g, const struct cell *cell)
{
	for (int i = 0; i < g->n; i++)
		if (*g->v[i].dispute && same_work(g->v[i].cell, cell))
			return g->v[i].dispute;
	return NULL;
}
