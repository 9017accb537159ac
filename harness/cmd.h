/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd.h: the commands.  Each gets its own name as argv[0] and returns the exit
 * status of the program.
 */
#ifndef CMD_H
#define CMD_H

#include <limits.h>

#include "err.h"

enum {
	EXIT_GOOD = 0,
	EXIT_BAD = 1,           /* what was measured did not hold */
	EXIT_USAGE = 2,         /* what the user can mend */
	EXIT_NO_CELL = 77,      /* the cell does not apply to the back end */
};

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_matrix(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_ratios(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_lessons(int argc, char **argv);
int cmd_topo(int argc, char **argv);

/* cmd_matrix.c: "results/20261123T181405Z-WHAT", where a run goes by default. */
void results_new_dir(char out[PATH_MAX], const char *what);

/* Prints "schedlab: " and the sentence; returns EXIT_USAGE. */
int cmd_fail(const struct err *);

#endif
