/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/contents.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"

static const struct {
	const char *name;
	bool needed, read;      /* by commands that read a run */
	bool made;              /* for the bundle, and so of no folder */
} files[] = {
	{ "README.md", false, false, true },
	{ "meta.json", true, true, false },
	{ "topology.xml", false, true, false },
	{ "cells.jsonl", true, true, false },
	{ "summary.json", false, false, false },
	{ "budget.json", false, false, false },
	{ "SHA256SUMS", false, false, true },
};

#define FILES (sizeof files / sizeof *files)

/* "plots/time.svg": letters, digits and what joins them, and one of three ends. */
static bool is_plot(const char *name)
{
	static const char dir[] = "plots/";
	const char *rest = name + sizeof dir - 1, *end;

	if (strncmp(name, dir, sizeof dir - 1) != 0 || strlen(name) >= PIECE_NAME)
		return false;
	end = rest + strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	return end > rest && (!strcmp(end, ".tsv") || !strcmp(end, ".svg") || !strcmp(end, ".png"));
}

bool contents_know(const char *name)
{
	for (size_t i = 0; i < FILES; i++)
		if (!strcmp(files[i].name, name))
			return true;
	return is_plot(name);
}

bool contents_read_by_commands(const char *name)
{
	for (size_t i = 0; i < FILES; i++)
		if (!strcmp(files[i].name, name))
			return files[i].read;
	return false;
}

int contents_add(struct contents *c, const char *name, char *data, size_t n, struct err *e)
{
	size_t sum = n;

	for (int i = 0; i < c->n; i++)
		sum += c->v[i].n;
	if (c->n == PIECES_MAX || sum > CONTENTS_MAX) {
		free(data);
		return c->n == PIECES_MAX ? err_set(e, -E2BIG, "a bundle has %d files at most", PIECES_MAX)
		                          : err_set(e, -EFBIG, "a bundle has %zu MiB at most, and %s is too much",
		                                    CONTENTS_MAX >> 20, name);
	}
	c->v[c->n] = (struct piece){ .data = data, .n = n };
	snprintf(c->v[c->n++].name, PIECE_NAME, "%s", name);
	return 0;
}

static int take(struct contents *c, const char *dir, const char *name, struct err *e)
{
	char path[PATH_MAX], *data;
	size_t n;
	int rc = file_get(path_join(path, dir, name), CONTENTS_MAX, &data, &n, e);

	return rc ? rc : contents_add(c, name, data, n, e);
}

static int take_plots(struct contents *c, const char *dir, struct err *e)
{
	char path[PATH_MAX], name[PIECE_NAME];
	struct dirent **entries;
	int n = scandir(path_join(path, dir, "plots"), &entries, NULL, alphasort), rc = 0;

	for (int i = 0; i < n; i++) {
		bool fits = snprintf(name, sizeof name, "plots/%s", entries[i]->d_name) < (int)sizeof name;

		if (fits && is_plot(name) && !rc)
			rc = take(c, dir, name, e);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return rc;
}

/* A line that is being written, or was when its writer was killed, is no row. */
static void cut_torn_line(struct piece *rows)
{
	while (rows && rows->n && rows->data[rows->n - 1] != '\n')
		rows->n--;
	if (rows)
		rows->data[rows->n] = '\0';
}

int contents_take(struct contents *c, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc = 0;

	c->n = 0;
	for (size_t i = 0; i < FILES && !rc; i++)
		if (!files[i].made && (files[i].needed || access(path_join(path, dir, files[i].name), F_OK) == 0))
			rc = take(c, dir, files[i].name, e);
	rc = rc ? rc : take_plots(c, dir, e);
	cut_torn_line(contents_get(c, "cells.jsonl"));
	if (rc)
		contents_free(c);
	return rc;
}

struct piece *contents_get(struct contents *c, const char *name)
{
	for (int i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].name, name))
			return &c->v[i];
	return NULL;
}

void contents_free(struct contents *c)
{
	for (int i = 0; i < c->n; i++)
		free(c->v[i].data);
	c->n = 0;
}
