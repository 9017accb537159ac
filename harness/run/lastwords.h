/* SPDX-License-Identifier: Apache-2.0
 *
 * lastwords.h: of all that a process says on standard error, the line that
 * tells why it failed: the first that begins "fatal error: " or "panic: "
 * (traces follow these), else the last.  Takes little memory, however much is
 * said.
 */
#ifndef LASTWORDS_H
#define LASTWORDS_H

#include <stddef.h>

#define WORDS_MAX 200

struct lastwords {
	char line[WORDS_MAX];           /* the one under way */
	size_t n;
	char last[WORDS_MAX], fatal[WORDS_MAX];
};

void lastwords_feed(struct lastwords *, const char *data, size_t n);

/* Ends the line under way.  "" when nothing was said. */
const char *lastwords_end(struct lastwords *);

#endif
