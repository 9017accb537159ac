/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/builds.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/plain.h"

/* ---- Whether they compare ------------------------------------------------------ */

/* The architecture that a program is for; 0: it is no ELF file. */
static int machine_of(const char *path)
{
	unsigned char head[offsetof(Elf64_Ehdr, e_version)];
	int fd = open(path, O_RDONLY | O_CLOEXEC), machine = 0;

	if (fd >= 0 && read(fd, head, sizeof head) == sizeof head && !memcmp(head, ELFMAG, SELFMAG))
		machine = head[offsetof(Elf64_Ehdr, e_machine)] | head[offsetof(Elf64_Ehdr, e_machine) + 1] << 8 |
		          head[EI_CLASS] << 16 | head[EI_DATA] << 20;
	if (fd >= 0)
		close(fd);
	return machine;
}

static int check_backend(const struct catalog *c, const char *name, struct err *e)
{
	struct err ignored;
	int i = catalog_backend(c->old, name, "", &ignored), k = catalog_backend(c, name, "", &ignored);
	const struct backend *old = i < 0 ? NULL : &c->old->backends[i], *new = k < 0 ? NULL : &c->backends[k];
	int there, here;

	if (!old || !new || !old->available || !new->available)
		return 0;
	there = machine_of(old->program);
	here = machine_of(new->program);
	if (there && here && there != here)
		return err_set(e, -EINVAL, "%.200s is for another architecture than %.200s: one of them cannot run here",
		               old->program, new->program);
	if (old->toolchain && new->toolchain && strcmp(old->toolchain, new->toolchain) != 0)
		return err_set(e, -EINVAL, "%.60s was built by %.60s in %.200s and by %.60s in %.200s, and that would be "
		               "the difference: leave it out (-b)", name, old->toolchain, c->old->dir,
		               new->toolchain, c->dir);
	return 0;
}

int builds_check(const struct catalog *c, const struct plan *p, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < p->ncells && !rc; i++)
		rc = check_backend(c, p->cells[i].backend, e);
	return rc;
}

/* A back end with layouts in one build alone has none. */
static void match(struct catalog *c, const struct catalog *other)
{
	struct err ignored;

	for (int i = 0; i < c->nbackends; i++) {
		int k = catalog_backend(other, c->backends[i].name, "", &ignored);
		int n = k < 0 ? 0 : other->backends[k].nlayouts;

		if (n < c->backends[i].nlayouts)
			c->backends[i].nlayouts = n;
	}
	if (other->nlayouts < c->nlayouts)
		c->nlayouts = other->nlayouts;
}

void builds_pair(struct catalog *new, struct catalog *old)
{
	match(new, old);
	match(old, new);
	new->old = old;
}

/* ---- The plan -------------------------------------------------------------------- */

static bool copy(struct cell *out, const struct cell *c, const char *build)
{
	*out = *c;
	out->build = build;
	out->cpus = malloc(((size_t)c->ncpus + 1) * sizeof *out->cpus);
	if (out->cpus && c->ncpus)
		memcpy(out->cpus, c->cpus, (size_t)c->ncpus * sizeof *out->cpus);
	return out->cpus != NULL;
}

int builds_plan(struct plan *p, struct err *e)
{
	struct cell *twice;
	int n = 0;
	bool whole;

	if (2 * p->ncells > CELLS_MAX)
		return err_set(e, -E2BIG, "these are more than %d cells of two builds: ask for less at a time", CELLS_MAX);
	twice = calloc(2 * (size_t)p->ncells + 1, sizeof *twice);
	whole = twice != NULL;
	for (int i = 0; i < p->ncells && whole; i++) {
		/* Copies are for runs in which nothing else is there twice. */
		if (p->cells[i].copy)
			continue;
		whole = copy(&twice[n++], &p->cells[i], BUILD_OLD);
		whole = whole && copy(&twice[n++], &p->cells[i], BUILD_NEW);
	}
	for (int i = 0; i < n && !whole; i++)
		free(twice[i].cpus);
	if (!whole) {
		free(twice);
		return err_set(e, -ENOMEM, "out of memory");
	}
	for (int i = 0; i < p->ncells; i++)
		free(p->cells[i].cpus);
	free(p->cells);
	p->cells = twice;
	p->ncells = n;
	p->estimate_s = 0;
	return 0;
}

bool plan_in_pairs(const struct plan *p)
{
	for (int i = 0; i < p->ncells; i += 2) {
		struct cell other;

		if (i + 1 == p->ncells || !p->cells[i].build || !p->cells[i + 1].build ||
		    strcmp(p->cells[i].build, BUILD_OLD) != 0 || strcmp(p->cells[i + 1].build, BUILD_NEW) != 0)
			return false;
		other = p->cells[i + 1];
		other.build = BUILD_OLD;
		if (!cell_same(&p->cells[i], &other))
			return false;
	}
	return p->ncells > 0;
}

/* ---- What meta.json says of them ---------------------------------------------------- */

/* The value of a line such as #define BUILD_CC "cc (Debian) 12"; NULL: it is none.
 * *name is what follows BUILD_ then. */
static char *define_of(char *line, char **name)
{
	static const char begin[] = "#define BUILD_";
	char *value, *to;

	if (strncmp(line, begin, sizeof begin - 1) != 0)
		return NULL;
	*name = line + sizeof begin - 1;
	value = strchr(*name, ' ');
	if (!value || value[1] != '"')
		return NULL;
	*value = '\0';
	value = to = value + 2;
	for (char *from = value; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return text_plain(value);
}

static int add(struct facts *f, const char *section, const char *key, const char *value, struct err *e)
{
	return facts_add(f, section, key, value) ? err_set(e, -ENOMEM, "out of memory") : 0;
}

/* What the build was told of itself when it was made.  A folder that was copied without it
 * measures all the same. */
static int add_told(struct facts *f, const char *section, const char *dir, struct err *e)
{
	char path[PATH_MAX], *text, *save = NULL, *name;
	struct err ignored;
	int rc = 0;

	if (file_get(path_join(path, dir, "gen/build_info.h"), 1 << 16, &text, NULL, &ignored))
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line && !rc; line = strtok_r(NULL, "\n", &save)) {
		char *value = define_of(line, &name), key[32];
		size_t n = 0;

		for (; value && name[n] && n < sizeof key - 1; n++)
			key[n] = (char)tolower((unsigned char)name[n]);
		key[n] = '\0';
		/* As the section "build" calls it. */
		if (value && *value)
			rc = add(f, section, strcmp(key, "cc") ? key : "compiler", value, e);
	}
	free(text);
	return rc;
}

int builds_facts(const struct catalog *c, struct facts *f, struct err *e)
{
	const struct catalog *const of[] = { c->old, c };
	static const char *const sections[] = { BUILD_OLD_FACTS, BUILD_NEW_FACTS };
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++) {
		char *whole = realpath(of[i]->dir, NULL);

		rc = add(f, sections[i], "dir", whole ? whole : of[i]->dir, e);
		free(whole);
		if (!rc)
			rc = add_told(f, sections[i], of[i]->dir, e);
	}
	return rc;
}
