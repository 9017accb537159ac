/* SPDX-License-Identifier: Apache-2.0
 *
 * demo.h: the small programs behind `schedlab demo`.  Each shows one thing, in the
 * way that somebody would write it who meets it for the first time, mistakes
 * included where these are what it is about.  What is said before and after, and
 * which words a verdict looks for, is harness/demos.c's.
 */
#ifndef DEMO_H
#define DEMO_H

#include "schedlab.h"

struct demo {
	const char *name;
	void (*run)(void *);            /* as the initial G */
};

extern const struct demo demos[];       /* ended by a NULL name */

#endif
