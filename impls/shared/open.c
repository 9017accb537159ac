/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c: the runtime's own descriptors.  They are close-on-exec, and above 2: a
 * program that was started with 0, 1 or 2 closed reads and writes there all the same,
 * and must not meet them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "shared/internal.h"

int sl__above_stdio(int fd)
{
	int above, saved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	saved = errno;
	close(fd);
	errno = saved;
	return above;
}

int sl__open(const char *path)
{
	return sl__above_stdio(open(path, O_RDONLY | O_CLOEXEC));
}

FILE *sl__fopen(const char *path)
{
	int fd = sl__open(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f && fd >= 0)
		close(fd);
	return f;
}
