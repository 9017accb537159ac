/* SPDX-License-Identifier: Apache-2.0
 *
 * sentence.h: what a run says in sentences about the scheduling models: "Starting a task
 * is cheapest on ..., 480 × less than as a thread (430 to 510)."  verdicts/sentences.h
 * finds them; here is what they consist of, for all that shows or writes them.
 */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "base/text.h"

enum sentence_verdict {
	SENTENCE_NO_DATA,       /* too little was measured for one; the reason says what */
	SENTENCE_CANNOT_TELL,   /* of a back end that it is about nothing can be concluded;
	                           the reason says why */
	SENTENCE_HOLDS,         /* every comparison in it has an answer */
};

/* What one comparison answers. */
enum part_verdict {
	PART_NO_DATA,           /* a side has no figure; or the model cannot do it */
	PART_TOO_FEW,           /* fewer undisturbed repetitions than an interval takes */
	PART_CANNOT_TELL,       /* the interval reaches over an edge of the noise floor */
	PART_SAME,              /* all of it is inside */
	PART_MORE,              /* all of it is above, or below */
	PART_LESS,
	PART_NOT_MORE,          /* none of it is above; of what may be a gain */
	PART_LEADS,             /* the others of the sentence are held against this one */
	/* Whom a blocking call stops. */
	PART_STOPS_ITSELF, PART_STOPS_SOME, PART_STOPS_ALL,
};

#define PART_CELLS 16

/* A back end's comparison.  The strings are the catalog's and the results'. */
struct sentence_part {
	const char *backend, *model;    /* model: "" where this build has not that back end */
	enum part_verdict verdict;
	int n;                          /* repetitions that the estimate rests on; 0: none */
	double estimate, low, high;     /* a factor, and the interval */
	double coverage;                /* the chance that it holds the true factor */
	double value;                   /* the figure itself, a median; NAN: none */
	int samples, disturbed;         /* repetitions that have figures, and those of them
	                                   that others disturbed */
	int cells[PART_CELLS], ncells;  /* places of the cells that it rests on */
};

struct sentence {
	const char *id, *question;
	enum sentence_verdict verdict;
	char *text;                     /* one sentence or two, with all intervals */
	char *reason;                   /* why it is not SENTENCE_HOLDS; "" */
	const char *figure;             /* of the values, in this unit: a counter, ns_per_op */
	enum unit unit;
	struct sentence_part *parts;    /* in the order of the text, then those of no data */
	int nparts;
	int lead;                       /* the part whose factor the sentence leads with; -1 */
};

struct sentences {
	struct sentence *v;
	int n;                          /* 0: nobody asked, or the run is none to ask */
	double floor;                   /* the noise floor, a fraction */
};

/* "holds"; "leads". */
const char *sentence_verdict_name(enum sentence_verdict);
const char *part_verdict_name(enum part_verdict);

void sentences_free(struct sentences *);

#endif
