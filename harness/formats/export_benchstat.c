/* SPDX-License-Identifier: Apache-2.0
 *
 * export_benchstat.c: a run in Go's benchmark format (golang.org/design/14313-benchmark-format):
 *
 *     suite: schedlab                                     what all lines below share
 *     Unit ns/op better=lower
 *     BenchmarkFib/backend=go/n=30-2  1346268  7.38 ns/op  9.95 cpu-ns/op ...
 *
 * benchstat puts what differs in a shared line into different tables, and so compares
 * nothing across it: commit and time, in which runs that are to be compared differ, are
 * in lines that no reader takes for one.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/export.h"
#include "formats/formats.h"

static void put_head(const struct results *r, FILE *out)
{
	static const char *const shared[] = { "architecture", "cpu_model", NULL };
	static const char *const units[] = { "ns/op", "cpu-ns/op", "switches/op", "peak-RSS-bytes", NULL };

	fprintf(out, "# %s\n# started %s, commit %s\n", r->dir, results_fact(r, "started"), results_fact(r, "commit"));
	fputs("suite: schedlab\n", out);
	for (int i = 0; shared[i]; i++)
		if (*results_fact(r, shared[i]))
			fprintf(out, "%s: %s\n", shared[i], results_fact(r, shared[i]));
	for (int i = 0; units[i]; i++)
		fprintf(out, "Unit %s better=lower\n", units[i]);
}

static void put_value(FILE *out, double v, const char *unit)
{
	if (isfinite(v))
		fprintf(out, " %.10g %s", v, unit);
}

static double switches(const struct row *row)
{
	double voluntary, others, iterations;

	if (!row_counter(row, "nvcsw", &voluntary) || !row_counter(row, "nivcsw", &others) ||
	    !row_counter(row, "iterations", &iterations))
		return NAN;
	return (voluntary + others) / (iterations * row->ops);
}

static void put_row(const struct row *row, const char *name, FILE *out)
{
	double bytes;

	/* Go's names begin with a capital letter behind the word. */
	fprintf(out, "Benchmark%c%s-%d %.0f", toupper((unsigned char)*name), name + 1, row->cell.procs,
	        export_operations(row));
	put_value(out, row->ns_per_op, "ns/op");
	put_value(out, export_cpu_ns(row), "cpu-ns/op");
	put_value(out, switches(row), "switches/op");
	put_value(out, row_counter(row, "peak_rss_bytes", &bytes) ? bytes : NAN, "peak-RSS-bytes");
	fputc('\n', out);
}

int export_benchstat(const struct results *r, FILE *out, int *left_out, struct err *e)
{
	struct export x;
	bool whole = true;
	int rc = export_open(&x, r, e);

	if (!rc)
		put_head(r, out);
	for (int i = 0; !rc && whole && i < r->ncells; i++) {
		int n = export_rows(&x, i);
		char *name = export_name(&r->cells[i], '=');

		whole = name != NULL;
		for (int k = 0; whole && k < n; k++)
			put_row(x.rows[k], name, out);
		free(name);
	}
	export_close(&x);
	*left_out = x.left_out;
	if (!rc && !whole)
		rc = err_set(e, -ENOMEM, "out of memory");
	if (!rc && ferror(out))
		rc = err_set(e, -EIO, "cannot write the run");
	return rc;
}
