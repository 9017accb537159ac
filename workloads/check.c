/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <inttypes.h>
#include <stdlib.h>

bool check_work(const struct wl *w, uint64_t executed, uint64_t checksum, char *why, size_t size)
{
	if (w->executed != executed)
		snprintf(why, size, "%" PRIu64 " units of work were done, not %" PRIu64, w->executed, executed);
	else if (w->checksum != checksum)
		snprintf(why, size, "the results add up to 0x%016" PRIx64 ", not 0x%016" PRIx64, w->checksum, checksum);
	else
		return true;
	return false;
}

struct sl_chan *must_chan(size_t elem_size, size_t cap)
{
	struct sl_chan *c = sl_chan_make(elem_size, cap);

	if (!c) {
		fputs("fatal error: out of memory for a channel\n", stderr);
		_Exit(2);
	}
	return c;
}

int hist_counters(const struct hist *h, struct sl_counter *out, int max)
{
	const struct sl_counter all[] = {
		{ "p50_ns", hist_quantile(h, 500) },
		{ "p90_ns", hist_quantile(h, 900) },
		{ "p99_ns", hist_quantile(h, 990) },
		{ "p999_ns", hist_quantile(h, 999) },
		{ "max_ns", h->max },
		{ "samples", h->count },
	};
	int n = 0;

	for (; n < max && n < (int)(sizeof all / sizeof *all); n++)
		out[n] = all[n];
	return n;
}
