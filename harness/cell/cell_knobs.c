/* SPDX-License-Identifier: Apache-2.0 */
#include "cell/cell_knobs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

/* Something that work-stealing does for speed, to be turned off to see what it is worth. */
#define SWITCH(id, what) { .name = id, .help = what, .words = { "on", "off" }, .needs = "steals", \
	                   .lacks = "has no '" id "' to turn off" }

const struct cell_knob cell_knobs[KNOBS] = {
	/* The most that a double, and so jq, tells apart. */
	[KNOB_SEED] = { .name = "seed", .max = (1LL << 53) - 1, .help = "of everything random" },
	[KNOB_SLOW] = { .name = "slow", .max = 1000, .help = "a planted slowdown, in percent" },
	/* In the order of enum plant. */
	[KNOB_PLANT] = { .name = "plant", .help = "a planted fault, to see whether it is found",
	                 .words = { "wrong", "uneven", "no-lock", "no-preempt", "one-p" } },
	[KNOB_SLICE] = { .name = "slice_ms", .min = 1, .max = 1000, .help = "the time slice of a G",
	                 .needs = "sliced", .lacks = "has no time slice that could be set" },
	/* Less may not hold what the kernel puts there for a signal. */
	[KNOB_STACK] = { .name = "stack_kib", .min = 32, .max = 1048576, .help = "what each G's stack reserves" },
	[KNOB_STEAL] = { .name = "steal", .help = "from whom, where Ps are bound", .words = { "nearest", "random" },
	                 .needs = "steals", .lacks = "has nobody to steal from" },
	[KNOB_ALONE] = SWITCH("alone", "no atomic operations while one P alone is in use"),
	[KNOB_JUDGE] = SWITCH("judge", "no stealing of Gs after a steal that did not pay"),
	[KNOB_STUCK] = SWITCH("stuck", "who spins takes the next G of a P that does not switch"),
	[KNOB_SHARE] = SWITCH("share", "owners of tasks are asked to share before they are forced"),
	[KNOB_ELSEWHERE] = SWITCH("elsewhere", "who is woken does not start on the waker's PU"),
};

bool cell_can(const char *caps, const char *cap)
{
	size_t n = strlen(cap);

	for (const char *p = caps; *(p += strspn(p, " ")); p += strcspn(p, " "))
		if (strcspn(p, " ") == n && !strncmp(p, cap, n))
			return true;
	return false;
}

static int bad_word(const struct cell_knob *k, const char *value, struct err *e)
{
	char list[200];
	size_t n = 0;

	for (int i = 0; k->words[i]; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", !i ? "" : k->words[i + 1] ? ", " : " or ",
		                      k->words[i]);
	return err_set(e, -EINVAL, "--opt %s must be %s, not '%.60s'", k->name, list, value);
}

static int read_value(const struct cell_knob *k, const char *text, int64_t *value, struct err *e)
{
	int rc;

	for (int i = 0; k->words[i]; i++) {
		*value = i;
		if (!strcmp(k->words[i], text))
			return 0;
	}
	if (*k->words)
		return bad_word(k, text, e);
	rc = parse_int(text, k->min, k->max, value);
	if (rc == -ERANGE)
		return err_set(e, -EINVAL, "--opt %s must be from %" PRId64 " to %" PRId64 ", not %.60s", k->name,
		               k->min, k->max, text);
	return rc ? err_set(e, -EINVAL, "--opt %s must be a whole number, not '%.60s'", k->name, text) : 0;
}

int cell_knob_read(const char *pair, int64_t *value, struct err *e)
{
	struct nearest near = { 0 };
	char key[64], hint[100];
	size_t len;

	if (parse_pair(pair, &len) || len >= sizeof key)
		return err_set(e, -EINVAL, "--opt wants name=value, not '%.60s'", pair);
	snprintf(key, sizeof key, "%.*s", (int)len, pair);
	near.word = key;
	for (int i = 0; i < KNOBS; i++) {
		nearest_try(&near, cell_knobs[i].name);
		if (!strcmp(cell_knobs[i].name, key))
			return read_value(&cell_knobs[i], pair + len + 1, value, e) ? -EINVAL : i;
	}
	return err_set(e, -EINVAL, "--opt: unknown knob '%s'%s", key, nearest_hint(&near, hint, sizeof hint));
}
