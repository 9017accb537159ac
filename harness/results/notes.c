/* SPDX-License-Identifier: Apache-2.0
 *
 * notes.c: what stands beside all figures of a run, since they mean less without.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "results/results.h"

/* By what meta.json says: "1.50 CPUs", or "none". */
static double quota_then(const struct results *r)
{
	double quota = strtod(results_fact(r, "cgroup_quota"), NULL);

	return quota > 0 ? quota : INFINITY;
}

static int measured_again(const struct results *r)
{
	int n = 0;

	for (int i = 0; i < r->n; i++)
		n += r->rows[i].attempts > 1;
	return n;
}

/* Adds a line; *n is the length so far. */
static void __attribute__((format(printf, 4, 5))) add(char *buf, size_t size, size_t *n, const char *fmt, ...)
{
	va_list ap;

	if (*n && *n + 1 < size)
		buf[(*n)++] = '\n';
	va_start(ap, fmt);
	*n += (size_t)vsnprintf(buf + *n, size - *n, fmt, ap);
	va_end(ap);
	*n = *n < size ? *n : size - 1;
}

const char *results_notes(const struct results *r, char *buf, size_t size)
{
	char crowded[NOTES];
	size_t n = 0;

	*buf = '\0';
	cells_oversubscribed(r->cells, r->ncells, quota_then(r), crowded, sizeof crowded);
	if (r->n < results_planned(r))
		add(buf, size, &n, "Incomplete: %d of %d rows", r->n, results_planned(r));
	if (r->first)
		add(buf, size, &n, "First attempts alone; rows that were measured again: %d", measured_again(r));
	if (*crowded)
		add(buf, size, &n, "%s", crowded);
	return buf;
}
