/* SPDX-License-Identifier: Apache-2.0 */
#include "base/read_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"

static bool make_plain(json_t *o);

static bool make_string_plain(json_t *s)
{
	const char *text = json_string_value(s);
	size_t n = json_string_length(s);
	char *copy;
	bool done;

	if (text_is_plain(text, n))
		return true;
	copy = strdup(text);
	done = copy && json_string_set(s, text_plain(copy)) == 0;
	free(copy);
	return done;
}

/* All keys anew; two that become the same are refused. */
static bool make_keys_plain(json_t *o)
{
	json_t *fresh = json_object(), *value;
	bool done = fresh != NULL;
	const char *key;

	json_object_foreach(o, key, value) {
		char *copy = strdup(key);

		done = done && copy && !json_object_get(fresh, text_plain(copy)) &&
		       json_object_set(fresh, copy, value) == 0;
		free(copy);
	}
	done = done && json_object_clear(o) == 0 && json_object_update(o, fresh) == 0;
	json_decref(fresh);
	return done;
}

static bool make_object_plain(json_t *o)
{
	bool plain = true;
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value) {
		plain = plain && text_is_plain(key, strlen(key));
		if (!make_plain(value))
			return false;
	}
	return plain || make_keys_plain(o);
}

/* As deep as the parser lets it be: 2048. */
static bool make_plain(json_t *o)
{
	json_t *item;
	size_t i;

	if (json_is_string(o))
		return make_string_plain(o);
	if (json_is_object(o))
		return make_object_plain(o);
	json_array_foreach(o, i, item)
		if (!make_plain(item))
			return false;
	return true;
}

json_t *json_read(const char *text, size_t n, char why[JSON_WHY])
{
	json_error_t bad;
	json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &bad);

	snprintf(why, JSON_WHY, "%s%s", n ? "" : "empty: ", o ? "" : bad.text);
	text_plain(why);
	if (o && !make_plain(o)) {
		snprintf(why, JSON_WHY, "its keys are no text");
		json_decref(o);
		return NULL;
	}
	return o;
}

bool json_get_int(const json_t *o, const char *key, int64_t min, int64_t max, int64_t *out)
{
	const json_t *v = json_object_get(o, key);
	int64_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < min || n > max)
		return false;
	*out = n;
	return true;
}
