/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "bundle/contents.h"
#include "bundle/sums.h"

/* JSON packs to a twentieth, at times to a hundredth; what packs better, but for small
 * files, is no run. */
#define RATIO_MAX 500
#define SMALL ((size_t)16 << 20)
#define BLOCK ((size_t)64 << 10)
/* Of headers that are passed over: folders, and what tar knows beside files. */
#define ENTRIES_MAX (2 * PIECES_MAX)

struct unpacking {
	struct archive *a;
	const char *dir;
	char top[PIECE_NAME];           /* the folder that all files are in; "": none was seen */
	struct summed v[PIECES_MAX];
	int n;
	char *sums;                     /* SHA256SUMS; NULL: not there */
	size_t used, most;              /* bytes */
	struct err *e;
};

static int refuse(struct unpacking *u, const char *what)
{
	return err_set(u->e, -EINVAL, "%s", what);
}

static int broken(struct unpacking *u)
{
	const char *why = archive_error_string(u->a);

	return err_set(u->e, -EINVAL, "it is damaged, or no archive (%s)", why ? why : "it cannot be read");
}

/* The name below the top folder, which is the same for all; NULL: this may be none. */
static const char *name_below(struct unpacking *u, const char *path)
{
	const char *slash = strchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (!n || n >= sizeof u->top || *path == '.')
		return NULL;
	if (!*u->top)
		memcpy(u->top, path, n);
	return !strncmp(u->top, path, n) && !u->top[n] ? slash + 1 : NULL;
}

/* A file's data, whole, as much as it has and no more than may be. */
static int read_data(struct unpacking *u, char **data, size_t *n)
{
	size_t room = BLOCK;
	char *buf = malloc(room + 1);
	la_ssize_t got;

	*n = 0;
	if (!buf)
		return err_set(u->e, -ENOMEM, "out of memory");
	while ((got = archive_read_data(u->a, buf + *n, room - *n)) > 0) {
		char *grown = buf;

		*n += (size_t)got;
		u->used += (size_t)got;
		if (u->used > u->most) {
			free(buf);
			return refuse(u, "its files are larger than those of any run that packs to its size");
		}
		if (*n == room)
			grown = realloc(buf, (room *= 2) + 1);
		if (!grown) {
			free(buf);
			return err_set(u->e, -ENOMEM, "out of memory");
		}
		buf = grown;
	}
	if (got < 0) {
		free(buf);
		return broken(u);
	}
	buf[*n] = '\0';
	*data = buf;
	return 0;
}

static int put(struct unpacking *u, const char *name, const char *data, size_t n)
{
	char path[PATH_MAX];
	int fd = open(path_join(path, u->dir, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = fd < 0 ? -errno : write_all(fd, data, n);

	if (fd >= 0 && close(fd) != 0 && !rc)
		rc = -errno;
	return rc ? err_set(u->e, rc, "its %s cannot be unpacked into %.300s: %s", name, u->dir, strerror(-rc)) : 0;
}

static int take_file(struct unpacking *u, const char *name)
{
	struct summed *s = &u->v[u->n];
	char *data = NULL;
	size_t n;
	int rc;

	if (!contents_know(name))
		return err_set(u->e, -EINVAL, "it has a file '%.200s', which is of no run", name);
	for (int i = 0; i < u->n; i++)
		if (!strcmp(u->v[i].name, name))
			return err_set(u->e, -EINVAL, "it has %s twice", name);
	if (u->sums)
		return err_set(u->e, -EINVAL, "it has %s behind " SUMS_NAME ", which is the last of a bundle", name);
	/* There are fewer names than that. */
	if (u->n == PIECES_MAX)
		return refuse(u, "it has too many files");
	rc = read_data(u, &data, &n);
	if (rc)
		return rc;
	if (!strcmp(name, SUMS_NAME)) {
		u->sums = data;
		return strlen(data) == n ? 0 : refuse(u, "its " SUMS_NAME " is no text");
	}
	snprintf(s->name, sizeof s->name, "%s", name);
	sum_of(s->sum, data, n);
	u->n++;
	rc = contents_read_by_commands(name) ? put(u, name, data, n) : 0;
	free(data);
	return rc;
}

static int take_entry(struct unpacking *u, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);
	const char *name = path ? name_below(u, path) : NULL;
	/* Who unpacks a bundle and packs it again has its folders in it. */
	bool folder = archive_entry_filetype(entry) == AE_IFDIR;

	if (folder && name && (!*name || !strcmp(name, "plots/") || !strcmp(name, "plots")))
		return 0;
	if (!name || folder)
		return err_set(u->e, -EINVAL, "it has a file '%.200s', which is not in the folder of a run", path ? path : "");
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return err_set(u->e, -EINVAL, "its %.200s is a link, a device or the like, and no file", name);
	return take_file(u, name);
}

static int take_all(struct unpacking *u)
{
	struct archive_entry *entry;
	int rc = 0, got = ARCHIVE_EOF, entries = 0;

	while (!rc && (got = archive_read_next_header(u->a, &entry)) == ARCHIVE_OK)
		rc = ++entries > ENTRIES_MAX ? refuse(u, "it has too many files") : take_entry(u, entry);
	if (!rc && got != ARCHIVE_EOF)
		rc = broken(u);
	if (!rc && !u->sums)
		rc = refuse(u, "it has no " SUMS_NAME ": it was cut, or is no bundle");
	return rc ? rc : sums_check(u->sums, u->v, u->n, u->e);
}

static bool set_up(struct archive *a)
{
	return archive_read_support_filter_zstd(a) == ARCHIVE_OK && archive_read_support_filter_gzip(a) == ARCHIVE_OK &&
	       archive_read_support_format_tar(a) == ARCHIVE_OK;
}

int unpack(const char *file, const char *dir, struct err *e)
{
	struct unpacking u = { .a = archive_read_new(), .dir = dir, .e = e };
	int fd = file_open(file, O_RDONLY), rc = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		rc = err_set(e, fd < 0 ? fd : -errno, "it cannot be read: %s", fd < 0 ? file_why(fd) : strerror(errno));
	else if (!u.a || !set_up(u.a))
		rc = err_set(e, -ENOMEM, "this libarchive cannot read tar archives with zstd and gzip");
	else if (archive_read_open_fd(u.a, fd, BLOCK) != ARCHIVE_OK)
		rc = broken(&u);
	if (!rc) {
		u.most = (size_t)st.st_size < CONTENTS_MAX / RATIO_MAX ? SMALL + (size_t)st.st_size * RATIO_MAX : CONTENTS_MAX;
		rc = take_all(&u);
	}
	archive_read_free(u.a);
	if (fd >= 0)
		close(fd);
	free(u.sums);
	return rc;
}
