/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shared/thread.h"

bool sl__thread_sleeps(pid_t tid, int sig, bool otherwise)
{
	char path[64], text[4096], *state, *blocked;
	int fd, saved = errno;
	ssize_t n = 0;

	snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)tid);
	fd = sl__open(path);
	if (fd >= 0) {
		n = read(fd, text, sizeof text - 1);
		close(fd);
	}
	errno = saved;
	if (n <= 0)
		return otherwise;
	text[n] = '\0';
	/* Each at the beginning of a line; the thread's name comes before, on one line. */
	state = strstr(text, "\nState:\t");
	blocked = strstr(text, "\nSigBlk:\t");
	if (!state || !blocked)
		return otherwise;
	state += strlen("\nState:\t");
	blocked += strlen("\nSigBlk:\t");
	return (*state == 'S' || *state == 'D') &&
	       (!sig || strtoull(blocked, NULL, 16) >> (sig - 1) & 1);
}
