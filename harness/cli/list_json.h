/* SPDX-License-Identifier: Apache-2.0
 *
 * list_json.h: `schedlab list --json`.
 */
#ifndef LIST_JSON_H
#define LIST_JSON_H

#include <stdio.h>

#include "plan/catalog.h"

/* 0 or -errno. */
int list_json(const struct catalog *, FILE *out);

#endif
