/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd.h: the commands.  Each gets its own name as argv[0] and returns the exit
 * status of the program.
 */
#ifndef CMD_H
#define CMD_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

enum {
	EXIT_GOOD = 0,
	EXIT_BAD = 1,           /* what was measured did not hold */
	EXIT_USAGE = 2,         /* what the user can mend */
	EXIT_NO_CELL = 77,      /* the cell does not apply to the back end */
};

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_matrix(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_ab(int argc, char **argv);
int cmd_floor(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_ratios(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_lessons(int argc, char **argv);
int cmd_topo(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_bundle(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_trace_export(int argc, char **argv);    /* of "trace": their own name is argv[0] */
int cmd_trace_summary(int argc, char **argv);
int cmd_trace_record(int argc, char **argv);    /* "trace" with flags of its own */
int cmd_report(int argc, char **argv);
int cmd_trace_show(int argc, char **argv);

enum tell { TELL_NOTHING, TELL_TABLES, TELL_FIRST };    /* TELL_FIRST: of first attempts alone */

struct again;
struct comparison;
struct option;
struct options;
struct plan;
struct catalog;
struct words;
struct topo;
struct trace;

/* cmd_matrix.c: measures a plan into the folder of a new run, sums it up, and prints the
 * tables that it is told to.  Says on standard error how to go on, where something stops it.  The exit status. */
int matrix_measure(const char *dir, const struct plan *, struct catalog *, const struct topo *,
                   int argc, char **argv, enum tell, struct err *);

/* cmd_matrix.c: the same where that folder is a part of another, which is what to go on with;
 * and goes on with a run. */
int matrix_begin(const char *dir, const char *whole, const struct plan *, struct catalog *, const struct topo *,
                 int argc, char **argv, enum tell, struct err *);
int matrix_go_on(const char *dir, const char *whole, const struct again *, struct catalog *, const struct topo *,
                 enum tell, struct err *);

/* On standard error: how to go on with a run of the plan. */
void matrix_say_how_to_resume(const struct plan *, const char *dir, const struct again *);

/* The rows that --retry asks for; -EINVAL with a sentence. */
int matrix_read_again(struct again *, const struct words *, struct err *);

/* Prints a line for each row of the plan, in order. */
int matrix_dry_run(const struct plan *);

/* cmd_compare.c: prints the comparison.  fail_above: a fraction, or NAN.  The exit status. */
int compare_show(const struct comparison *, bool as_json, bool markdown, double fail_above, struct err *);

/* cmd_doctor.c: on standard error, the worst that is about this machine, before the plan is
 * measured; nothing, where there is nothing serious or minor. */
void doctor_say_worst(const struct plan *);

/* matrix_budget.c: a run for which there is so much time: its pilot, then the run, or the
 * rest of these.  p: of a run that begins; NULL: it goes on.  The exit status. */
int matrix_budget(const char *dir, double budget_s, struct plan *p, const struct again *, struct catalog *,
                  const struct topo *, int argc, char **argv, enum tell, struct err *);

/* cmd_trace_record.c: runs one iteration of a cell, given in flags, and keeps what happened
 * in a file.  0, also where the cell does not apply or left no trace, and then without a
 * file; -EINTR, with the signal; or -errno with a sentence. */
int trace_cell_words(int argc, char **argv, const struct catalog *, const struct topo *, int *interrupt, struct err *);

/* matrix_traces.c: traces, for the page of a run in dir, of a plan that begins.  0, -EINTR
 * or -errno. */
int matrix_traces(const struct plan *, const struct catalog *, const struct topo *, const char *dir, int *interrupt,
                  struct err *);

/* cmd_matrix.c: "results/20261123T181405Z-WHAT", where a run goes by default. */
void results_new_dir(char out[PATH_MAX], const char *what);

/* cmd_trace_export.c: on standard error, what a reader of that trace has to know. */
void trace_notes(const struct trace *, const char *path);

/* Prints "schedlab: " and the sentence; returns EXIT_USAGE. */
int cmd_fail(const struct err *);

/* A command with matrix's flags: parses them, prints its help, or calls measure with what
 * this build and this machine have.  The exit status. */
int cmd_measure(int argc, char **argv, const struct option *flags, const char *help,
                int (*measure)(const struct options *, struct catalog *, const struct topo *, int argc, char **argv,
                               struct err *));

#endif
