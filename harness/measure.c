/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "noise.h"
#include "parse.h"

enum { EXIT_WRONG = 1, EXIT_NA = 77 };

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

static void args_make(struct args *a, const struct measure *m, const struct cell *c,
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
		if (!strcmp(c->opts[i].key, QUOTA_KNOB))
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

static int64_t ns(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_usec * 1000;
}

static void judge_noise(struct outcome *o, const struct cell *c, struct noise before)
{
	struct noise after = noise_read("/proc/stat", c->cpus, c->ncpus);
	int64_t own = ns(o->usage.ru_utime) + ns(o->usage.ru_stime);

	o->steal_ns = after.steal_ns - before.steal_ns;
	o->foreign_ns = after.busy_ns - before.busy_ns - own;
	if (o->foreign_ns < 0)
		o->foreign_ns = 0;
	o->disturbed = noise_disturbs(o->steal_ns + o->foreign_ns, o->wall_ns, c->ncpus);
}

/* A cell that cannot have its quota does not apply here. */
static int take_quota(struct quota *q, const struct cell *c, struct outcome *o, struct err *e)
{
	const char *value = cell_value(c, QUOTA_KNOB);
	struct err why;
	int64_t pct;

	q->dir[0] = '\0';
	if (!value)
		return 0;
	if (parse_int(value, 1, QUOTA_MAX, &pct))
		return err_set(e, -EINVAL, "--opt " QUOTA_KNOB ": '%.60s' is no percentage of a processor", value);
	if (quota_make(q, "/proc/self/cgroup", "/sys/fs/cgroup", pct, &why)) {
		o->status = ST_NA;
		snprintf(o->reason, sizeof o->reason, "%.*s", REASON_MAX - 1, why.msg);
	}
	return 0;
}

int measure_cell(const struct measure *m, const struct cell *c, struct outcome *o,
                 int *interrupt, struct err *e)
{
	int b = catalog_backend(m->catalog, c->backend, "the plan", e), rc;
	struct proc p = { .topo = m->topo, .cpus = c->cpus, .ncpus = c->ncpus,
	                  .timeout_s = m->timeout_s, .sigfd = m->sigfd,
	                  .tick = m->tick, .arg = m->arg };
	char bench[PATH_MAX], detail[PATH_MAX];
	struct proc_end end;
	struct noise before;
	struct quota quota;
	struct args args;

	memset(o, 0, sizeof *o);
	if (b < 0)
		return -EINVAL;
	if (!m->catalog->backends[b].available) {
		o->status = ST_NA;
		snprintf(o->reason, sizeof o->reason, "%s", m->catalog->backends[b].reason);
		return 0;
	}
	rc = take_quota(&quota, c, o, e);
	if (rc || *o->reason)
		return rc;
	p.quota = *quota.dir ? &quota : NULL;
	/* What an earlier cell wrote must not pass for this one's. */
	unlink(path_join(bench, m->scratch, "benchmark.json"));
	unlink(path_join(detail, m->scratch, "detail.json"));
	args_make(&args, m, c, m->catalog->backends[b].program, bench, detail);
	p.argv = args.v;
	before = noise_read("/proc/stat", c->cpus, c->ncpus);
	rc = args.whole ? proc_run(&p, &end, e) : err_set(e, -ENOMEM, "out of memory");
	args_free(&args);
	quota_remove(&quota);
	if (rc)
		return rc;
	if (end.interrupt) {
		*interrupt = end.interrupt;
		return -EINTR;
	}
	outcome_judge(o, &end, m->timeout_s);
	judge_noise(o, c, before);
	if (o->status == ST_OK)
		outcome_read(o, bench, detail);
	return 0;
}
