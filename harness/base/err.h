/* SPDX-License-Identifier: Apache-2.0
 *
 * err.h: how the harness fails.  A function that can fail returns 0 or -errno
 * and leaves one sentence, naming the flag, file or cell, in *e.  Whoever
 * called main prints it after "schedlab: " and chooses the exit status: 2 for
 * what the user can mend, 1 for what was measured and did not hold.
 */
#ifndef ERR_H
#define ERR_H

struct err { char msg[512]; };

/* Formats the sentence, makes it plain (plain.h) and returns rc. */
int err_set(struct err *e, int rc, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

#endif
