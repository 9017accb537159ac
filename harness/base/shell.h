/* SPDX-License-Identifier: Apache-2.0
 *
 * shell.h: words of a command line that is printed for somebody to type.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdio.h>

/* The word as a shell takes it: as it is, or in single quotes where any of its
 * characters means something to a shell, or where it is empty. */
void shell_word(const char *word, FILE *out);

#endif
