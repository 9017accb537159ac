/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "parse.h"
#include "results_info.h"

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
		if (*why)
			snprintf(b->reason, sizeof b->reason, "%s", why);
		free(why);
	}
}

static int read_backends(struct catalog *c, struct err *e)
{
	char path[PATH_MAX], *text, *save = NULL;
	int rc = file_get(path_join(path, c->dir, "backends.tsv"), 1 << 20, &text, NULL, e);

	if (rc)
		return err_set(e, rc, "%s holds no build (no backends.tsv): run make", c->dir);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct backend *grown = realloc(c->backends, sizeof *grown * (c->nbackends + 1));
		char *name = strsep(&line, "\t"), *model = strsep(&line, "\t");

		if (!grown || !model) {
			rc = grown ? -EINVAL : -ENOMEM;
			c->backends = grown ? grown : c->backends;
			break;
		}
		c->backends = grown;
		grown += c->nbackends++;
		*grown = (struct backend){ .name = strdup(name), .model = strdup(model),
		                           .caps = strdup(line ? line : "") };
		if (!grown->name || !grown->model || !grown->caps) {
			rc = -ENOMEM;
			break;
		}
		find_program(c, grown);
	}
	free(text);
	if (!rc && !c->nbackends)
		rc = -EINVAL;
	return rc ? err_set(e, rc, "%s is damaged: run make again", path) : 0;
}

int catalog_read(struct catalog *c, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	memset(c, 0, sizeof *c);
	rc = build_dir(c->dir, e);
	if (!rc)
		rc = read_backends(c, e);
	if (!rc)
		rc = results_info(c, path_join(path, c->dir, "workloads.json"), e);
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
	}
	free(c->backends);
	results_info_free(c);
	memset(c, 0, sizeof *c);
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

const struct param *decl_param(const struct decl *d, const char *name)
{
	for (int i = 0; i < d->nparams; i++)
		if (!strcmp(d->params[i].name, name))
			return &d->params[i];
	return NULL;
}
