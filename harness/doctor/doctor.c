/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "doctor/checks.h"

static const char *const names[] = { "serious", "minor", "note", "fine", "unknown" };

const char *severity_name(enum severity s)
{
	return names[s];
}

/* In the order in which findings of one severity are said.  The load first: what follows
 * would be in it. */
static void (*const checks[])(struct examination *) = {
	check_load, check_cpu_quota, check_governor, check_turbo, check_clock_source, check_wakeup, check_nice,
	check_smt, check_numa_balancing, check_aslr, check_environment, check_memory, check_threads, check_mitigations,
	check_timer_slack, check_huge_pages, check_counters, check_tools,
};

const char *known(const struct examination *x, const char *fact)
{
	const char *value = facts_get(x->facts, "machine", fact);

	return value ? value : "";
}

struct finding *found(struct examination *x, const char *id, enum severity severity)
{
	/* There are fewer checks than room. */
	struct finding *f = &x->d->v[x->d->n < FINDINGS_MAX ? x->d->n++ : FINDINGS_MAX - 1];

	*f = (struct finding){ .id = id, .severity = severity };
	return f;
}

void say(char *part, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(part, size, fmt, ap);
	va_end(ap);
	text_plain(part);
}

/* Keeps the order of those that are alike. */
static void sort(struct doctor *d)
{
	struct doctor sorted = { .n = 0 };

	for (int s = SERIOUS; s <= UNKNOWN; s++)
		for (int i = 0; i < d->n; i++)
			if (d->v[i].severity == (enum severity)s)
				sorted.v[sorted.n++] = d->v[i];
	*d = sorted;
}

int doctor_examine(struct doctor *d, const struct doctor_asked *asked, struct err *e)
{
	struct facts facts = { 0 };
	struct examination x = { d, asked, &facts, probes_none() };
	int rc = facts_machine(&facts, asked->root);

	*d = (struct doctor){ .n = 0 };
	if (!rc) {
		if (asked->probe && !*asked->root)
			x.cost = probes_measure();
		for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
			checks[i](&x);
		sort(d);
	}
	facts_free(&facts);
	return rc ? err_set(e, rc, "out of memory") : 0;
}

const struct finding *doctor_worst(const struct doctor *d)
{
	return d->n && d->v[0].severity <= MINOR ? &d->v[0] : NULL;
}
