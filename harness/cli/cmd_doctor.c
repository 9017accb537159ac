/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab doctor: what about this machine disturbs measurements.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/cmd.h"
#include "doctor/doctor.h"
#include "plan/options.h"
#include "plan/plan.h"

static const char help[] =
	"Usage: schedlab doctor [--json] [--root DIR]\n"
	"\n"
	"What about this machine, as it is set and as it is used now, changes what is\n"
	"measured on it: other programs and guests, frequencies, the clock, SMT, memory,\n"
	"limits, the kernel, missing tools.  For each what was found, what it does to a\n"
	"measurement, measured where that takes a moment, and the command that quiets it.\n"
	"Changes nothing.  Takes about a second.\n"
	"\n"
	"  serious    can change a time by a twentieth or more, or say who is faster\n"
	"  minor      adds to the noise, or changes some workloads\n"
	"  note       is part of what is measured, or only lacks\n"
	"\n"
	"  --json     for programs\n"
	"  --root DIR reads /proc and /sys in this folder, a copy of another machine's,\n"
	"             and measures nothing\n"
	"\n"
	"matrix says the worst finding, if it is serious or minor, before it measures.\n"
	"\n"
	"Exit status: 0, whatever was found; 2 bad usage.\n"
	"\n"
	"Examples:\n"
	"  schedlab doctor\n"
	"  schedlab doctor --json | jq -r '.findings[] | select(.fix != \"\") | .fix'\n";

#define SAMPLE_S 0.5
/* What is less shows no more than the ticks of the kernel's accounts. */
#define SAMPLE_LEAST_S 0.05

static const struct option longs[] = {
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

void doctor_say_worst(const struct plan *p)
{
	struct doctor_asked asked = { .root = "", .path = getenv("PATH") };
	const struct finding *worst;
	static bool said;       /* a process may make several runs */
	struct doctor d;
	struct err ignored;

	if (said)
		return;
	said = true;
	/* A hundredth of what the run takes at least: a short one is not made to wait. */
	asked.sample_s = p->min_time_s * plan_rows(p) / 100;
	if (asked.sample_s < SAMPLE_LEAST_S)
		asked.sample_s = 0;
	else if (asked.sample_s > SAMPLE_S)
		asked.sample_s = SAMPLE_S;
	if (doctor_examine(&d, &asked, &ignored) || !(worst = doctor_worst(&d)))
		return;
	fprintf(stderr, "Doctor, %s: ", severity_name(worst->severity));
	text_wrap(worst->what, 2, (int)strlen(severity_name(worst->severity)) + 10, stderr);
	fputs("  schedlab doctor says what that does, what quiets it, and what else there is.\n", stderr);
}

static int check_root(const char *root, struct err *e)
{
	struct stat st;

	if (!*root || stat(root, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, -EINVAL, "--root %.300s: no folder", root);
	return 0;
}

static int examine(const struct doctor_asked *asked, bool as_json, struct err *e)
{
	struct doctor d;
	int rc = doctor_examine(&d, asked, e);

	if (rc)
		return cmd_fail(e);
	if (!as_json)
		doctor_print(&d, stdout);
	else if ((rc = doctor_put(&d, stdout)))
		err_set(e, rc, "cannot write the findings: %s", strerror(-rc));
	return rc ? cmd_fail(e) : EXIT_GOOD;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_asked asked = { .root = "", .path = getenv("PATH"), .sample_s = SAMPLE_S, .probe = true };
	bool as_json = false;
	struct err e;
	int c, rc = 0;

	opterr = 0;
	optind = 1;
	while (!rc && (c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (c) {
		case OPT_AS_JSON: as_json = true; break;
		case OPT_ROOT: asked.root = optarg; rc = check_root(optarg, &e); break;
		case 'h': fputs(help, stdout); return EXIT_GOOD;
		default: rc = options_bad_flag(c, argv, longs, &e);
		}
	}
	if (!rc && optind != argc)
		rc = err_set(&e, -EINVAL, "doctor takes no argument, and not '%.60s'", argv[optind]);
	return rc ? cmd_fail(&e) : examine(&asked, as_json, &e);
}
