/* SPDX-License-Identifier: Apache-2.0
 *
 * hide.h: the names of a host and of who used it, taken out of what others will see.
 */
#ifndef HIDE_H
#define HIDE_H

#include "bundle/contents.h"

#define NAMES_MAX 8

struct names {
	struct { char name[256]; const char *instead; } v[NAMES_MAX];
	int n;
};

/* Adds a name, unless it is "" or one that is nobody's; a host's also without its domain. */
void names_add_host(struct names *, const char *host);
void names_add_user(struct names *, const char *user);

/* Adds those of this machine and of who is at work. */
void names_add_here(struct names *);

/* The text without these names, where they stand as words, and without any in a path of
 * somebody's home; NULL where it has none, else the caller's to free. */
char *names_hide(const struct names *, const char *text);

/* Takes them out of what people typed or programs said in meta.json and cells.jsonl, and
 * host and cgroup out of topology.xml.  Names of workloads and numbers stay as they are,
 * and lines that have nothing to hide to the byte. */
int hide_names(struct contents *, struct names *, struct err *);

/* hide_json.c */
int hide_in_meta(struct piece *, struct names *, struct err *);
int hide_in_rows(struct piece *, const struct names *, struct err *);

#endif
