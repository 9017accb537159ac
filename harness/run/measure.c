/* SPDX-License-Identifier: Apache-2.0 */
#include "run/measure.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"

enum { EXIT_WRONG = 1, EXIT_NA = 77 };

/* How long who insists on no neighbours waits for that, before each process. */
#define INSIST_NS 10000000000

/* ---- The command line ------------------------------------------------------- */

struct args {
	char *v[16 + 4 * CELL_PAIRS];
	int n;
	bool whole;
};

static void __attribute__((format(printf, 2, 3))) arg(struct args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&a->v[a->n], fmt, ap) < 0)
		a->whole = false;
	else
		a->v[++a->n] = NULL;
	va_end(ap);
}

static void args_free(struct args *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->v[i]);
}

#define ROWS_MAX 360    /* of so many digits each: the kernel takes arguments of 128 KiB */

/* Which of the PUs are near each other.  Of more than it takes all count as equally far. */
static void distance_arg(struct args *a, const struct topo *topo, const int *cpus, int n)
{
	unsigned char *distance;
	char *rows, *end;

	if (n < 2 || n > ROWS_MAX)
		return;
	distance = malloc((size_t)n * (size_t)n);
	rows = end = malloc((size_t)n * (size_t)(n + 1));
	a->whole &= distance && rows;
	if (distance && rows) {
		topo_distance(topo, cpus, n, distance);
		for (int i = 0; i < n * n; i++) {
			*end++ = "0123456789abcdef"[distance[i] < 15 ? distance[i] : 15];
			if (i % n == n - 1)
				*end++ = i == n * n - 1 ? '\0' : ',';
		}
		arg(a, "--distance=%s", rows);
	}
	free(distance);
	free(rows);
}

static void args_make(struct args *a, const struct measure *m, const struct cell *c, int64_t iterations,
                      const char *program, const char *bench, const char *detail)
{
	*a = (struct args){ .whole = true };
	arg(a, "%s", program);
	arg(a, "--workload=%s", c->workload);
	arg(a, "--procs=%d", c->procs);
	for (int i = 0; i < c->nparams; i++) {
		arg(a, "--set");
		arg(a, "%s=%s", c->params[i].key, c->params[i].value);
	}
	for (int i = 0; i < c->nopts; i++) {
		if (is_condition(c->opts[i].key))
			continue;
		arg(a, "--opt");
		arg(a, "%s=%s", c->opts[i].key, c->opts[i].value);
	}
	if (strcmp(c->pin, "none") != 0) {
		size_t size = (size_t)c->ncpus * 12 + 1, n = 0;
		char *list = malloc(size);

		a->whole &= list != NULL;
		for (int i = 0; i < c->ncpus && list; i++)
			n += (size_t)snprintf(list + n, size - n, "%s%d", i ? "," : "", c->cpus[i]);
		arg(a, "--cpus=%s", list ? list : "");
		free(list);
		distance_arg(a, m->topo, c->cpus, c->ncpus);
	}
	arg(a, "--detail=%s", detail);
	if (iterations)
		arg(a, "--iterations=%" PRId64, iterations);
	/* A bare number: Google Benchmark 1.7 ignores one with a unit. */
	arg(a, "--benchmark_min_time=%.6f", m->min_time_s);
	arg(a, "--benchmark_out=%s", bench);
	arg(a, "--benchmark_out_format=json");
}

/* ---- The outcome ------------------------------------------------------------ */

void outcome_judge(struct outcome *o, struct proc_end *end, double timeout_s)
{
	const char *said = lastwords_end(&end->said), *colon = *said ? ": " : "";
	int status = end->status;

	o->ran = true;
	o->usage = end->usage;
	o->wall_ns = end->wall_ns;
	if (end->timed_out) {
		o->status = ST_TIMEOUT;
		snprintf(o->reason, sizeof o->reason, "no end after %g s%s%s", timeout_s, colon, said);
	} else if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		o->status = ST_CRASHED;
		snprintf(o->reason, sizeof o->reason, "killed by %s%s%s%s", name ? "SIG" : "signal ",
		         name ? name : "of real time", colon, said);
	} else if (WEXITSTATUS(status) == 0) {
		o->status = ST_OK;
	} else if (WEXITSTATUS(status) == EXIT_WRONG) {
		o->status = ST_WRONG;
		snprintf(o->reason, sizeof o->reason, "%s", *said ? said : "a wrong result");
	} else if (WEXITSTATUS(status) == EXIT_NA) {
		o->status = ST_NA;
		snprintf(o->reason, sizeof o->reason, "%s", *said ? said : "does not apply");
	} else {
		o->status = ST_FAILED;
		snprintf(o->reason, sizeof o->reason, "exit status %d%s%s", WEXITSTATUS(status),
		         colon, said);
	}
}

static void judge_noise(struct outcome *o, const struct noise *n, const struct backend *b, int ncpus,
                        bool ignore_neighbours)
{
	struct noise_cell c = { .wall_ns = o->wall_ns, .timed_ns = o->wall_ns, .delay_ns = -1,
	                        .own_ns = rusage_cpu_ns(&o->usage),
	                        .ncpus = ncpus, .threads = backend_can(b, "threads") };
	double iterations, each, delay, ppm;

	if (o->status == ST_OK && outcome_counter(o, "iterations", &iterations) &&
	    outcome_counter(o, "real_time", &each)) {
		c.timed_ns = (int64_t)fmin(iterations * each, (double)o->wall_ns);
		if (outcome_counter(o, "run_delay_ns", &delay))
			c.delay_ns = (int64_t)delay;
		if (!ignore_neighbours && outcome_counter(o, "neighbour_ppm", &ppm))
			c.neighbour = ppm / 1e6;
	}
	o->noise = *n;
	o->disturbed = noise_disturbs(n, &c);
}

static int conditions_of(struct conditions *k, const struct cell *c, struct err *e)
{
	int rc = 0;

	*k = conditions_default();
	for (int i = 0; i < c->nopts && !rc; i++)
		if (is_condition(c->opts[i].key))
			rc = conditions_knob(k, c->opts[i].key, c->opts[i].value, e);
	return rc;
}

/* A cell that cannot have its quota does not apply here. */
static void take_quota(struct quota *q, int64_t pct, struct outcome *o)
{
	struct err why;

	q->dir[0] = '\0';
	if (!pct || quota_make(q, "/proc/self/cgroup", "/sys/fs/cgroup", pct, &why) == 0)
		return;
	snprintf(o->reason, sizeof o->reason, "%.*s", REASON_MAX - 1, why.msg);
}

int measure_cell(const struct measure *m, const struct cell *c, int64_t iterations,
                 struct outcome *o, int *interrupt, struct err *e)
{
	const struct catalog *catalog = catalog_of(m->catalog, c);
	int b = catalog_backend(catalog, c->backend, "the plan", e), rc;
	int w = catalog_workload(catalog, c->workload, "the plan", e);
	struct backend *backend;
	struct proc p = { .topo = m->topo, .cpus = c->cpus, .ncpus = c->ncpus,
	                  .timeout_s = m->timeout_s, .sigfd = m->sigfd,
	                  .tick = m->tick, .arg = m->arg };
	char bench[PATH_MAX], detail[PATH_MAX];
	struct conditions conditions;
	struct asked asked = { c, &conditions, m->min_time_s, iterations };
	struct topo_counts counts;
	struct proc_end end;
	struct noise noise;
	struct counters counters = { .kernel = m->counter_kernel };
	struct quota quota;
	int *near;
	struct args args;

	memset(o, 0, sizeof *o);
	if (b < 0 || w < 0)
		return -EINVAL;
	backend = &catalog->backends[b];
	o->status = ST_NA;      /* until its process has ended */
	o->layout = backend_layout(backend, m->layout);
	if (!backend->available) {
		snprintf(o->reason, sizeof o->reason, "%s", backend->reason);
		return 0;
	}
	if (!backend_applies(backend, &catalog->workloads[w], c->procs, o->reason, sizeof o->reason))
		return 0;
	rc = catalog_unchanged(catalog, backend, m->layout, e);
	if (!rc)
		rc = conditions_of(&conditions, c, e);
	if (rc)
		return rc;
	take_quota(&quota, conditions.quota_pct, o);
	if (*o->reason)
		return 0;
	p.conditions = &conditions;
	p.quota = *quota.dir ? &quota : NULL;
	p.counters = conditions.counters ? &counters : NULL;
	/* Somebody may have tidied up.  And what an earlier cell wrote must not pass for
	 * this one's. */
	if (mkdir(m->scratch, 0777) != 0 && errno != EEXIST) {
		quota_remove(&quota);
		return err_set(e, -errno, "cannot make the folder %.300s: %s", m->scratch, strerror(errno));
	}
	unlink(path_join(bench, m->scratch, "benchmark.json"));
	unlink(path_join(detail, m->scratch, "detail.json"));
	args_make(&args, m, c, iterations, backend_program(backend, m->layout), bench, detail);
	p.argv = args.v;
	topo_counts(m->topo, &counts);
	near = calloc((size_t)counts.machine_pus, sizeof *near);
	if (args.whole && near) {
		if (conditions.neighbours_are != NEIGHBOURS_IGNORE)
			noise_wait(m->noise, c->cpus, c->ncpus,
			           conditions.neighbours_are == NEIGHBOURS_INSIST ? INSIST_NS : 0);
		noise_begin(m->noise, c->cpus, c->ncpus, near,
		            topo_near(m->topo, c->cpus, c->ncpus, near));
		rc = proc_run(&p, &end, e);
		noise = noise_end(m->noise, rusage_cpu_ns(&end.usage));
		if (!rc && p.counters) {
			counters_close(&counters, &o->counted);
			o->is_counted = true;
			o->not_counted = counters.error;
		}
	} else {
		rc = err_set(e, -ENOMEM, "out of memory");
	}
	free(near);
	args_free(&args);
	quota_remove(&quota);
	if (rc)
		return rc;
	if (end.interrupt) {
		*interrupt = end.interrupt;
		return -EINTR;
	}
	/* Between the first look and the start it may have been another. */
	rc = catalog_unchanged(catalog, backend, m->layout, e);
	if (rc)
		return rc;
	outcome_judge(o, &end, m->timeout_s);
	if (o->status == ST_OK)
		outcome_read(o, &asked, bench, detail);
	judge_noise(o, &noise, backend, c->ncpus, conditions.neighbours_are == NEIGHBOURS_IGNORE);
	return 0;
}
