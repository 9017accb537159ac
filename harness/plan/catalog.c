/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/parse.h"
#include "base/plain.h"
#include "plan/builds.h"

#define BACKENDS_MAX 256

static int build_dir(char dir[PATH_MAX], struct err *e)
{
	const char *env = getenv("SCHEDLAB_BUILD");
	ssize_t n;

	if (env && *env) {
		snprintf(dir, PATH_MAX, "%s", env);
		return 0;
	}
	n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
	if (n < 0)
		return err_set(e, -errno, "cannot find my own executable: %s", strerror(errno));
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	return 0;
}

static void find_program(struct catalog *c, struct backend *b)
{
	char name[300], path[PATH_MAX], *why;
	struct err ignored;

	snprintf(name, sizeof name, "cell-%s", b->name);
	path_join(b->program, c->dir, name);
	b->available = access(b->program, X_OK) == 0;
	if (b->available)
		return;
	snprintf(b->reason, sizeof b->reason, "its program %.100s is not built", name);
	snprintf(name, sizeof name, "cell-%s.na", b->name);
	if (file_get(path_join(path, c->dir, name), 4096, &why, NULL, &ignored) == 0) {
		why[strcspn(why, "\n")] = '\0';
		if (*why) {
			snprintf(b->reason, sizeof b->reason, "%s", why);
			text_plain(b->reason);
		}
		free(why);
	}
}

/* A name is a part of a program's. */
static bool names_program(const char *name)
{
	return *name && strlen(name) <= NAME_MAX && !strchr(name, '/') && text_is_plain(name, strlen(name));
}

static int add_backend(struct catalog *c, char *line)
{
	struct backend *b = realloc(c->backends, sizeof *b * ((size_t)c->nbackends + 1));
	char *name = strsep(&line, "\t"), *model = strsep(&line, "\t");

	if (!b)
		return -ENOMEM;
	c->backends = b;
	if (!model || !names_program(name) || c->nbackends == BACKENDS_MAX)
		return -EINVAL;
	for (int i = 0; i < c->nbackends; i++)
		if (!strcmp(b[i].name, name))
			return -EINVAL;
	b += c->nbackends++;
	*b = (struct backend){ .name = strdup(name), .model = strdup(text_plain(model)),
	                       .caps = strdup(line ? text_plain(line) : "") };
	if (!b->name || !b->model || !b->caps)
		return -ENOMEM;
	find_program(c, b);
	return 0;
}

static int read_backends(struct catalog *c, struct err *e)
{
	char path[PATH_MAX], *text, *save = NULL;
	int rc = file_get(path_join(path, c->dir, "backends.tsv"), 1 << 20, &text, NULL, e);

	if (rc == -ENOENT || rc == -ENOTDIR)
		return err_set(e, rc, "%s holds no build (no backends.tsv): run make", c->dir);
	if (rc)
		return rc;
	for (char *line = strtok_r(text, "\n", &save); line && !rc; line = strtok_r(NULL, "\n", &save))
		rc = add_backend(c, line);
	free(text);
	if (!rc && !c->nbackends)
		rc = -EINVAL;
	return rc ? err_set(e, rc, "%s is damaged: run make again", path) : 0;
}

static int read_knobs(struct catalog *c, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < c->nbackends && !rc; i++) {
		struct backend *b = &c->backends[i];
		char path[PATH_MAX + 8];

		snprintf(path, sizeof path, "%s.json", b->program);
		if (b->available)
			rc = catalog_read_knobs(b, path, e);
	}
	return rc;
}

static int find_helpers(struct catalog *c, struct err *e)
{
	static const char *const names[] = { "echo-load" };
	const int n = sizeof names / sizeof *names;

	c->helper = calloc((size_t)n + 1, sizeof *c->helper);
	if (!c->helper)
		return err_set(e, -ENOMEM, "out of memory");
	for (int i = 0; i < n; i++) {
		c->helper[i].name = names[i];
		path_join(c->helper[i].program, c->dir, names[i]);
	}
	return 0;
}

int catalog_read(struct catalog *c, struct err *e)
{
	char dir[PATH_MAX];
	int rc = build_dir(dir, e);

	return rc ? rc : catalog_read_from(c, dir, e);
}

int catalog_read_from(struct catalog *c, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	memset(c, 0, sizeof *c);
	snprintf(c->dir, sizeof c->dir, "%s", dir);
	rc = find_helpers(c, e);
	if (!rc)
		rc = read_backends(c, e);
	if (!rc)
		rc = read_knobs(c, e);
	if (!rc)
		rc = catalog_read_info(c, path_join(path, c->dir, "workloads.json"), e);
	if (!rc)
		rc = catalog_read_layouts(c, e);
	if (rc)
		catalog_free(c);
	return rc;
}

void catalog_free(struct catalog *c)
{
	for (int i = 0; i < c->nbackends; i++) {
		free(c->backends[i].name);
		free(c->backends[i].model);
		free(c->backends[i].caps);
		free(c->backends[i].layouts);
		catalog_free_knobs(&c->backends[i]);
	}
	free(c->backends);
	free(c->helper);
	catalog_free_info(c);
	memset(c, 0, sizeof *c);
}

const struct catalog *catalog_of(const struct catalog *c, const struct cell *cell)
{
	return c->old && cell->build && !strcmp(cell->build, BUILD_OLD) ? c->old : c;
}

/* Whose programs are taken: their names are those within the build, behind the prefix. */
struct taker {
	const struct catalog *c;
	const char *prefix;
	struct facts *f;
	struct err *e;
};

static int add_binary(const struct taker *t, struct binary *b, const char *program)
{
	const char *within = program + strlen(t->c->dir);
	char name[PATH_MAX + 8];
	int rc = binary_take(b, program, t->e);

	snprintf(name, sizeof name, "%s%s", t->prefix, within + strspn(within, "/"));
	if (!rc && facts_add(t->f, "binaries", name, b->hash))
		rc = err_set(t->e, -ENOMEM, "out of memory");
	return rc;
}

static int add_backend_binaries(const struct taker *t, struct backend *b)
{
	int rc = add_binary(t, &b->binary, b->program);

	for (int i = 0; i < b->nlayouts && !rc; i++)
		rc = add_binary(t, &b->layouts[i].binary, b->layouts[i].program);
	return rc;
}

static int add_binaries(const struct taker *t)
{
	int rc = 0;

	for (int i = 0; i < t->c->nbackends && !rc; i++)
		if (t->c->backends[i].available)
			rc = add_backend_binaries(t, &t->c->backends[i]);
	for (struct helper *h = t->c->helper; h->name && !rc; h++)
		if (access(h->program, X_OK) == 0)
			rc = add_binary(t, &h->binary, h->program);
	return rc;
}

int catalog_facts(struct catalog *c, struct facts *f, struct err *e)
{
	int rc = add_binaries(&(struct taker){ c, "", f, e });

	if (!rc && c->old)
		rc = add_binaries(&(struct taker){ c->old, BUILD_OLD "/", f, e });
	return rc || !c->old ? rc : builds_facts(c, f, e);
}

int catalog_unchanged(const struct catalog *c, struct backend *b, int layout, struct err *e)
{
	int i = backend_layout(b, layout);
	int rc = binary_check(i ? &b->layouts[i - 1].binary : &b->binary, backend_program(b, i), e);

	for (struct helper *h = c->helper; h->name && !rc; h++)
		rc = binary_check(&h->binary, h->program, e);
	return rc;
}

int catalog_backend(const struct catalog *c, const char *name, const char *what, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (int i = 0; i < c->nbackends; i++) {
		if (!strcmp(c->backends[i].name, name))
			return i;
		nearest_try(&near, c->backends[i].name);
	}
	return err_set(e, -1, "%s: unknown back end '%.60s'%s", what, name,
	               nearest_hint(&near, hint, sizeof hint));
}

int catalog_workload(const struct catalog *c, const char *name, const char *what, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (int i = 0; i < c->nworkloads; i++) {
		if (!strcmp(c->workloads[i].name, name))
			return i;
		nearest_try(&near, c->workloads[i].name);
	}
	return err_set(e, -1, "%s: unknown workload '%.60s'%s", what, name,
	               nearest_hint(&near, hint, sizeof hint));
}

bool backend_can(const struct backend *b, const char *cap)
{
	size_t n = strlen(cap);

	for (const char *p = b->caps; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (!strncmp(p, cap, n) && (!p[n] || p[n] == ','))
			return true;
	return false;
}

bool backend_applies(const struct backend *b, const struct decl *d, int procs, char *why, size_t size)
{
	if (procs > 1 && !backend_can(b, "parallel")) {
		snprintf(why, size, "%s runs one G at a time, so P = %d does not apply", b->name, procs);
		return false;
	}
	for (int i = 0; d->needs[i]; i++) {
		if (backend_can(b, d->needs[i]))
			continue;
		snprintf(why, size, "%s needs the capability %s, which %s lacks", d->name, d->needs[i], b->name);
		return false;
	}
	return true;
}

const struct param *decl_param(const struct decl *d, const char *name)
{
	for (int i = 0; i < d->nparams; i++)
		if (!strcmp(d->params[i].name, name))
			return &d->params[i];
	return NULL;
}

const struct knob *backend_knob(const struct backend *b, const char *name)
{
	for (int i = 0; i < b->nknobs; i++)
		if (!strcmp(b->knobs[i].name, name))
			return &b->knobs[i];
	return NULL;
}
