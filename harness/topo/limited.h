/* SPDX-License-Identifier: Apache-2.0
 *
 * limited.h: work on what nobody vouches for, by code that nobody here wrote, in a
 * child process that has limits.  Only the bytes that it writes come back, and they
 * are to be checked: it may be anybody's by then.
 */
#ifndef LIMITED_H
#define LIMITED_H

#include <stddef.h>

#include "base/err.h"

struct limits {
	int cpu_s, wall_s;      /* seconds */
	size_t memory;          /* bytes of address space; a sanitizer has no such limit */
	size_t output;          /* bytes that come back, at most */
};

/* Runs work(fd, arg) in a child, which ends with it; what it wrote to fd comes back,
 * the caller's to free.  Nobody sees its standard output and error.  0, or -errno with
 * a sentence that begins with what ("--input x.xml"): it took too long, fell, or said
 * too much. */
int limited_run(void (*work)(int fd, void *arg), void *arg, const struct limits *, const char *what,
                char **data, size_t *n, struct err *);

#endif
