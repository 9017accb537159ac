/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/hide.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct names *names, const char *name, size_t length, const char *instead)
{
	/* A letter is no name that tells anything, and "root" is everybody's. */
	if (length < 2 || length >= sizeof names->v->name || names->n == NAMES_MAX ||
	    (length == 4 && !strncmp(name, "root", 4)))
		return;
	snprintf(names->v[names->n].name, sizeof names->v->name, "%.*s", (int)length, name);
	names->v[names->n++].instead = instead;
}

void names_add_host(struct names *names, const char *host)
{
	add(names, host, strlen(host), "host");
	/* After the whole name: what was hidden is not found again. */
	if (strchr(host, '.'))
		add(names, host, strcspn(host, "."), "host");
}

void names_add_user(struct names *names, const char *user)
{
	add(names, user, strlen(user), "user");
}

void names_add_here(struct names *names)
{
	static const char *const variables[] = { "USER", "LOGNAME", "SUDO_USER" };
	const struct passwd *me = getpwuid(getuid());
	char host[256] = "";

	gethostname(host, sizeof host - 1);
	names_add_host(names, host);
	names_add_user(names, me ? me->pw_name : "");
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		names_add_user(names, getenv(variables[i]) ? getenv(variables[i]) : "");
}

static bool joins(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The length of a name that stands at p as a word; with what is to stand there instead. */
static size_t name_at(const struct names *names, const char *text, const char *p, const char **instead)
{
	static const char *const homes[] = { "/home/", "/Users/" };

	for (int i = 0; i < names->n; i++) {
		size_t n = strlen(names->v[i].name);

		if (!strncmp(p, names->v[i].name, n) && !joins(p[n]) && (p == text || !joins(p[-1]))) {
			*instead = names->v[i].instead;
			return n;
		}
	}
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		size_t n = strlen(homes[i]);

		if (p - text >= (ptrdiff_t)n && !strncmp(p - n, homes[i], n)) {
			*instead = "user";
			return strcspn(p, "/ :;,'\"");
		}
	}
	return 0;
}

char *names_hide(const struct names *names, const char *text)
{
	/* Nothing is made longer than by three letters for each two. */
	char *out = malloc(3 * strlen(text) + 1), *to = out;
	bool hidden = false;

	for (const char *p = text; out && *p;) {
		const char *instead = NULL;
		size_t n = name_at(names, text, p, &instead);

		if (n) {
			hidden = hidden || n != strlen(instead) || strncmp(p, instead, n) != 0;
			to = stpcpy(to, instead);
			p += n;
		} else {
			*to++ = *p++;
		}
	}
	if (out)
		*to = '\0';
	if (hidden)
		return out;
	free(out);
	return NULL;
}

/* Takes <info name="NAME" .../> out, wherever it is. */
static void drop_info(struct piece *xml, const char *name)
{
	char begin[64];

	snprintf(begin, sizeof begin, "<info name=\"%s\"", name);
	for (char *p = xml->data; (p = strstr(p, begin));) {
		char *end = strstr(p, "/>");

		if (!end)
			break;
		memmove(p, end + 2, strlen(end + 2) + 1);
	}
	xml->n = strlen(xml->data);
}

int hide_names(struct contents *c, struct names *names, struct err *e)
{
	struct piece *topology = contents_get(c, "topology.xml");
	int rc = hide_in_meta(contents_get(c, "meta.json"), names, e);

	if (!rc)
		rc = hide_in_rows(contents_get(c, "cells.jsonl"), names, e);
	if (topology) {
		drop_info(topology, "HostName");
		drop_info(topology, "LinuxCgroup");
	}
	return rc;
}
