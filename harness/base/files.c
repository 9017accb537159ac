/* SPDX-License-Identifier: Apache-2.0 */
#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *path_join(char buf[PATH_MAX], const char *dir, const char *name)
{
	snprintf(buf, PATH_MAX, "%s/%s", dir, name);
	return buf;
}

char *path_temporary(char buf[PATH_MAX], const char *name)
{
	const char *dir = getenv("TMPDIR");

	snprintf(buf, PATH_MAX, "%s/schedlab-%s-XXXXXX", dir && *dir ? dir : "/tmp", name);
	return buf;
}

/* A new name, or a new owner of one, lasts only once its folder is on the disk. */
static int dir_sync(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) != 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc == -EINVAL ? 0 : rc;  /* some file systems sync no folder */
}

/* Of a folder that was made, too; if that fails, writing into it will. */
void file_sync_parent(const char *path)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (slash)
		*(slash == parent ? slash + 1 : slash) = '\0';
	dir_sync(slash ? parent : ".");
}

int dir_make(const char *dir, struct err *e)
{
	char path[PATH_MAX];
	struct stat st;

	if (!*dir || strlen(dir) >= sizeof path)
		return err_set(e, -ENAMETOOLONG, "'%s' is no path for a folder", dir);
	strcpy(path, dir);
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) == 0)
			file_sync_parent(path);
		else if (errno != EEXIST)
			return err_set(e, -errno, "cannot make the folder %s: %s",
			               path, strerror(errno));
		*p = c;
		if (!c)
			break;
	}
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, -ENOTDIR, "%s is no folder", path);
	return 0;
}

void dir_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return;
	while ((entry = readdir(d)))
		unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	rmdir(dir);
}

int write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int file_open(const char *path, int flags)
{
	int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666), rc = 0;
	struct stat st;

	if (fd < 0)
		return errno == ENXIO ? -EINVAL : -errno;       /* a FIFO that nobody reads */
	if (fstat(fd, &st) != 0)
		rc = -errno;
	else if (!S_ISREG(st.st_mode))
		rc = -EINVAL;
	if (rc)
		close(fd);
	return rc ? rc : fd;
}

const char *file_why(int rc)
{
	return rc == -EINVAL ? "it is no regular file" : strerror(-rc);
}

int file_put(const char *dir, const char *name, const void *data, size_t n, struct err *e)
{
	char path[PATH_MAX], temp[PATH_MAX];
	int fd, rc;

	path_join(path, dir, name);
	if (snprintf(temp, sizeof temp, "%s/.%s.tmp", dir, name) >= (int)sizeof temp)
		return err_set(e, -ENAMETOOLONG, "%s is too long a path", path);
	fd = file_open(temp, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return err_set(e, fd, "cannot write %s: %s", temp, file_why(fd));
	rc = write_all(fd, data, n);
	if (!rc && fsync(fd) != 0)
		rc = -errno;
	if (close(fd) != 0 && !rc)
		rc = -errno;
	if (!rc && rename(temp, path) != 0)
		rc = -errno;
	if (!rc)
		rc = dir_sync(dir);
	else
		unlink(temp);
	return rc ? err_set(e, rc, "cannot write %s: %s", path, strerror(-rc)) : 0;
}

int file_name_new(const char *temp, const char *path)
{
	if (link(temp, path) != 0) {
		struct stat st;

		if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
			return -errno;
		/* Some file systems have no links. */
		if (lstat(path, &st) == 0)
			return -EEXIST;
		if (rename(temp, path) != 0)
			return -errno;
	}
	file_sync_parent(path);
	return 0;
}

int file_get(const char *path, size_t max, char **data, size_t *n, struct err *e)
{
	size_t size = 0, room = 16 << 10;
	int fd = file_open(path, O_RDONLY), rc = 0;
	char *buf = NULL;
	struct stat st;

	if (fd < 0)
		return err_set(e, fd, "cannot read %s: %s", path, file_why(fd));
	/* What the kernel makes up as it is read has no size. */
	if (fstat(fd, &st) == 0 && st.st_size > 0 && (uintmax_t)st.st_size > max)
		rc = -EFBIG;
	while (!rc) {
		char *grown = !buf || size == room ? realloc(buf, (room *= 2) + 1) : buf;
		ssize_t r;

		if (!grown) {
			rc = -ENOMEM;
			break;
		}
		buf = grown;
		r = read(fd, buf + size, room - size);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			rc = r < 0 ? -errno : 0;
			break;
		}
		size += (size_t)r;
		if (size > max) {
			rc = -EFBIG;
			break;
		}
	}
	close(fd);
	if (rc) {
		free(buf);
		return err_set(e, rc, "cannot read %s: %s", path, strerror(-rc));
	}
	buf[size] = '\0';
	*data = buf;
	if (n)
		*n = size;
	return 0;
}

int file_hash(const char *path, char hash[FILE_HASH], struct err *e)
{
	uint64_t h = 0xcbf29ce484222325;
	size_t n;
	char *data;
	int rc = file_get(path, (size_t)1 << 30, &data, &n, e);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)data[i]) * 0x100000001b3;
	free(data);
	snprintf(hash, FILE_HASH, "fnv1a64:%016" PRIx64, h);
	return 0;
}
