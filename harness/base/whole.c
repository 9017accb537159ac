/* SPDX-License-Identifier: Apache-2.0 */
#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

int whole_begin(struct whole *w, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat st;
	int fd, rc;

	if (!*name)
		return err_set(e, -EINVAL, "'%.300s' is no name for a file", path);
	if (snprintf(w->path, sizeof w->path, "%s", path) >= (int)sizeof w->path ||
	    snprintf(w->temp, sizeof w->temp, "%.*s.%s.tmp", (int)(name - path), path, name) >= (int)sizeof w->temp)
		return err_set(e, -ENAMETOOLONG, "'%.300s' is too long a path", path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, -EINVAL, "cannot write %.300s: it is no regular file", path);
	fd = file_open(w->temp, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return err_set(e, fd, "cannot write %.300s: %s", path, file_why(fd));
	w->out = fdopen(fd, "w");
	if (!w->out) {
		rc = -errno;
		close(fd);
		unlink(w->temp);
		return err_set(e, rc, "cannot write %.300s: %s", path, strerror(-rc));
	}
	return 0;
}

int whole_end(struct whole *w, int rc, struct err *e)
{
	int bad = 0;

	if (fflush(w->out) != 0 || ferror(w->out) || fsync(fileno(w->out)) != 0)
		bad = errno ? -errno : -EIO;
	if (fclose(w->out) != 0 && !bad)
		bad = -errno;
	w->out = NULL;
	if (!rc && !bad && rename(w->temp, w->path) != 0)
		bad = -errno;
	if (rc || bad) {
		unlink(w->temp);
		return rc ? rc : err_set(e, bad, "cannot write %.300s: %s", w->path, strerror(-bad));
	}
	file_sync_parent(w->path);
	return 0;
}
