/* SPDX-License-Identifier: Apache-2.0
 *
 * leaks.c: the Gs that live on when the initial one returns, by what they were
 * started with.
 */
#include <stdio.h>
#include <string.h>

#include "shared/fault/symbols.h"

#define KINDS 8         /* that are named; the others are counted together */

static struct kind { void (*fn)(void *); int64_t n; } kind[KINDS];
static int64_t leaks;   /* of any kind */

void sl__leak(void (*fn)(void *))
{
	leaks++;
	for (int i = 0; i < KINDS; i++) {
		if (kind[i].n == 0)
			kind[i].fn = fn;
		if (kind[i].fn == fn) {
			kind[i].n++;
			/* The most frequent first. */
			for (; i > 0 && kind[i - 1].n < kind[i].n; i--) {
				struct kind k = kind[i];

				kind[i] = kind[i - 1];
				kind[i - 1] = k;
			}
			return;
		}
	}
}

void sl__report_leaks(void)
{
	struct sl__symbol s;
	const char *mode = getenv("SCHEDLAB_LEAKS");
	char names[384] = "";
	int64_t n = leaks, others = n;
	size_t at = 0;

	for (int i = 0; i < KINDS && kind[i].n > 0 && at < sizeof names; i++) {
		at += (size_t)snprintf(names + at, sizeof names - at, "%s%lld x %s",
		                       at ? ", " : ": ", (long long)kind[i].n,
		                       sl__function(kind[i].fn, &s));
		others -= kind[i].n;
	}
	memset(kind, 0, sizeof kind);
	leaks = 0;
	if (n == 0)
		return;
	if (others > 0 && at > 0 && at < sizeof names)
		snprintf(names + at, sizeof names - at, ", %lld x others", (long long)others);
	sl__warn("%lld %s still live when the initial G returned%s",
	         (long long)n, n == 1 ? "G was" : "Gs were", names);
	if (mode && strcmp(mode, "fatal") == 0)
		sl__end();
}
