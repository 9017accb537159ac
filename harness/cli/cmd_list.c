/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_list.c: schedlab list.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cmd.h"
#include "cli/list_json.h"
#include "cli/presets.h"
#include "machine/conditions.h"
#include "plan/catalog.h"
#include "plan/options.h"
#include "topo/topo.h"

static const struct option flags[] = {
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: schedlab list [--json]\n"
	"\n"
	"Shows what this build can measure: back ends, workloads with their\n"
	"parameters, presets of the matrix and pinning policies.\n"
	"\n"
	"  --json    for programs\n"
	"\n"
	"Examples:\n"
	"  schedlab list\n"
	"  schedlab list --json | jq -r '.workloads[].name'\n";

static void print_backend(const struct backend *b)
{
	char text[300];

	if (b->available)
		snprintf(text, sizeof text, "%s", *b->caps ? b->caps : "-");
	else
		snprintf(text, sizeof text, "not available: %s", b->reason);
	for (char *p = text; b->available && *p; p++)
		*p = *p == ',' ? ' ' : *p;
	printf("  %-15s %-16s ", b->name, b->model);
	text_wrap(text, 35, 35, stdout);
}

static void print_workload(const struct decl *d)
{
	char text[400];
	size_t n = 0;

	for (int i = 0; d->kind[i] && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", d->kind[i]);
	if (n < sizeof text)
		snprintf(text + n, sizeof text - n, "; time per %s", d->metric);
	printf("  %-15s ", d->name);
	text_wrap(text, 18, 18, stdout);
	printf("%18s", "");
	text_wrap(d->summary, 18, 18, stdout);
	for (int i = 0; i < d->nparams; i++) {
		const struct param *p = &d->params[i];

		snprintf(text, sizeof text, "%s=%" PRId64 "  %s (%" PRId64 " to %" PRId64 ")",
		         p->name, p->value, p->help, p->min, p->max);
		printf("%18s", "");
		text_wrap(text, 22, 22, stdout);
	}
}

static int words_of(const struct knob *k)
{
	int n = 0;

	while (k->words[n])
		n++;
	return n;
}

/* Knobs of one name are one: that of the back end which takes most. */
static const struct knob *widest(const struct catalog *c, const struct knob *k)
{
	for (int i = 0; i < c->nbackends; i++) {
		const struct knob *other = backend_knob(&c->backends[i], k->name);

		k = other && words_of(other) > words_of(k) ? other : k;
	}
	return k;
}

static void print_knob(const struct catalog *c, const struct knob *k)
{
	char text[400];
	size_t n = 0;
	int have = 0, all = 0;

	for (int i = 0; k->words[i] && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", k->words[i]);
	if (!n)
		n = (size_t)snprintf(text, sizeof text, "%" PRId64 " to %" PRId64, k->min, k->max);
	if (n < sizeof text)
		n += (size_t)snprintf(text + n, sizeof text - n, ": %s", k->help);
	for (int i = 0; i < c->nbackends; i++) {
		all += c->backends[i].available;
		have += backend_knob(&c->backends[i], k->name) != NULL;
	}
	for (int i = 0, said = 0; i < c->nbackends && have < all && n < sizeof text; i++)
		if (backend_knob(&c->backends[i], k->name))
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", said++ ? ", " : "; only ",
			                      c->backends[i].name);
	printf("  %-15s ", k->name);
	text_wrap(text, 18, 18, stdout);
}

static void print_knobs(const struct catalog *c)
{
	puts("\nKnobs: --opt KEY=VALUE");
	for (int i = 0; i < c->nbackends; i++) {
		for (int k = 0; k < c->backends[i].nknobs; k++) {
			const struct knob *knob = &c->backends[i].knobs[k];
			bool said = false;

			for (int j = 0; j < i; j++)
				said |= backend_knob(&c->backends[j], knob->name) != NULL;
			if (!said)
				print_knob(c, widest(c, knob));
		}
	}
	fputs("  of the harness  ", stdout);
	for (int k = 0; condition_knobs[k]; k++)
		printf("%s%s", k ? ", " : "", condition_knobs[k]);
	putchar('\n');
}

static void print_all(const struct catalog *c)
{
	puts("Back ends: the model, and what it can do");
	for (int i = 0; i < c->nbackends; i++)
		print_backend(&c->backends[i]);
	if (c->nlayouts)
		printf("  link orders of each C program: %d; matrix --layouts N, or off\n", c->nlayouts);
	print_knobs(c);
	puts("\nWorkloads: the kind, what is timed, what one iteration does; --set KEY=VALUE");
	for (int i = 0; i < c->nworkloads; i++)
		print_workload(&c->workloads[i]);
	puts("\nPresets: matrix --preset NAME");
	for (const struct preset *p = presets; p->name; p++)
		printf("  %-15s %s\n", p->name, p->summary);
	puts("\nPinning policies: --pin NAME, or PU numbers as in --pin 0,2,4");
	for (const struct topo_policy *p = topo_policies; p->name; p++) {
		printf("  %-15s ", p->name);
		text_wrap(p->summary, 18, 18, stdout);
	}
}

int cmd_list(int argc, char **argv)
{
	struct options o;
	struct catalog c;
	struct err e;
	int rc = options_parse(&o, argc, argv, ":h", flags, &e);

	options_free(&o);
	if (rc)
		return cmd_fail(&e);
	if (o.help) {
		fputs(help, stdout);
		return EXIT_GOOD;
	}
	if (catalog_read(&c, &e))
		return cmd_fail(&e);
	if (!o.as_json)
		print_all(&c);
	else
		rc = list_json(&c, stdout);
	catalog_free(&c);
	if (rc) {
		err_set(&e, rc, "cannot write the list: %s", strerror(-rc));
		return cmd_fail(&e);
	}
	return EXIT_GOOD;
}
