/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secrets.h"

#include <stdbool.h>
#include <string.h>

char *secrets_strip(char *s)
{
	for (char *p = s; (p = strstr(p, "://"));) {
		char *host = p + 3, *end = host + strcspn(host, "/?#\\ \t\n\"'<>|,;"), *at = end;

		while (at > host && at[-1] != '@')
			at--;
		memmove(host, at, strlen(at) + 1);
		p = host;
	}
	return s;
}

static bool names_one_machine(const char *key, size_t n)
{
	static const char *const ends[] = { "Serial", "UUID", "AssetTag" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t k = strlen(ends[i]);

		if (n >= k && !strncmp(key + n - k, ends[i], k))
			return true;
	}
	return false;
}

char *secrets_strip_topology(char *xml)
{
	static const char begin[] = "<info name=\"DMI";

	for (char *p = xml; (p = strstr(p, begin));) {
		const char *key = p + sizeof begin - 1;
		char *end = strstr(p, "/>");

		if (end && names_one_machine(key, strcspn(key, "\"")))
			memmove(p, end + 2, strlen(end + 2) + 1);
		else
			p++;
	}
	return xml;
}
