/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_run.c: schedlab run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/presets.h"
#include "cli/run_print.h"
#include "machine/host.h"
#include "run/measure.h"

static const struct option flags[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: schedlab run -b BACKEND -w WORKLOAD [FLAGS]\n"
	"\n"
	"Measures one cell, once, in a process of its own.\n"
	"\n"
	"  -b, --backend B      the back end\n"
	"  -w, --workload W     the workload\n"
	"  -p, --procs N        processors, P (default: SCHEDLAB_PROCS, else what this\n"
	"                       process may use, by affinity and cgroup quota)\n"
	"  --pin POLICY         which PUs, and bound to them (default: none)\n"
	"  --set KEY=VALUE      a parameter of the workload\n"
	"  --opt KEY=VALUE      a knob, of the back end or of the harness (schedlab list)\n"
	"  --timeout S          seconds after which the cell is killed\n"
	"  --min-time S         seconds to measure for, at least\n"
	"  --json FILE          the row, as a matrix would keep it\n"
	"\n"
	"Exit status: 0 measured and verified; 1 wrong, failed, crashed or timed out;\n"
	"2 bad usage; 77 the workload does not apply to the back end.\n"
	"\n"
	"Examples:\n"
	"  schedlab run -b work-stealing -w fib -p 2 --set n=30\n"
	"  schedlab run -b single-p -w documents --set gs=1000\n"
	"  schedlab run -b go -w pingpong -p 1 --json row.json\n";

static int check_one(const struct options *o, struct err *e)
{
	int lists = o->backends.n > 1 || o->workloads.n > 1 || o->nprocs > 1 || o->pins.n > 1;

	if (!o->backends.n)
		return err_set(e, -EINVAL, "-b is missing: which back end? See schedlab list");
	if (!o->workloads.n)
		return err_set(e, -EINVAL, "-w is missing: which workload? See schedlab list");
	for (int i = 0; i < o->nset; i++)
		lists |= o->set[i].values.n > 1;
	for (int i = 0; i < o->nopt; i++)
		lists |= o->opt[i].values.n > 1;
	return lists ? err_set(e, -EINVAL, "run measures one cell: for lists there is matrix") : 0;
}

/* Decides P where -p did not; *source says where it came from. */
static int choose_procs(struct options *o, const struct backend *b, const char **source,
                        struct err *e)
{
	int n;

	*source = "-p";
	if (o->nprocs)
		return 0;
	n = host_procs(source, e);
	if (n < 0)
		return n;
	if (n > 1 && !backend_can(b, "parallel")) {
		n = 1;
		*source = "the model's only one";
	}
	o->procs[0] = n;
	o->nprocs = 1;
	return 0;
}

static void print_head(const struct cell *c, const struct backend *b, const char *source)
{
	char crowded[160];

	printf("%s", c->workload);
	for (int i = 0; i < c->nparams; i++)
		printf(" %s=%s", c->params[i].key, c->params[i].value);
	printf(" on %s", c->backend);
	for (int i = 0; i < c->nopts; i++)
		printf(" %s=%s", c->opts[i].key, c->opts[i].value);
	printf("\n  model         %s\n  P             %d (%s)\n  PUs           ",
	       b->model, c->procs, source);
	for (int i = 0; i < c->ncpus; i++)
		printf("%s%d", i ? "," : "", c->cpus[i]);
	printf("%s\n", strcmp(c->pin, "none") ? ", one for each P" : ", no P bound to one");
	cells_oversubscribed(c, 1, host_quota("/proc/self/cgroup", "/sys/fs/cgroup"), crowded, sizeof crowded);
	if (*crowded)
		printf("  note          %s\n", crowded);
	fflush(stdout);
}

static int put_json(const char *path, const struct outcome *o, const struct cell *c, struct err *e)
{
	char *line = outcome_line(o, c, ROW_CELL, 0, 0);
	FILE *f = line ? fopen(path, "we") : NULL;
	int rc = 0;

	errno = line ? errno : ENOMEM;
	if (!f || fputs(line, f) == EOF)
		rc = -errno;
	if (f && fclose(f) != 0 && !rc)
		rc = -errno;
	free(line);
	return rc ? err_set(e, rc, "--json %.200s: cannot write it: %s", path, strerror(-rc)) : 0;
}

static int report(const struct options *o, const struct cell *c, const struct decl *d,
                  const struct outcome *out, struct err *e)
{
	if (out->status == ST_OK)
		run_print(out, d);
	else
		fprintf(stderr, "schedlab: %s: %s: %s\n", c->workload, status_name(out->status),
		        out->reason);
	if (o->json && put_json(o->json, out, c, e))
		return cmd_fail(e);
	return out->status == ST_OK ? EXIT_GOOD : out->status == ST_NA ? EXIT_NO_CELL : EXIT_BAD;
}

/* The plan of one cell is made as a matrix's is, so that both mean the same: of the
 * preset that has every workload once, as declared. */
static int run_cell(const struct options *o, const struct catalog *c, const struct topo *topo,
                    const char *source, struct err *e)
{
	char scratch[PATH_MAX];
	struct noise_watch noise = { 0 };
	struct measure m = { .catalog = c, .topo = topo, .scratch = scratch, .noise = &noise };
	struct outcome out;
	struct plan p;
	int interrupt = 0, status;
	int rc = plan_make(&p, o, preset_find("standard", e), c, topo, 1, e);

	if (rc)
		return cmd_fail(e);
	m.min_time_s = p.min_time_s;
	m.timeout_s = p.timeout_s;
	noise.patience_ns = p.again > 0 ? INT64_MAX : 0;
	print_head(&p.cells[0], &c->backends[catalog_backend(c, p.cells[0].backend, "-b", e)],
	           source);
	if (!mkdtemp(path_temporary(scratch, "run")))
		rc = err_set(e, -errno, "cannot make the folder %.300s: %s", scratch, strerror(errno));
	else
		rc = m.sigfd = proc_signals(e);
	if (rc >= 0) {
		rc = measure_cell(&m, &p.cells[0], 0, &out, &interrupt, e);
		proc_signals_end(m.sigfd);
	}
	dir_remove(scratch);
	if (rc == -EINTR)
		status = 128 + interrupt;
	else if (rc < 0)
		status = cmd_fail(e);
	else
		status = report(o, &p.cells[0], &c->workloads[catalog_workload(c, p.cells[0].workload,
		                "-w", e)], &out, e);
	if (rc >= 0)
		outcome_free(&out);
	noise_free(&noise);
	plan_free(&p);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct topo *topo = NULL;
	struct catalog c;
	struct options o;
	const char *source;
	struct err e;
	int status, b;

	if (options_parse(&o, argc, argv, ":b:w:p:h", flags, &e)) {
		status = cmd_fail(&e);
	} else if (o.help) {
		fputs(help, stdout);
		status = EXIT_GOOD;
	} else if (check_one(&o, &e) || catalog_read(&c, &e)) {
		status = cmd_fail(&e);
	} else {
		b = catalog_backend(&c, o.backends.v[0], "-b", &e);
		if (b < 0 || choose_procs(&o, &c.backends[b], &source, &e) ||
		    topo_open(&topo, NULL, NULL, &e))
			status = cmd_fail(&e);
		else
			status = run_cell(&o, &c, topo, source, &e);
		topo_close(topo);
		catalog_free(&c);
	}
	options_free(&o);
	return status;
}
