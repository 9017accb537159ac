/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h: figures as people read them, in columns.  A letter of more than one
 * byte, as in the symbol for a microsecond, is one column wide.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>

/* "1.23 µs": three significant digits, in the unit that suits; buf[16]. */
const char *time_text(double ns, char buf[16]);

/* How wide the text is. */
int text_columns(const char *text);

/* The text at the right of so many columns. */
void print_right(const char *text, int columns, FILE *out);

#endif
