/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h: figures as people read them, in columns.  A letter of more than one
 * byte, as in the symbol for a microsecond, is one column wide.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stdio.h>

enum unit { UNIT_NS, UNIT_BYTES, UNIT_NONE };

/* "1.23 µs", "4.40 kB", "0.123": three significant digits, in the unit that
 * suits; a number without a unit has three places at most.  buf[16]. */
const char *unit_text(double v, enum unit, char buf[16]);
const char *time_text(double ns, char buf[16]);

/* "1.23 to 4.56 µs", both in the unit that suits the higher; buf[32]. */
const char *range_text(double low, double high, enum unit, char buf[32]);

/* "1.23" with several figures in one unit, the one that suits like; its name, with a
 * blank before it, is unit_name's. */
const char *like_text(double v, double like, enum unit, char buf[16]);
const char *unit_name(double like, enum unit);

/* "1.002": what is near 1 differs in the third decimal.  And "0.998 to 1.004". */
const char *ratio_text(double v, char buf[16]);
const char *ratios_text(double low, double high, char buf[48]);

/* How wide the text is. */
int text_columns(const char *text);

/* How many bytes of it are the letters that so many columns have room for. */
int text_bytes(const char *text, int columns);

/* Whether who reads it has letters beyond ASCII: the locale's are UTF-8. */
bool text_unicode(void);

/* The text at the right of so many columns. */
void print_right(const char *text, int columns, FILE *out);

/* The text from a column on, where the line is now, broken between words so that
 * no line is longer than 79; others begin after indent blanks.  Ends the line. */
void text_wrap(const char *text, int indent, int column, FILE *out);

#endif
