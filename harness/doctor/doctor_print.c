/* SPDX-License-Identifier: Apache-2.0
 *
 * doctor_print.c: the findings for people.
 */
#include <string.h>

#include "base/text.h"
#include "doctor/doctor.h"

#define COLUMNS 79

/* Where a command may go on in the next line and still be copied: behind "&&" or a pipe,
 * and before a comment.  At most so many bytes; 0: nowhere. */
static size_t break_of(const char *command, size_t most)
{
	static const char *const marks[] = { " && ", " | ", "  # " };
	size_t best = 0;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t kept = strlen(marks[i]) - (marks[i][1] == ' ' ? strlen(marks[i]) : 1);

		for (const char *p = command; (p = strstr(p, marks[i])); p++) {
			size_t n = (size_t)(p - command) + kept;

			best = n <= most && n > best ? n : best;
		}
	}
	return best;
}

static void print_command(const char *command, FILE *out)
{
	const size_t most = COLUMNS - 8;
	size_t n;

	fputs("    $ ", out);
	while (strlen(command) > most && (n = break_of(command, most))) {
		fprintf(out, "%.*s\n        ", (int)n, command);
		command += n + strspn(command + n, " ");
	}
	fprintf(out, "%s\n", command);
}

static void print(const struct finding *f, FILE *out)
{
	fprintf(out, "\n%s, %s: ", f->id, severity_name(f->severity));
	text_wrap(f->what, 2, (int)(strlen(f->id) + strlen(severity_name(f->severity)) + 4), out);
	if (*f->effect) {
		fputs("  ", out);
		text_wrap(f->effect, 2, 2, out);
	}
	if (*f->fix)
		print_command(f->fix, out);
}

/* "Fine: ...", each in a few words. */
static void print_rest(const struct doctor *d, enum severity s, const char *title, FILE *out)
{
	bool begun = false;

	for (int i = 0; i < d->n; i++) {
		if (d->v[i].severity != s)
			continue;
		if (!begun)
			fprintf(out, "\n%s\n", title);
		begun = true;
		fprintf(out, "  %-15s ", d->v[i].id);
		text_wrap(d->v[i].what, 18, 18, out);
	}
}

void doctor_print(const struct doctor *d, FILE *out)
{
	int n[UNKNOWN + 1] = { 0 };

	for (int i = 0; i < d->n; i++)
		n[d->v[i].severity]++;
	fprintf(out, "%d serious, %d minor, %d to be noted, %d fine, %d unknown\n", n[SERIOUS], n[MINOR], n[NOTE], n[FINE],
	        n[UNKNOWN]);
	for (int i = 0; i < d->n; i++)
		if (d->v[i].severity <= NOTE)
			print(&d->v[i], out);
	print_rest(d, FINE, "Fine:", out);
	print_rest(d, UNKNOWN, "Not known:", out);
}
