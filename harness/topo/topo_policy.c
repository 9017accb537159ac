/* SPDX-License-Identifier: Apache-2.0 */
#include "topo/topo_policy.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "topo/topo.h"

const struct topo_policy topo_policies[] = {
	{ "none", "the first allowed PUs for the process; no P is bound to one" },
	{ "compact", "as close as possible: siblings of a core together" },
	{ "cores", "one PU of each core, nearest first; then the siblings" },
	{ "scatter", "as far apart as possible: package, NUMA node, L3, core" },
	{ "l3", "fill one L3 before the next, cores before siblings" },
	{ "numa", "fill one NUMA node before the next, cores before siblings" },
	{ "pcores", "cores of the fastest kind only" },
	{ "ecores", "cores of the most frugal kind only" },
	{ NULL, NULL }
};

bool policy_is_list(const char *policy)
{
	return isdigit((unsigned char)policy[0]) || strchr(policy, ',');
}

static int twice(const char *policy, int cpu, struct err *e)
{
	return err_set(e, -EINVAL, "--pin %s has PU %d twice", policy, cpu);
}

static int read_numbers(const char *policy, const struct words *w, int *cpus,
                        struct err *e)
{
	int64_t v;

	for (int i = 0; i < w->n; i++) {
		if (parse_int(w->v[i], 0, PU_MAX, &v))
			return err_set(e, -EINVAL, "--pin %s: '%s' is no PU "
			               "number", policy, w->v[i]);
		for (int j = 0; j < i; j++)
			if (cpus[j] == v)
				return twice(policy, v, e);
		cpus[i] = v;
	}
	return w->n;
}

int policy_list(const char *policy, int **cpus, struct err *e)
{
	struct words w;
	char bad[64];
	int rc = words_split(&w, policy, bad);

	if (rc == -ENOMEM)
		return err_set(e, rc, "no memory left to read --pin");
	if (rc == -EEXIST)
		return err_set(e, -EINVAL, "--pin %s has PU %s twice", policy, bad);
	if (rc)
		return err_set(e, -EINVAL, "--pin %s has an empty place", policy);
	*cpus = calloc(w.n, sizeof **cpus);
	rc = *cpus ? read_numbers(policy, &w, *cpus, e)
	           : err_set(e, -ENOMEM, "no memory left to read --pin");
	if (rc < 0)
		free(*cpus);
	words_free(&w);
	return rc;
}

int topo_policy_check(const char *policy, struct err *e)
{
	struct nearest near = { .word = policy };
	char hint[64];
	int *cpus, n;

	if (policy_is_list(policy)) {
		n = policy_list(policy, &cpus, e);
		if (n < 0)
			return n;
		free(cpus);
		return 0;
	}
	for (const struct topo_policy *p = topo_policies; p->name; p++) {
		if (!strcmp(p->name, policy))
			return 0;
		nearest_try(&near, p->name);
	}
	return err_set(e, -EINVAL, "--pin: unknown policy '%s'%s", policy,
	               nearest_hint(&near, hint, sizeof hint));
}
