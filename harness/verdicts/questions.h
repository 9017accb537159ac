/* SPDX-License-Identifier: Apache-2.0
 *
 * questions.h: what people want to know of the scheduling models first, and which cells
 * of a run answer it.
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "base/text.h"

enum question_kind {
	/* A figure of every back end, each against the least.  lead: "Starting a task is
	 * cheapest on"; than: "than as a thread". */
	ASKS_LEAST,
	/* The same work at P = 1 by that at P = 2.  lead: "A second processor makes
	 * CPU-bound work". */
	ASKS_SECOND_P,
	/* Few tasks by many at the lowest P; lead as above. */
	ASKS_MORE_TASKS,
	/* How long gs calls that block at once take, by what one takes.  lead: "A blocking
	 * call stops". */
	ASKS_WHO_STOPS,
};

/* Which cell of a workload is meant where a run has several: that with the highest value
 * of the parameter, but none that has one of these settings. */
struct asked_of {
	const char *workload;           /* NULL ends the list */
	const char *most;               /* NULL: the first in the plan */
	const char *but[3];
};

#define ASKED_OF 6

struct question {
	const char *id, *text;
	enum question_kind kind;
	/* ASKS_SECOND_P: all of these that the run has, together; else the first. */
	struct asked_of of[ASKED_OF];
	const char *counter;            /* of the row; NULL: the time of an operation */
	enum unit unit;
	const char *lead, *than, *times;/* times: "as long" */
	/* What it takes of a back end, a capability, and what is said of those that lack it:
	 * NULL: nothing. */
	const char *takes, *without;
	const char *measure;            /* what measures it: "-w spawn" */
};

extern const struct question questions[];       /* ended by a NULL id */

#endif
