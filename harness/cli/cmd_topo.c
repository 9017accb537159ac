/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab topo: what a machine has, and the PUs that a policy picks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "cli/cmd.h"
#include "plan/options.h"
#include "topo/topo.h"

#define WIDTH  78
#define INDENT 9        /* of the lists below the names of policies */

static const char help[] =
	"Usage: schedlab topo [-p N] [--pin POLICY] [--input FILE.xml | --synthetic STR]\n"
	"                     [--json]\n"
	"\n"
	"Shows the processors of this machine that schedlab may use, and which of them\n"
	"each pinning policy picks, in the order in which Ps are put on them.  Numbers\n"
	"are the kernel's (/proc/cpuinfo, taskset).\n"
	"\n"
	"  -p, --procs N    pick for N Ps (default: all that the policy offers)\n"
	"  --pin POLICY     this policy only: a name, or PU numbers such as 0,2,4\n"
	"  --input FILE     another machine, as lstopo or a run's topology.xml has it\n"
	"  --synthetic STR  an imaginary machine, in hwloc's notation\n"
	"  --json           for programs\n"
	"\n"
	"Examples:\n"
	"  schedlab topo\n"
	"  schedlab topo --pin scatter -p 4\n"
	"  schedlab topo --synthetic 'package:2 l3:2 core:4 pu:2' --pin l3 -p 10\n"
	"  schedlab topo --input results/RUN/topology.xml\n";

struct request {
	int procs;                      /* 0: all */
	const char *pin, *xml, *synthetic;
	bool as_json, help;
};

static const struct option longs[] = {
	{ "procs", required_argument, NULL, 'p' },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "input", required_argument, NULL, 'i' },
	{ "synthetic", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, OPT_AS_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int parse(struct request *r, int argc, char **argv, struct err *e)
{
	int64_t v;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":p:h", longs, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (parse_int(optarg, 1, PROCS_MAX, &v))
				return err_set(e, -1, "-p %.60s: not a whole number "
				               "from 1 to %d", optarg, PROCS_MAX);
			r->procs = v;
			break;
		case OPT_PIN: r->pin = optarg; break;
		case 'i': r->xml = optarg; break;
		case 's': r->synthetic = optarg; break;
		case OPT_AS_JSON: r->as_json = true; break;
		case 'h': r->help = true; break;
		default: return options_bad_flag(c, argv, longs, e);
		}
	}
	if (optind < argc)
		return err_set(e, -1, "topo takes no argument such as '%.60s'",
		               argv[optind]);
	return 0;
}

/* How many numbers from i on follow each other; drawn together from 3 on. */
static int stretch(const int *cpus, int n, int i)
{
	int to = i + 1;

	while (to < n && cpus[to] == cpus[to - 1] + 1)
		to++;
	return to - i < 3 ? 1 : to - i;
}

/* Breaks lines where a screen ends; shows the first max lines. */
static void print_pus(const int *cpus, int n, int max)
{
	int at = 0, lines = 1, many, len;
	char word[32], more[32];

	printf("%*s", INDENT, "");
	for (int i = 0; i < n; i += many) {
		many = stretch(cpus, n, i);
		len = snprintf(word, sizeof word, many > 1 ? " %d-%d" : " %d",
		               cpus[i], cpus[i + many - 1]);
		snprintf(more, sizeof more, " ... (%d in all)", n);
		if (lines == max && i + many < n &&
		    INDENT + at + len + strlen(more) > WIDTH) {
			fputs(more, stdout);
			break;
		}
		if (at > 0 && INDENT + at + len > WIDTH) {
			printf("\n%*s", INDENT, "");
			at = 0;
			lines++;
		}
		at += printf("%s", word + (at == 0));
	}
	putchar('\n');
}

/* What a policy does where there is nothing to tell PUs apart by. */
static const char *note(const char *policy, const struct topo_counts *c)
{
	if (!strcmp(policy, "l3") && !c->l3s)
		return " (no L3: as cores)";
	if (!c->kinds &&
	    (!strcmp(policy, "pcores") || !strcmp(policy, "ecores")))
		return " (one kind here: as cores)";
	return "";
}

static void print_all(const struct topo *t, int procs, int *cpus)
{
	struct topo_counts c;
	struct err e;
	int n, all;

	topo_counts(t, &c);
	for (const struct topo_policy *p = topo_policies; p->name; p++) {
		printf("\n%-*s%s%s\n", INDENT, p->name, p->summary,
		       note(p->name, &c));
		n = topo_pick(t, p->name, procs, cpus, &e);
		if (n >= 0) {
			print_pus(cpus, n, 2);
			continue;
		}
		all = topo_pick(t, p->name, 0, cpus, &e);
		if (all >= 0)
			printf("%*snot for %d: there are %d\n", INDENT, "",
			       procs, all);
		else
			printf("%*s%s\n", INDENT, "", e.msg);
	}
}

static void print_machine(const struct topo *t)
{
	struct topo_counts c;
	char name[200];

	topo_counts(t, &c);
	topo_describe(t, name, sizeof name);
	printf("%s\n\n"
	       "packages  NUMA nodes  L3 caches  cores   PUs  kinds of cores\n"
	       "%8d  %10d  %9d  %5d  %4d  ", name,
	       c.packages, c.numa_nodes, c.l3s, c.cores, c.pus);
	if (c.kinds)
		printf("%14d\n", c.kinds);
	else
		printf("%14s\n", "-");
}

/* Nothing here needs quoting: policies are names and numbers, and topo_describe
 * leaves out what JSON would have to escape. */
static void print_json(const struct topo *t, const char *policy,
                       const int *cpus, int n)
{
	struct topo_counts c;
	char name[200];

	topo_counts(t, &c);
	topo_describe(t, name, sizeof name);
	printf("{\"policy\":\"%s\",\"cpus\":[", policy);
	for (int i = 0; i < n; i++)
		printf("%s%d", i ? "," : "", cpus[i]);
	printf("],\"machine\":\"%s\",\"here\":%s,\"packages\":%d,"
	       "\"numa_nodes\":%d,\"l3s\":%d,\"cores\":%d,\"pus\":%d,"
	       "\"machine_pus\":%d,\"kinds\":%d}\n",
	       name, topo_is_here(t) ? "true" : "false", c.packages,
	       c.numa_nodes, c.l3s, c.cores, c.pus, c.machine_pus, c.kinds);
}

static int show(const struct topo *t, const struct request *r, struct err *e)
{
	const char *policy = r->pin ? r->pin : "none";
	struct topo_counts c;
	int *cpus, n;

	topo_counts(t, &c);
	cpus = calloc(c.pus, sizeof *cpus);
	if (!cpus)
		return err_set(e, -1, "no memory left for %d PUs", c.pus);
	n = topo_pick(t, policy, r->procs, cpus, e);
	if (n >= 0 && r->as_json) {
		print_json(t, policy, cpus, n);
	} else if (n >= 0) {
		print_machine(t);
		if (r->pin) {
			printf("\n%s%s, %d PU%s in this order:\n", policy,
			       note(policy, &c), n, n == 1 ? "" : "s");
			print_pus(cpus, n, n);
		} else {
			print_all(t, r->procs, cpus);
		}
	}
	free(cpus);
	return n < 0 ? n : 0;
}

int cmd_topo(int argc, char **argv)
{
	struct request r = { .procs = 0 };
	struct topo *t = NULL;
	struct err e;
	int rc = parse(&r, argc, argv, &e);

	if (!rc && r.help) {
		fputs(help, stdout);
		return EXIT_GOOD;
	}
	if (!rc)
		rc = topo_open(&t, r.xml, r.synthetic, &e);
	if (!rc)
		rc = show(t, &r, &e);
	topo_close(t);
	return rc ? cmd_fail(&e) : EXIT_GOOD;
}
