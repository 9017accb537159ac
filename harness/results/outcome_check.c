/* SPDX-License-Identifier: Apache-2.0
 *
 * outcome_check.c: whether a cell measured what it was asked for.  A program that
 * was built or copied over another, or that did not understand a flag, measures
 * well and something else: its row would be a figure of the wrong cell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "results/json.h"
#include "results/outcome.h"

static bool __attribute__((format(printf, 2, 3))) no(char reason[REASON_MAX], const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(reason, REASON_MAX, "ended well but measured something else: ");

	va_start(ap, fmt);
	vsnprintf(reason + n, REASON_MAX - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static bool same_name(const json_t *detail, const char *key, const char *asked, char reason[REASON_MAX])
{
	const char *has = json_get_text(detail, key);

	if (!has)
		return no(reason, "its detail has no %s", key);
	return !strcmp(has, asked) || no(reason, "the %s %.60s, not %.60s", key, has, asked);
}

static bool same_number(const json_t *o, const char *key, int64_t asked, char reason[REASON_MAX])
{
	json_t *has = json_object_get(o, key);

	if (!json_is_integer(has))
		return no(reason, "its detail has no %.60s", key);
	return json_integer_value(has) == asked ||
	       no(reason, "%.60s=%" JSON_INTEGER_FORMAT ", not %" PRId64, key, json_integer_value(has), asked);
}

static bool same_params(const json_t *detail, const struct cell *c, char reason[REASON_MAX])
{
	json_t *params = json_object_get(detail, "params"), *value;
	const char *key;

	for (int i = 0; i < c->nparams; i++) {
		int64_t asked;

		/* The plan has numbers alone. */
		if (parse_int(c->params[i].value, INT64_MIN, INT64_MAX, &asked))
			return no(reason, "%.60s=%.60s is no number", c->params[i].key, c->params[i].value);
		if (!same_number(params, c->params[i].key, asked, reason))
			return false;
	}
	json_object_foreach(params, key, value)
		if (!cell_value(c, key))
			return no(reason, "a workload that has the parameter %.60s", key);
	return true;
}

/* One that was not asked for is the workload's own. */
static bool same_seed(const json_t *detail, const struct cell *c, char reason[REASON_MAX])
{
	const char *value = cell_value(c, "seed");
	int64_t asked;

	if (!value || parse_int(value, 0, INT64_MAX, &asked))
		return true;
	return same_number(detail, "seed", asked, reason);
}

/* As sets: the policy's order means nothing to an affinity. */
static bool same_cpus(const json_t *detail, const struct cell *c, char reason[REASON_MAX])
{
	json_t *has = json_object_get(detail, "affinity"), *cpu;
	size_t i;

	if (!json_is_array(has))
		return no(reason, "its detail has no affinity");
	json_array_foreach(has, i, cpu) {
		int k = 0;

		while (k < c->ncpus && c->cpus[k] != json_integer_value(cpu))
			k++;
		if (k == c->ncpus)
			return no(reason, "it ran on PU %" JSON_INTEGER_FORMAT ", too", json_integer_value(cpu));
	}
	return i == (size_t)c->ncpus || no(reason, "it ran on %zu of %d PUs", i, c->ncpus);
}

static bool same_conditions(const json_t *detail, const struct conditions *k, char reason[REASON_MAX])
{
	json_t *has = json_object_get(detail, "conditions"), *huge = json_object_get(has, "huge_pages");

	if (!json_is_boolean(huge))
		return no(reason, "its detail has no conditions");
	if (json_is_true(huge) != k->huge_pages)
		return no(reason, "with%s huge pages", k->huge_pages ? "out" : "");
	return same_number(has, "timer_slack_ns", k->timer_slack_ns, reason) &&
	       same_number(has, "stack_limit_bytes", k->stack_limit, reason) &&
	       same_number(has, "nice", k->nice, reason);
}

bool outcome_matches(const json_t *detail, const struct asked *asked, char reason[REASON_MAX])
{
	const struct cell *c = asked->cell;

	return same_name(detail, "backend", c->backend, reason) &&
	       same_name(detail, "workload", c->workload, reason) &&
	       same_number(detail, "procs", c->procs, reason) && same_params(detail, c, reason) &&
	       same_seed(detail, c, reason) && same_cpus(detail, c, reason) &&
	       same_conditions(detail, asked->conditions, reason);
}
