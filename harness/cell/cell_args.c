/* SPDX-License-Identifier: Apache-2.0 */
#include "cell/cell_args.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "machine/affinity.h"

#define X(name) extern const struct workload wl_##name;
#include "list.h"
#undef X

const struct workload *const workloads[] = {
#define X(name) &wl_##name,
#include "list.h"
#undef X
	NULL
};

const struct bit_name kind_names[] = {
	{ WL_CONCURRENCY, "concurrency" },
	{ WL_PARALLELISM, "parallelism" },
	{ WL_CPU_BOUND, "cpu-bound" },
	{ WL_IO_BOUND, "io-bound" },
	{ WL_ORCHESTRATION, "orchestration" },
	{ WL_SYNCHRONISATION, "synchronisation" },
	{ WL_CONTROL, "control" },
	{ 0 },
};

const struct bit_name cap_names[] = {
	{ WL_PARALLEL, "parallel" },
	{ WL_PREEMPTIVE, "preemptive" },
	{ WL_BLOCKING, "blocking" },
	{ WL_THREADS, "threads" },
	{ WL_CHANNELS, "channels" },
	{ WL_TIMERS, "timers" },
	{ WL_FORK_JOIN, "fork-join" },
	{ WL_DESCRIPTORS, "descriptors" },
	{ 0 },
};

enum {
	LIST, INFO, ONCE, WORKLOAD, PROCS, CPUS, DISTANCE, SET, OPT, DETAIL, MIN_TIME, ITERATIONS, OUT, OUT_FORMAT, FLAGS
};

static const struct option flags[] = {
	[LIST] = { "list", no_argument, NULL, LIST },
	[INFO] = { "info", no_argument, NULL, INFO },
	[ONCE] = { "once", no_argument, NULL, ONCE },
	[WORKLOAD] = { "workload", required_argument, NULL, WORKLOAD },
	[PROCS] = { "procs", required_argument, NULL, PROCS },
	[CPUS] = { "cpus", required_argument, NULL, CPUS },
	[DISTANCE] = { "distance", required_argument, NULL, DISTANCE },
	[SET] = { "set", required_argument, NULL, SET },
	[OPT] = { "opt", required_argument, NULL, OPT },
	[DETAIL] = { "detail", required_argument, NULL, DETAIL },
	[ITERATIONS] = { "iterations", required_argument, NULL, ITERATIONS },
	[MIN_TIME] = { "benchmark_min_time", required_argument, NULL, MIN_TIME },
	[OUT] = { "benchmark_out", required_argument, NULL, OUT },
	[OUT_FORMAT] = { "benchmark_out_format", required_argument, NULL, OUT_FORMAT },
	[FLAGS] = { 0 },
};

static int bad_number(const char *flag, const char *value, int rc, int64_t min, int64_t max,
                      struct err *e)
{
	if (rc == -ERANGE)
		return err_set(e, -EINVAL, "%s must be from %" PRId64 " to %" PRId64 ", not %.60s",
		               flag, min, max, value);
	return err_set(e, -EINVAL, "%s must be a whole number, not '%.60s'", flag, value);
}

static int read_int(const char *flag, const char *value, int64_t min, int64_t max, int64_t *out,
                    struct err *e)
{
	int rc = parse_int(value, min, max, out);

	return rc ? bad_number(flag, value, rc, min, max, e) : 0;
}

static int read_workload(struct cell_args *a, const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (int i = 0; workloads[i]; i++) {
		nearest_try(&near, workloads[i]->name);
		if (!strcmp(workloads[i]->name, name))
			a->workload = workloads[i];
	}
	if (!a->workload)
		return err_set(e, -EINVAL, "--workload: unknown workload '%.60s'%s", name,
		               nearest_hint(&near, hint, sizeof hint));
	return 0;
}

static int read_param(struct cell_args *a, bool *given, const char *pair, struct err *e)
{
	const struct wl_param *params = a->workload->params;
	struct nearest near = { 0 };
	char key[64], flag[80], hint[100];
	size_t len;

	if (parse_pair(pair, &len) || len >= sizeof key)
		return err_set(e, -EINVAL, "--set wants name=value, not '%.60s'", pair);
	snprintf(key, sizeof key, "%.*s", (int)len, pair);
	near.word = key;
	for (int i = 0; params && params[i].name; i++) {
		nearest_try(&near, params[i].name);
		if (strcmp(params[i].name, key) != 0)
			continue;
		if (given[i])
			return err_set(e, -EINVAL, "--set: %s is given twice", key);
		given[i] = true;
		snprintf(flag, sizeof flag, "--set %s", key);
		return read_int(flag, pair + len + 1, params[i].min, params[i].max, &a->param[i], e);
	}
	return err_set(e, -EINVAL, "--set: %s has no parameter '%s'%s", a->workload->name, key,
	               nearest_hint(&near, hint, sizeof hint));
}

static int read_opt(struct cell_args *a, const char *pair, struct err *e)
{
	int64_t v = 0;
	int knob = cell_knob_read(pair, &v, e);

	if (knob < 0)
		return knob;
	if (a->given[knob])
		return err_set(e, -EINVAL, "--opt: %s is given twice", cell_knobs[knob].name);
	a->given[knob] = true;
	switch ((enum knob)knob) {
	case KNOB_SEED:  a->seed = (uint64_t)v; break;
	case KNOB_SLOW:  a->slow_pct = v; break;
	case KNOB_PLANT: a->plant = (enum plant)(PLANT_WRONG + v); break;
	case KNOB_SLICE: a->slice_ms = v; break;
	case KNOB_STACK: a->stack_kib = v; break;
	case KNOB_STEAL: a->steal_random = v == 1; break;
	case KNOB_ALONE: case KNOB_JUDGE: case KNOB_STUCK: case KNOB_SHARE: case KNOB_ELSEWHERE:
		a->off[knob] = v == 1;
		break;
	case KNOBS: break;
	}
	return 0;
}

static bool holds(const int *v, int n, int x)
{
	for (int i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

static int read_cpus(struct cell_args *a, const char *list, struct err *e)
{
	int *allowed = NULL, n = affinity_read(&allowed), rc;
	struct words words;
	char bad[64];

	if (n < 0)
		return err_set(e, -EINVAL, "cannot read the CPU affinity: %s", strerror(-n));
	rc = words_split(&words, list, bad);
	if (rc) {
		free(allowed);
		return err_set(e, -EINVAL, "--cpus wants different numbers such as 0,2, not '%.60s'", list);
	}
	a->cpus = calloc(words.n, sizeof *a->cpus);
	rc = a->cpus ? 0 : err_set(e, -EINVAL, "--cpus: out of memory");
	for (int i = 0; i < words.n && !rc; i++) {
		int64_t cpu;

		rc = read_int("--cpus", words.v[i], 0, INT_MAX, &cpu, e);
		if (rc)
			break;
		/* "02" is another word than "2", but no other processor. */
		if (holds(a->cpus, i, (int)cpu))
			rc = err_set(e, -EINVAL, "--cpus: %d is given twice", (int)cpu);
		else if (!holds(allowed, n, (int)cpu))
			rc = err_set(e, -EINVAL, "--cpus: this process may not use processor %d", (int)cpu);
		a->cpus[i] = (int)cpu;
	}
	if (!rc && a->procs && a->procs != words.n)
		rc = err_set(e, -EINVAL, "--cpus names %d processors, but --procs is %d", words.n, a->procs);
	a->procs = words.n;
	words_free(&words);
	free(allowed);
	return rc;
}

/* A row of hexadecimal digits for each of --cpus. */
static int read_distance(struct cell_args *a, const char *rows, struct err *e)
{
	size_t n = (size_t)a->procs, size = n * (n + 1) - 1;
	bool good = a->cpus && strlen(rows) == size;

	a->distance = good ? calloc(n, n) : NULL;
	for (size_t i = 0; i < size && good && a->distance; i++) {
		size_t row = i / (n + 1), column = i % (n + 1);
		char digit[2] = { rows[i] };

		good = column == n ? rows[i] == ',' : strspn(digit, "0123456789abcdef") == 1;
		if (column < n)
			a->distance[row * n + column] = (unsigned char)strtol(digit, NULL, 16);
	}
	if (!good)
		return err_set(e, -EINVAL, "--distance wants a row of digits for each of --cpus, such as "
		               "01,10 for two, not '%.60s'", rows);
	return a->distance ? 0 : err_set(e, -EINVAL, "--distance: out of memory");
}

static int unknown_flag(const char *word, struct err *e)
{
	char name[64], flag[80] = "", hint[100];
	struct nearest near = { .word = name };

	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	for (const char *p = name; *p == '-'; p++)
		near.word = p + 1;
	for (int i = 0; i < FLAGS; i++)
		nearest_try(&near, flags[i].name);
	if (near.best && !strcmp(near.best, near.word))
		return err_set(e, -EINVAL, "--%s takes no value", near.best);
	if (near.best) {
		snprintf(flag, sizeof flag, "--%s", near.best);
		near.best = flag;
	}
	return err_set(e, -EINVAL, "unknown flag '%s'%s", name, nearest_hint(&near, hint, sizeof hint));
}

/* What getopt found, each flag's value by its number; those that may come more
 * than once are left to the second pass. */
static int collect(int argc, char **argv, const char *value[FLAGS], struct err *e)
{
	int flag, word;

	opterr = 0;
	for (word = 1; (flag = getopt_long(argc, argv, "+:", flags, NULL)) != -1; word = optind) {
		if (flag == '?')
			return unknown_flag(argv[word], e);
		if (flag == ':')
			return err_set(e, -EINVAL, "%.60s wants a value", argv[word]);
		if (value[flag] && flag != SET && flag != OPT)
			return err_set(e, -EINVAL, "--%s is given twice", flags[flag].name);
		value[flag] = optarg ? optarg : "";
	}
	if (optind < argc)
		return err_set(e, -EINVAL, "'%.60s' is no flag", argv[optind]);
	return 0;
}

static int read_pairs(struct cell_args *a, int argc, char **argv, struct err *e)
{
	bool set[CELL_PARAMS] = { 0 };
	int flag, rc = 0;

	for (int i = 0; a->workload->params && a->workload->params[i].name; i++)
		a->param[i] = a->workload->params[i].value;
	optind = 0;             /* from the start again */
	while (!rc && (flag = getopt_long(argc, argv, "+:", flags, NULL)) != -1) {
		if (flag == SET)
			rc = read_param(a, set, optarg, e);
		else if (flag == OPT)
			rc = read_opt(a, optarg, e);
	}
	return rc;
}

int cell_args_read(struct cell_args *a, int argc, char **argv, struct err *e)
{
	const char *value[FLAGS] = { 0 };
	int64_t procs = 0;
	int rc;

	*a = (struct cell_args){ .min_time_s = 0.5, .seed = 1 };
	rc = collect(argc, argv, value, e);
	if (rc)
		return rc;
	a->list = value[LIST];
	a->info = value[INFO];
	a->once = value[ONCE];
	a->out = value[OUT];
	a->detail = value[DETAIL];
	if (a->list || a->info)
		return 0;
	if (!value[WORKLOAD])
		return err_set(e, -EINVAL, "--workload is missing (--list shows what there is)");
	rc = read_workload(a, value[WORKLOAD], e);
	if (!rc && value[PROCS])
		rc = read_int("--procs", value[PROCS], 1, CELL_PROCS_MAX, &procs, e);
	a->procs = (int)procs;
	if (!rc && value[CPUS])
		rc = read_cpus(a, value[CPUS], e);
	if (!rc && value[DISTANCE])
		rc = read_distance(a, value[DISTANCE], e);
	if (!rc && value[MIN_TIME] && parse_decimal(value[MIN_TIME], 1e-6, 3600, &a->min_time_s))
		rc = err_set(e, -EINVAL, "--benchmark_min_time wants seconds, a bare number up to 3600, not '%.60s'",
		             value[MIN_TIME]);
	if (!rc && value[ITERATIONS])
		rc = read_int("--iterations", value[ITERATIONS], 1, 1000000000, &a->iterations, e);
	if (!rc && value[OUT_FORMAT] && strcmp(value[OUT_FORMAT], "json") != 0)
		rc = err_set(e, -EINVAL, "--benchmark_out_format must be json, not '%.60s'", value[OUT_FORMAT]);
	if (!rc && a->once && (a->out || a->detail))
		rc = err_set(e, -EINVAL, "--once measures nothing, so there is nothing for --%s",
		             a->out ? "benchmark_out" : "detail");
	if (!rc && a->out && a->detail && !strcmp(a->out, a->detail))
		rc = err_set(e, -EINVAL, "--benchmark_out and --detail name the same file, %.200s", a->out);
	return rc ? rc : read_pairs(a, argc, argv, e);
}
