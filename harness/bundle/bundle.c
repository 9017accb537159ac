/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/bundle.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "bundle/contents.h"
#include "bundle/hide.h"
#include "bundle/pack.h"
#include "bundle/readme.h"
#include "bundle/sums.h"
#include "bundle/unpack.h"

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && !strcmp(s + n - k, end);
}

/* ---- Making one ------------------------------------------------------------- */

/* "schedlab-20261123T181405Z": says nothing of the host, as the folder's name may. */
static void name_run(char top[PIECE_NAME], const struct results *r)
{
	size_t n = (size_t)snprintf(top, PIECE_NAME, "schedlab-");

	for (const char *p = results_fact(r, "started"); *p && n < PIECE_NAME - 1; p++)
		if (isalnum((unsigned char)*p))
			top[n++] = *p;
	top[n] = '\0';
	if (!strcmp(top, "schedlab-"))
		strcpy(top, "schedlab-run");
}

/* 0 where it is not known, or no time that a tar archive can have. */
static int64_t time_of(const struct results *r)
{
	struct tm tm = { 0 };
	const char *end = strptime(results_fact(r, "started"), "%Y-%m-%dT%H:%M:%SZ", &tm);
	int64_t t = end && !*end ? timegm(&tm) : 0;

	return t > 0 && t < (int64_t)1 << 33 ? t : 0;
}

static int fill(struct contents *c, const struct results *r, const char *top, bool names, struct err *e)
{
	struct contents run = { .n = 0 };
	struct names hidden = { .n = 0 };
	char *readme;
	size_t n;
	int rc = contents_take(&run, r->dir, e);

	c->n = 0;
	if (rc)
		return rc;
	if (!names) {
		names_add_here(&hidden);
		rc = hide_names(&run, &hidden, e);
	}
	/* The first that somebody sees who lists the archive. */
	rc = rc ? rc : readme_make(&readme, &n, r, top, &hidden, e);
	rc = rc ? rc : contents_add(c, "README.md", readme, n, e);
	for (int i = 0; i < run.n; i++) {
		if (!rc)
			rc = contents_add(c, run.v[i].name, run.v[i].data, run.v[i].n, e);
		else
			free(run.v[i].data);
	}
	rc = rc ? rc : sums_add(c, e);
	if (rc)
		contents_free(c);
	return rc;
}

static bool same_bytes(const char *a, const char *b)
{
	char *x = NULL, *y = NULL;
	struct err ignored;
	size_t n, m;
	bool same = file_get(a, CONTENTS_MAX, &x, &n, &ignored) == 0 && file_get(b, CONTENTS_MAX, &y, &m, &ignored) == 0 &&
	            n == m && !memcmp(x, y, n);

	free(x);
	free(y);
	return same;
}

/* Writes a file of another name beside it, and then gives it its own. */
static int put(const char *out, const struct contents *c, const char *top, int64_t time_s, struct err *e)
{
	const char *slash = strrchr(out, '/'), *base = slash ? slash + 1 : out;
	char temp[PATH_MAX];
	struct err why;
	mode_t mask = umask(0);
	int fd, rc;

	umask(mask);
	if (snprintf(temp, sizeof temp, "%.*s.%s.XXXXXX", (int)(base - out), out, base) >= (int)sizeof temp)
		return err_set(e, -ENAMETOOLONG, "%.300s is too long a path", out);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot write %.300s: %s", out, strerror(errno));
	rc = pack(fd, c, top, time_s, ends_in(out, ".gz"), &why);
	if (!rc && (fchmod(fd, 0666 & ~mask) != 0 || fsync(fd) != 0))
		rc = err_set(&why, -errno, "%s", strerror(errno));
	if (close(fd) != 0 && !rc)
		rc = err_set(&why, -errno, "%s", strerror(errno));
	if (!rc && (rc = file_name_new(temp, out)))
		err_set(&why, rc, "%s", strerror(-rc));
	if (rc == -EEXIST && same_bytes(temp, out))
		rc = 0;
	else if (rc == -EEXIST)
		err_set(e, rc, "%.300s is there already, and is another: remove it, or name another file (-o)", out);
	else if (rc)
		err_set(e, rc, "cannot write %.300s: %.150s", out, why.msg);
	unlink(temp);
	return rc;
}

int bundle_make(char out[PATH_MAX], const char *dir, const struct bundle_asked *asked, struct err *e)
{
	char top[PIECE_NAME];
	struct contents c;
	struct results r;
	int rc;

	if (asked->out && !ends_in(asked->out, ".tar.zst") && !ends_in(asked->out, ".tar.gz"))
		return err_set(e, -EINVAL, "-o %.300s: the name of a bundle ends in .tar.zst or .tar.gz", asked->out);
	rc = results_read(&r, dir, e);
	if (rc)
		return rc;
	name_run(top, &r);
	if (asked->out)
		snprintf(out, PATH_MAX, "%s", asked->out);
	else
		snprintf(out, PATH_MAX, "%s%s", top, asked->gzip ? ".tar.gz" : ".tar.zst");
	rc = fill(&c, &r, top, asked->names, e);
	if (!rc) {
		rc = put(out, &c, top, time_of(&r), e);
		contents_free(&c);
	}
	results_free(&r);
	return rc;
}

/* ---- Reading one ------------------------------------------------------------- */

bool bundle_is_file(const char *path)
{
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd }, gzip[] = { 0x1f, 0x8b };
	char start[262] = "";
	struct stat st;
	int fd;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (ends_in(path, ".tar.zst") || ends_in(path, ".tar.gz"))
		return true;
	fd = file_open(path, O_RDONLY);
	if (fd < 0 || read(fd, start, sizeof start) < (ssize_t)sizeof gzip)
		start[0] = '\0';
	if (fd >= 0)
		close(fd);
	return !memcmp(start, zstd, sizeof zstd) || !memcmp(start, gzip, sizeof gzip) || !memcmp(start + 257, "ustar", 5);
}

/* Says a sentence of the bundle, which is what the user knows, and not of a folder that is
 * gone. */
static void rename_in(struct err *e, const char *dir, const char *path)
{
	const struct err was = *e;
	const char *at = strstr(was.msg, dir);

	if (at)
		err_set(e, 0, "%.*s%.200s%s", (int)(at - was.msg), was.msg, path, at + strlen(dir));
}

typedef int reader(struct results *, const char *dir, struct err *);

static int read_with(reader *read_folder, struct results *r, const char *path, struct err *e)
{
	char dir[PATH_MAX];
	struct err why;
	int rc;

	if (!bundle_is_file(path))
		return read_folder(r, path, e);
	if (!mkdtemp(path_temporary(dir, "bundle")))
		return err_set(e, -errno, "%.200s: no folder to unpack it in (TMPDIR): %s", path, strerror(errno));
	if ((rc = unpack(path, dir, &why)))
		err_set(e, rc, "%.200s: %.300s", path, why.msg);
	else if ((rc = read_folder(r, dir, e)))
		rename_in(e, dir, path);
	else if (!(r->unpacked = strdup(dir)))
		rc = err_set(e, -ENOMEM, "out of memory");
	if (!rc)
		r->dir = path;
	else
		dir_remove(dir);
	return rc;
}

int bundle_read(struct results *r, const char *path, struct err *e)
{
	return read_with(results_read, r, path, e);
}

int bundle_read_first(struct results *r, const char *path, struct err *e)
{
	return read_with(results_read_first, r, path, e);
}
