/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab trace -b B -w W -o FILE: runs one iteration of a cell, and keeps what happened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "cli/cmd.h"
#include "cli/presets.h"
#include "machine/host.h"
#include "results/outcome.h"
#include "run/measure.h"

static const struct option flags[] = {
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "out", required_argument, NULL, 'o' },
	{ NULL, 0, NULL, 0 }
};

static int check(const struct options *o, struct err *e)
{
	int lists = o->backends.n > 1 || o->workloads.n > 1 || o->nprocs > 1 || o->pins.n > 1;

	if (!o->backends.n)
		return err_set(e, -EINVAL, "-b is missing: which back end? See schedlab list");
	if (!o->workloads.n)
		return err_set(e, -EINVAL, "-w is missing: which workload? See schedlab list");
	if (!o->out)
		return err_set(e, -EINVAL, "-o is missing: which file is to have the trace?");
	for (int i = 0; i < o->nset; i++)
		lists |= o->set[i].values.n > 1;
	for (int i = 0; i < o->nopt; i++)
		lists |= o->opt[i].values.n > 1;
	return lists ? err_set(e, -EINVAL, "trace runs one cell: it takes no lists") : 0;
}

/* ---- The process ---------------------------------------------------------- */

struct command {
	char *v[8 + 4 * CELL_PAIRS];
	int n;
	bool whole;
};

static void __attribute__((format(printf, 2, 3))) add(struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&c->v[c->n], fmt, ap) < 0)
		c->whole = false;
	else
		c->v[++c->n] = NULL;
	va_end(ap);
}

static void add_cpus(struct command *c, const struct cell *k)
{
	size_t size = (size_t)k->ncpus * 12 + 1, n = 0;
	char *list = malloc(size);

	c->whole &= list != NULL;
	for (int i = 0; i < k->ncpus && list; i++)
		n += (size_t)snprintf(list + n, size - n, "%s%d", i ? "," : "", k->cpus[i]);
	if (list)
		add(c, "--cpus=%s", list);
	free(list);
}

static void make_command(struct command *c, const char *program, const struct cell *k)
{
	*c = (struct command){ .whole = true };
	add(c, "%s", program);
	add(c, "--workload=%s", k->workload);
	add(c, "--procs=%d", k->procs);
	for (int i = 0; i < k->nparams; i++) {
		add(c, "--set");
		add(c, "%s=%s", k->params[i].key, k->params[i].value);
	}
	for (int i = 0; i < k->nopts; i++) {
		if (is_condition(k->opts[i].key))
			continue;
		add(c, "--opt");
		add(c, "%s=%s", k->opts[i].key, k->opts[i].value);
	}
	if (strcmp(k->pin, "none") != 0)
		add_cpus(c, k);
	add(c, "--once");
}

static int set_conditions(struct conditions *c, const struct cell *k, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < k->nopts && !rc; i++)
		if (is_condition(k->opts[i].key))
			rc = conditions_knob(c, k->opts[i].key, k->opts[i].value, e);
	return !rc && c->quota_pct ? err_set(e, -EINVAL, "trace runs a cell without a quota") : rc;
}

/* What the file says of the cell. */
static void set_about(const struct cell *k)
{
	char text[2048];
	size_t n = (size_t)snprintf(text, sizeof text, "workload\t%s\nset\t", k->workload);

	for (int i = 0; i < k->nparams && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s=%s", i ? " " : "", k->params[i].key,
		                      k->params[i].value);
	if (n + 1 < sizeof text)
		snprintf(text + n, sizeof text - n, "\n");
	setenv("SCHEDLAB_TRACE_ABOUT", text, 1);
}

/* ---- The file --------------------------------------------------------------- */

/* What the program wrote gets its name. */
static int keep(const char *part, const char *path, struct err *e)
{
	int fd = open(part, O_RDONLY | O_CLOEXEC), rc = 0;

	if (fd < 0 || fsync(fd) != 0)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (!rc && rename(part, path) != 0)
		rc = -errno;
	if (rc)
		return err_set(e, rc, "-o %.300s: cannot write it: %s", path, strerror(-rc));
	file_sync_parent(path);
	return 0;
}

/* As the program could not, if so: before it runs. */
static int try_to_write(const char *part, const char *path, struct err *e)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_set(e, -errno, "-o %.300s: cannot write it: %s", path, strerror(errno));
	close(fd);
	return 0;
}

/* What became of a cell that was traced. */
struct recorded {
	struct outcome o;
	int64_t bytes;                  /* of the file; 0: there is none */
	char text[300];                 /* "blocking on pthreads, P = 2" */
};

/* What the program left, and what it said, when it had ended. */
static int take(struct recorded *r, const char *said, const char *part, const char *path, struct err *e)
{
	struct stat st;
	const char *lost = strstr(said, "SCHEDLAB_TRACE: cannot write ");
	const char *why = lost ? strstr(lost, ": ") : NULL;

	if (r->o.status != ST_NA && why && (why = strstr(why + 2, ": "))) {
		unlink(part);
		return err_set(e, -EIO, "-o %.300s: cannot write it%.*s", path, (int)strcspn(why, ";"), why);
	}
	if (r->o.status == ST_NA || stat(part, &st) != 0 || st.st_size == 0) {
		unlink(part);
		return 0;
	}
	r->bytes = st.st_size;
	return keep(part, path, e);
}

static int run_traced(const struct cell *k, const struct backend *b, const struct topo *topo, double timeout_s,
                      const char *path, struct recorded *r, int *interrupt, struct err *e)
{
	struct conditions conditions = conditions_default();
	struct proc p = { .topo = topo, .cpus = k->cpus, .ncpus = k->ncpus, .conditions = &conditions,
	                  .timeout_s = timeout_s };
	char part[PATH_MAX], said[WORDS_MAX];
	struct proc_end end;
	struct command c;
	int rc = set_conditions(&conditions, k, e);

	if (rc)
		return rc;
	if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
		return err_set(e, -ENAMETOOLONG, "-o %.300s: cannot write it: %s", path, strerror(ENAMETOOLONG));
	make_command(&c, backend_program(b, 0), k);
	p.argv = c.v;
	rc = c.whole ? try_to_write(part, path, e) : err_set(e, -ENOMEM, "out of memory");
	if (!rc)
		rc = p.sigfd = proc_signals(e);
	if (rc >= 0) {
		set_about(k);
		setenv("SCHEDLAB_TRACE", part, 1);
		rc = proc_run(&p, &end, e);
		unsetenv("SCHEDLAB_TRACE");
		unsetenv("SCHEDLAB_TRACE_ABOUT");
		proc_signals_end(p.sigfd);
	}
	for (int i = 0; i < c.n; i++)
		free(c.v[i]);
	if (rc < 0)
		return rc;
	if (end.interrupt) {
		unlink(part);
		*interrupt = end.interrupt;
		return -EINTR;
	}
	snprintf(said, sizeof said, "%s", lastwords_end(&end.said));
	outcome_judge(&r->o, &end, timeout_s);
	return take(r, said, part, path, e);
}

/* ---- The cell ----------------------------------------------------------------- */

static int choose_procs(struct options *o, const struct backend *b, struct err *e)
{
	const char *source;
	int n;

	if (o->nprocs)
		return 0;
	n = host_procs(&source, e);
	if (n < 0)
		return n;
	o->procs[0] = backend_can(b, "parallel") ? n : 1;
	o->nprocs = 1;
	return 0;
}

/* 0, -EINTR with the signal, or -errno with a sentence. */
static int record(struct options *o, const struct catalog *c, const struct topo *topo, struct recorded *r,
                  int *interrupt, struct err *e)
{
	int b = catalog_backend(c, o->backends.v[0], "-b", e), w = catalog_workload(c, o->workloads.v[0], "-w", e);
	const struct cell *k;
	struct plan p;
	int rc;

	*r = (struct recorded){ .o = { .status = ST_NA } };
	if (b < 0 || w < 0 || choose_procs(o, &c->backends[b], e) ||
	    plan_make(&p, o, preset_find("standard", e), c, topo, 1, e))
		return -EINVAL;
	k = &p.cells[0];
	snprintf(r->text, sizeof r->text, "%s on %s, P = %d", k->workload, k->backend, k->procs);
	if (!c->backends[b].available) {
		snprintf(r->o.reason, sizeof r->o.reason, "%s is not available: %s", k->backend, c->backends[b].reason);
		rc = 0;
	} else if (!backend_applies(&c->backends[b], &c->workloads[w], k->procs, r->o.reason, sizeof r->o.reason)) {
		rc = 0;
	} else {
		r->o.status = ST_OK;
		rc = run_traced(k, &c->backends[b], topo, p.timeout_s, o->out, r, interrupt, e);
	}
	plan_free(&p);
	return rc;
}

int trace_cell_words(int argc, char **argv, const struct catalog *c, const struct topo *topo, int *interrupt,
                     struct err *e)
{
	struct recorded r;
	struct options o;
	int rc = options_parse(&o, argc, argv, ":b:w:p:o:", flags, e) || check(&o, e) ? -EINVAL
	                                                                              : record(&o, c, topo, &r, interrupt, e);

	options_free(&o);
	return rc;
}

/* What came of it, for who asked for this cell.  The exit status. */
static int tell(const struct recorded *r, const char *path)
{
	if (r->o.status == ST_NA) {
		fprintf(stderr, "schedlab: %s: na: %s\n", r->text, r->o.reason);
		return EXIT_NO_CELL;
	}
	if (!r->bytes) {
		fprintf(stderr, "schedlab: %s left no trace%s%s\n", r->text, *r->o.reason ? ": " : "", r->o.reason);
		return EXIT_BAD;
	}
	if (r->o.status != ST_OK) {
		fprintf(stderr, "schedlab: %s: %s: %s\n", r->text, status_name(r->o.status), r->o.reason);
		return EXIT_BAD;
	}
	printf("%s: one iteration, %.1f ms for the whole process; %.1f kB in %s\n", r->text, (double)r->o.wall_ns / 1e6,
	       (double)r->bytes / 1e3, path);
	return EXIT_GOOD;
}

static int trace_cell(struct options *o, const struct catalog *c, const struct topo *topo, struct err *e)
{
	struct recorded r;
	int interrupt = 0, rc = record(o, c, topo, &r, &interrupt, e);

	return rc == -EINTR ? 128 + interrupt : rc ? cmd_fail(e) : tell(&r, o->out);
}

int cmd_trace_record(int argc, char **argv)
{
	struct topo *topo = NULL;
	struct catalog c;
	struct options o;
	struct err e;
	int status;

	if (options_parse(&o, argc, argv, ":b:w:p:o:", flags, &e) || check(&o, &e) || catalog_read(&c, &e)) {
		status = cmd_fail(&e);
	} else {
		status = topo_open(&topo, NULL, NULL, &e) ? cmd_fail(&e) : trace_cell(&o, &c, topo, &e);
		topo_close(topo);
		catalog_free(&c);
	}
	options_free(&o);
	return status;
}
