/* SPDX-License-Identifier: Apache-2.0
 *
 * later.c: what schedlab.h declares and no back end has yet.
 */
#include "internal.h"

#define LATER(type, name, ...) \
	type name(__VA_ARGS__) { sl__fatal(#name ": not yet"); }

#pragma GCC diagnostic ignored "-Wunused-parameter"

LATER(int, sl_select, struct sl_case *cases, int n, bool block)
LATER(int, sl_select_until, struct sl_case *cases, int n, int64_t deadline_ns)
