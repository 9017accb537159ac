/* SPDX-License-Identifier: Apache-2.0
 *
 * target_trace.c: a trace, summed up and exported in every format.
 */
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "formats/trace_formats.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"
#include "timeline/trace_summary.h"
#include "trace/trace_check.h"

static void summed_up(const struct trace *t)
{
	struct trace_summary s;
	const struct trace_summary *all[] = { &s };
	struct err e;
	FILE *out;

	if (trace_summary(&s, t, &e)) {
		fuzz_sentence(&e);
		return;
	}
	MUST(s.span <= s.work, "a chain is longer than all work");
	out = fuzz_out();
	trace_summary_print(&s, out);
	trace_summary_print_two(&s, &s, out);
	MUST(trace_summary_put(all, 1, out) == 0, "a summary as JSON");
	fuzz_out_end(out);
	trace_summary_free(&s);
}

static void exported(const struct trace *t)
{
	for (const struct trace_format *f = trace_formats; f->name; f++) {
		char *data = NULL;
		size_t n;
		FILE *mem = open_memstream(&data, &n);

		MUST(mem, "no memory");
		MUST(f->write(t, mem), f->name);
		fclose(mem);
		free(data);
	}
}

bool fuzz_trace(const char *dir, const uint8_t *data, size_t n)
{
	const char *path = fuzz_put(dir, "trace", data, n), *why;
	struct trace t;
	struct err e;

	if (trace_read(&t, path, &e)) {
		fuzz_sentence(&e);
		return false;
	}
	why = trace_check(&t);
	MUST(!why, why);
	for (int i = 0; i < t.nnotes; i++)
		MUST(text_is_plain(t.note[i], strlen(t.note[i])), t.note[i]);
	summed_up(&t);
	exported(&t);
	trace_free(&t);
	return true;
}
