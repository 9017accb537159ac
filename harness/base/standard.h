/* SPDX-License-Identifier: Apache-2.0
 *
 * standard.h: standard input, output and error, there whatever we were started with.
 */
#ifndef STANDARD_H
#define STANDARD_H

#include <fcntl.h>

/* Where a program is started with one of them closed, its next file would be that:
 * rows would have our messages between them.  What is opened instead cannot be
 * read, or written to, so that who tries is told.  To be called first in main.
 * demo-NAME and conform-NAME, which have nothing of the harness, do likewise. */
static inline void standard_open(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

#endif
