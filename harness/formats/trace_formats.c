/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/trace_formats.h"

#include <errno.h>
#include <string.h>

#include "base/whole.h"

const struct trace_format trace_formats[] = {
	{ "perfetto", { ".perfetto-trace", ".pftrace" }, "ui.perfetto.dev", perfetto_write },
	{ "go", { ".gotrace", ".trace.out" }, "go tool trace", gotrace_write },
	{ "csv", { ".csv" }, "anything", csv_write },
	{ 0 },
};

const struct trace_format *trace_format_named(const char *name)
{
	for (const struct trace_format *f = trace_formats; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

const struct trace_format *trace_format_of(const char *path)
{
	size_t n = strlen(path);

	for (const struct trace_format *f = trace_formats; f->name; f++)
		for (int i = 0; f->suffix[i]; i++) {
			size_t k = strlen(f->suffix[i]);

			if (n > k && !strcmp(path + n - k, f->suffix[i]))
				return f;
		}
	return NULL;
}

int trace_export(const struct trace *t, const struct trace_format *f, const char *path, struct err *e)
{
	struct whole w;
	int rc = whole_begin(&w, path, e);

	if (rc)
		return rc;
	if (!f->write(t, w.out))
		rc = err_set(e, -ENOMEM, "no memory left to write %.300s", path);
	return whole_end(&w, rc, e);
}
