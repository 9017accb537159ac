/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/histogram.h"

#include <math.h>

#define RATIOS_FROM 4

double histogram_edge(const struct histogram *h, int i)
{
	double part = (double)i / h->bins;

	if (i == 0 || i == h->bins)
		return i ? h->greatest : h->least;
	return h->ratios ? h->least * pow(h->greatest / h->least, part)
	                 : h->least + part * (h->greatest - h->least);
}

static int bin_of(const struct histogram *h, double x)
{
	double part = h->ratios ? log(x / h->least) / log(h->greatest / h->least)
	                        : (x - h->least) / (h->greatest - h->least);
	int i = (int)(part * h->bins);

	/* Rounding may miss an edge by one, which is what people see of the axis. */
	i = i < 0 ? 0 : i >= h->bins ? h->bins - 1 : i;
	if (i > 0 && x < histogram_edge(h, i))
		i--;
	else if (i + 1 < h->bins && x >= histogram_edge(h, i + 1))
		i++;
	return i;
}

bool histogram_make(struct histogram *out, const double *x, int n)
{
	struct histogram h = { .n = n, .least = INFINITY };

	for (int i = 0; i < n; i++) {
		if (!(x[i] > 0 && isfinite(x[i])))
			return false;
		h.least = fmin(h.least, x[i]);
		h.greatest = fmax(h.greatest, x[i]);
	}
	if (n < 2 || h.least == h.greatest)
		return false;
	h.ratios = h.greatest / h.least > RATIOS_FROM;
	h.bins = (int)fmin(ceil(2 * cbrt(n)), HISTOGRAM_BINS);
	for (int i = 0; i < n; i++)
		h.in[bin_of(&h, x[i])]++;
	*out = h;
	return true;
}
