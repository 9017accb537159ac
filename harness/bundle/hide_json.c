/* SPDX-License-Identifier: Apache-2.0
 *
 * hide_json.c: in a run's JSON the strings that people typed or programs said.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/read_json.h"
#include "bundle/hide.h"

/* What text becomes; itself where it has nothing to hide.  The caller's to free. */
static json_t *hidden(const struct names *names, json_t *text)
{
	char *other = json_is_string(text) ? names_hide(names, json_string_value(text)) : NULL;
	json_t *o = other ? json_string(other) : json_incref(text);

	free(other);
	return o;
}

/* All strings of an object or of a list; whether any was changed. */
static bool hide_all(const struct names *names, json_t *o)
{
	bool changed = false;
	const char *key;
	json_t *v;
	size_t i;
	void *next;

	json_object_foreach_safe(o, next, key, v) {
		json_t *other = hidden(names, v);

		changed = changed || other != v;
		json_object_set_new(o, key, other);
	}
	json_array_foreach(o, i, v) {
		json_t *other = hidden(names, v);

		changed = changed || other != v;
		json_array_set_new(o, i, other);
	}
	return changed;
}

/* The same of one string. */
static bool hide_one(const struct names *names, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key), *other = v ? hidden(names, v) : NULL;
	bool changed = other != v;

	if (other)
		json_object_set_new(o, key, other);
	return changed;
}

/* Where a build was, and where it looked for what it includes; of a run of two builds, too. */
static bool hide_paths(const struct names *names, json_t *meta)
{
	static const char *const builds[] = { "build", "old_build", "new_build" };
	bool changed = false;

	for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
		json_t *build = json_object_get(meta, builds[i]);

		changed |= hide_one(names, build, "dir");
		changed |= hide_one(names, build, "flags");
	}
	return changed;
}

int hide_in_meta(struct piece *meta, struct names *names, struct err *e)
{
	char why[JSON_WHY], *text;
	json_t *o = json_read(meta->data, meta->n, why), *machine = json_object_get(o, "machine");
	const char *host = json_string_value(json_object_get(machine, "host"));
	bool changed;

	if (!o)
		return err_set(e, -EINVAL, "meta.json: %s", why);
	names_add_host(names, host ? host : "");
	changed = json_object_del(machine, "host") == 0;
	changed |= hide_all(names, json_object_get(o, "command"));
	changed |= hide_all(names, json_object_get(o, "environment"));
	changed |= hide_paths(names, o);
	text = changed ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	if (changed && !text)
		return err_set(e, -ENOMEM, "out of memory");
	if (changed) {
		free(meta->data);
		meta->data = text;
		meta->n = strlen(text);
	}
	return 0;
}

/* A row that says why it has no time says it in words; NULL: there is nothing to hide. */
static char *hide_in_row(const char *line, size_t n, const struct names *names)
{
	char why[JSON_WHY];
	json_t *o = json_read(line, n, why);
	char *text = hide_one(names, o, "reason") ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	return text;
}

int hide_in_rows(struct piece *rows, const struct names *names, struct err *e)
{
	size_t size;
	char *all = NULL;
	FILE *out = open_memstream(&all, &size);
	const char *end = rows->data + rows->n;
	bool whole;

	for (const char *line = rows->data; out && line < end;) {
		const char *next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
		char *text = hide_in_row(line, (size_t)(next - 1 - line), names);

		if (text)
			fprintf(out, "%s\n", text);
		else
			fwrite(line, 1, (size_t)(next - line), out);
		free(text);
		line = next;
	}
	whole = out && !ferror(out);
	if (!out || fclose(out) != 0 || !whole) {
		free(all);
		return err_set(e, -ENOMEM, "out of memory");
	}
	free(rows->data);
	rows->data = all;
	rows->n = size;
	return 0;
}
