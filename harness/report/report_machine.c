/* SPDX-License-Identifier: Apache-2.0
 *
 * report_machine.c: the machine as boxes, which of its PUs were used, and what the run
 * says of machine, build and plan.
 */
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/section.h"
#include "topo/topo_tree.h"

/* ---- The machine as boxes ----------------------------------------------------------- */

/* PUs drawn one by one; of a larger machine the table of facts must do. */
#define DRAWN_PUS 1024

static bool is_used(const struct page *p, int os)
{
	for (int i = 0; i < p->r->ncells; i++)
		for (int k = 0; k < p->r->cells[i].ncpus; k++)
			if (p->r->cells[i].cpus[k] == os)
				return true;
	return false;
}

static void open_box(const struct page *p, const struct topo_node *v, int number)
{
	static const char *const classes[] = {
		[TOPO_OTHER] = "", [TOPO_PACKAGE] = "package", [TOPO_L3] = "l3", [TOPO_CORE] = "core",
	};
	static const char *const names[] = {
		[TOPO_PACKAGE] = "package", [TOPO_L3] = "L3 cache", [TOPO_CORE] = "core",
	};

	fprintf(p->out, "<span class=\"box %s\"><span class=\"tag\">%s %d</span>", classes[v->type], names[v->type], number);
}

/* Boxes from a node on: nothing for what hwloc has besides these kinds. */
static void print_boxes(const struct page *p, int i, int count[TOPO_TYPES])
{
	const struct topo_node *v = &p->topo->nodes[i];

	if (v->type == TOPO_PU) {
		fprintf(p->out, "<span class=\"pu%s\">%d</span>", is_used(p, v->os) ? " used" : "", v->os);
		return;
	}
	if (v->type != TOPO_OTHER)
		open_box(p, v, count[v->type]++);
	for (int k = i + 1; k < i + v->size; k += p->topo->nodes[k].size)
		print_boxes(p, k, count);
	if (v->type != TOPO_OTHER)
		fputs("</span>", p->out);
}

static void print_topology(const struct page *p)
{
	struct topo_counts c;
	int count[TOPO_TYPES] = { 0 }, used = 0;

	if (!p->topo) {
		fputs("<p>The run does not say what its machine is made of.</p>\n", p->out);
		return;
	}
	topo_counts(p->topo, &c);
	for (int i = 0; i < c.pus; i++)
		used += is_used(p, p->topo->nodes[p->topo->pus[i]].os);
	fputs("<p>", p->out);
	html_textf(p->out, "%d PUs (processors, as the kernel counts them), of which this run used the %d that are filled.",
	           c.pus, used);
	fputs("</p>\n", p->out);
	if (c.pus > DRAWN_PUS)
		return;
	fprintf(p->out, "<div class=\"scroll\"><div class=\"topology\" role=\"img\" aria-label=\"%d package%s, %d core%s, %d "
	        "PUs, %d of them used\">", c.packages, c.packages == 1 ? "" : "s", c.cores, c.cores == 1 ? "" : "s", c.pus, used);
	print_boxes(p, 0, count);
	fputs("</div></div>\n", p->out);
}

/* ---- Facts ------------------------------------------------------------------------- */

static void print_fact(const struct page *p, const char *what, const char *value)
{
	if (!*value)
		return;
	fputs("<tr><th scope=\"row\">", p->out);
	html_text(what, p->out);
	fputs("</th><td>", p->out);
	html_text(value, p->out);
	fputs("</td></tr>\n", p->out);
}

static void print_facts(const struct page *p)
{
	/* By their names in meta.json.  Not who the machine is: a page is passed on. */
	static const struct { const char *what, *name; } facts[] = {
		{ "Processor", "cpu_model" }, { "Architecture", "architecture" }, { "Caches", "caches" },
		{ "Memory", "memory" }, { "Processors that could be used", "cpus" }, { "by", "cpus_from" },
		{ "CPU quota", "cgroup_quota" }, { "SMT", "smt" }, { "Frequency governor", "governor" },
		{ "Clock", "clocksource" }, { "Kernel", "kernel" }, { "Huge pages", "transparent_hugepages" },
		{ "Mitigations", "mitigations" }, { "Load when it began", "load_average" }, { "schedlab", "version" },
		{ "Commit", "commit" }, { "Compiler", "compiler" }, { "Flags", "flags" }, { "Go", "go" },
		{ "Google Benchmark", "benchmark" }, { "hwloc", "hwloc" }, { "Began", "started" },
	};

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"machine-h\"><table class=\"plain facts\">"
	      "<tbody>\n", p->out);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		print_fact(p, facts[i].what, results_fact(p->r, facts[i].name));
	fputs("</tbody></table></div>\n", p->out);
}

static void print_plan(const struct page *p)
{
	if (!p->plan)
		return;
	fputs("<p>", p->out);
	html_textf(p->out, "The plan: preset %s, %d cells, %d repetitions in orders of seed %llu, %g s at least for a "
	           "measurement, %g s at most.", p->plan->preset, p->plan->ncells, p->plan->reps,
	           (unsigned long long)p->plan->seed, p->plan->min_time_s, p->plan->timeout_s);
	if (p->plan->layouts)
		html_textf(p->out, " The repetitions rotate over %d link orders of each program.", p->plan->layouts);
	fputs("</p>\n", p->out);
}

void section_machine(const struct page *p)
{
	fputs("<section id=\"machine\" aria-labelledby=\"machine-h\">\n<h2 id=\"machine-h\">Machine and build</h2>\n", p->out);
	print_topology(p);
	print_facts(p);
	print_plan(p);
	fputs("</section>\n", p->out);
}
