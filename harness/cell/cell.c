/* SPDX-License-Identifier: Apache-2.0
 *
 * cell.c: the program that measures one workload on one back end.
 *
 * Linked once with each back end; what it is called, what its model is and
 * what it can do come from the build (SL_BACKEND, SL_MODEL, SL_CAPS), and what
 * applies is decided by what it can do alone.
 *
 * Exit status: 0 measured and verified; 1 the result was wrong; 2 bad usage, or
 * it could not be done; 77 does not apply to this back end.  In all cases but
 * the first a sentence on standard error says why, and no file is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/standard.h"
#include "cell/cell_args.h"
#include "cell/cell_json.h"
#include "cell/cell_run.h"
#include "machine/affinity.h"
#include "machine/thread_limit.h"

static const struct cell_program program = { SL_BACKEND, SL_MODEL, SL_CAPS };

static bool can(const char *cap)
{
	return cell_can(program.caps, cap);
}

/* CELL_OK, or CELL_NA with the reason. */
static int applies(const struct cell_args *a, struct err *e)
{
	const struct workload *wl = a->workload;
	struct wl w = { .param = a->param, .procs = cell_procs(a), .seed = a->seed };
	int64_t gs = wl->gs ? wl->gs(&w) : 0, limit;
	char what[64] = "";

	if (w.procs > 1 && !can("parallel")) {
		err_set(e, 0, "%s runs one G at a time, so P = %d does not apply", program.backend, w.procs);
		return CELL_NA;
	}
	for (const struct bit_name *cap = cap_names; cap->name; cap++) {
		if (!(wl->needs & cap->bit) || can(cap->name))
			continue;
		err_set(e, 0, "%s needs the capability %s, which %s lacks", wl->name, cap->name, program.backend);
		return CELL_NA;
	}
	for (const struct cell_knob *k = cell_knobs; k < cell_knobs + KNOBS; k++) {
		if (!a->given[k - cell_knobs] || !k->needs || can(k->needs))
			continue;
		err_set(e, 0, "%s %s", program.backend, k->lacks);
		return CELL_NA;
	}
	if (!can("threads"))
		return CELL_OK;
	limit = thread_limit("", what, sizeof what);
	if (gs <= limit)
		return CELL_OK;
	err_set(e, 0, "%s may need %" PRId64 " threads at once, and %" PRId64 " is the limit here (%s)",
	        wl->name, gs, limit, what);
	return CELL_NA;
}

/* ---- Output ------------------------------------------------------------ */

static int print(const char *text, struct err *e)
{
	if (fputs(text, stdout) < 0 || fputc('\n', stdout) < 0 || fflush(stdout) != 0) {
		err_set(e, 0, "cannot write to standard output: %s", strerror(errno));
		return CELL_BAD;
	}
	return CELL_OK;
}

static int print_list(struct err *e)
{
	int status = CELL_OK;

	for (int i = 0; workloads[i] && !status; i++)
		status = print(workloads[i]->name, e);
	return status;
}

static int print_info(struct err *e)
{
	char *text = cell_info_text(&program);
	int status = text ? print(text, e) : CELL_BAD;

	if (!text)
		err_set(e, 0, "out of memory");
	free(text);
	return status;
}

/* A device stays where it is. */
static int drop(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? unlink(path) : 0;
}

/* Finds out before anything is measured whether path can be written, and lets
 * no older file pass for this one's. */
static int claim(const char *path, struct err *e)
{
	int fd;

	if (!path)
		return CELL_OK;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0) {
		close(fd);
		if (drop(path) == 0)
			return CELL_OK;
	}
	err_set(e, 0, "cannot write %s: %s", path, strerror(errno));
	return CELL_BAD;
}

/* Whole or not at all; but a pipe or a device is written to, not replaced. */
static int put(const char *path, const char *text, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";
	int fd, rc;

	if (slash)
		snprintf(dir, sizeof dir, "%.*s", (int)(slash - path) + 1, path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return file_put(dir, slash ? slash + 1 : path, text, strlen(text), e) ? CELL_BAD : CELL_OK;
	rc = write_all(fd, text, strlen(text));
	if (close(fd) != 0 && !rc)
		rc = -errno;
	if (!rc)
		return CELL_OK;
	err_set(e, 0, "cannot write %s: %s", path, strerror(-rc));
	return CELL_BAD;
}

static int put_detail(const struct cell_args *a, const struct cell_result *r, struct err *e)
{
	int *cpus = NULL, n = affinity_read(&cpus), status = CELL_BAD;
	char *text = n < 0 ? NULL : cell_detail_text(&program, a, r, cpus, n);

	if (text)
		status = put(a->detail, text, e);
	else
		err_set(e, 0, "cannot describe the measurement: %s", strerror(n < 0 ? -n : ENOMEM));
	free(text);
	free(cpus);
	return status;
}

/* ---- Measuring --------------------------------------------------------- */

/* Google Benchmark reads its flags from the environment too, before main. */
static int no_foreign_flags(struct err *e)
{
	extern char **environ;

	for (char **var = environ; *var; var++) {
		if (strncmp(*var, "BENCHMARK_", 10) != 0)
			continue;
		err_set(e, 0, "%.*s in the environment would change the measurement: unset it",
		        (int)strcspn(*var, "="), *var);
		return CELL_BAD;
	}
	return CELL_OK;
}

static int measure(const struct cell_args *a, struct err *e)
{
	struct cell_result r;
	char *json;
	int status = no_foreign_flags(e);

	if (!status)
		status = claim(a->out, e);
	if (!status)
		status = claim(a->detail, e);
	if (!status)
		status = cell_measure(a, &r, &json, e);
	if (status)
		return status;
	if (a->detail)
		status = put_detail(a, &r, e);
	if (!status)
		status = a->out ? put(a->out, json, e) : print(json, e);
	if (status && a->detail)
		drop(a->detail);
	cell_result_free(&r);
	free(json);
	return status;
}

int main(int argc, char **argv)
{
	struct cell_args args;
	struct err e;
	int status;

	standard_open();
	status = cell_args_read(&args, argc, argv, &e) ? CELL_BAD : CELL_OK;
	if (!status && args.list)
		status = print_list(&e);
	else if (!status && args.info)
		status = print_info(&e);
	else if (!status) {
		args.threads = can("threads");
		status = applies(&args, &e);
		if (!status)
			status = args.once ? cell_once(&args, &e) : measure(&args, &e);
	}
	if (status)
		fprintf(stderr, "cell-%s: %s\n", program.backend, e.msg);
	free(args.cpus);
	free(args.distance);
	return status;
}
