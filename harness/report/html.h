/* SPDX-License-Identifier: Apache-2.0
 *
 * html.h: text into a page.  Markup is written with fputs, and is all literal; whatever
 * came from a run, a build or a machine goes through here, so that it shows as the text
 * that it is, between tags and within a quoted attribute alike.
 */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>
#include <stdio.h>

void html_text(const char *text, FILE *out);

/* The same, formatted; cut after 2047 bytes. */
void html_textf(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A picture in SVG, as the address of an img element, in single quotes.  There it runs no scripts, loads
 * nothing, and its names are not the page's: a picture of a run may be anybody's. */
void html_svg_address(const char *svg, size_t n, FILE *out);

/* JSON as the contents of a script element: nothing in it ends that, or begins a comment. */
void html_json(const char *json, FILE *out);

#endif
