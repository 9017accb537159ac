/* SPDX-License-Identifier: Apache-2.0
 *
 * plain.h: text that came from elsewhere (a file, a program, a path) and is to be
 * printed.  What steers a terminal, breaks a line or a column, reorders or hides
 * what stands beside it is none: it is made '?', a byte for a byte.  Whoever reads
 * such text makes it plain; who prints need not think of it.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether all of it is UTF-8 of characters that show. */
bool text_is_plain(const char *s, size_t n);

/* Makes it so; no blank but ' ' stays.  Returns s. */
char *text_plain(char *s);

#endif
