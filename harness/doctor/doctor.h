/* SPDX-License-Identifier: Apache-2.0
 *
 * doctor.h: what about this machine, as it is set and as it is used now, changes what is
 * measured on it.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

enum severity {
	SERIOUS,        /* can change a time by a twentieth or more, or say who is faster */
	MINOR,          /* adds to the noise, or to some workloads */
	NOTE,           /* changes times, and is part of what is measured; or only lacks */
	FINE,
	UNKNOWN,        /* the machine does not tell */
};

struct finding {
	const char *id;
	enum severity severity;
	char what[400];         /* what was found */
	char effect[400];       /* what it does to a measurement */
	char fix[300];          /* a command for a shell; "": there is none, or no need */
};

#define FINDINGS_MAX 32

struct doctor {
	struct finding v[FINDINGS_MAX]; /* by severity */
	int n;
};

struct doctor_asked {
	const char *root;       /* where /proc and /sys are: "", or a folder; then nothing is measured */
	const char *path;       /* where programs are, as in $PATH */
	double sample_s;        /* for how long to look at what others do; 0: not at all */
	bool probe;             /* measure what some of it costs, for a quarter of a second */
};

/* Changes nothing.  0 or -ENOMEM. */
int doctor_examine(struct doctor *, const struct doctor_asked *, struct err *);

/* NULL: there is nothing serious or minor. */
const struct finding *doctor_worst(const struct doctor *);

const char *severity_name(enum severity);

/* doctor_print.c, for people. */
void doctor_print(const struct doctor *, FILE *out);

/* doctor_json.c, for programs; 0 or -errno. */
int doctor_put(const struct doctor *, FILE *out);

#endif
