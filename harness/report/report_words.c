/* SPDX-License-Identifier: Apache-2.0
 *
 * report_words.c: what the words of a page mean, how was measured, and what that cannot
 * say.  All of it is text for a reader who has nothing but the page.
 */
#include <string.h>

#include "report/html.h"
#include "report/section.h"

static const struct { const char *word, *meaning; } words[] = {
	{ "Work", "The instructions that a program must execute." },
	{ "Thread", "A path of execution that the kernel schedules." },
	{ "Task, G", "A path of execution that the program starts: a goroutine, in Go. What carries it out is the "
	  "scheduling model's affair." },
	{ "M", "A kernel thread on which Gs are run." },
	{ "P", "The right to run Gs. As many Gs run at once as there are Ps, each on an M that has one." },
	{ "PU", "One processor as the kernel counts them: one hardware thread of a core." },
	{ "1:1", "Each G is a kernel thread, and the kernel schedules it." },
	{ "N:1", "All Gs share one kernel thread: switching is cheap, nothing is parallel, and a system call that blocks "
	  "stops every G." },
	{ "M:N", "Gs are run by a few Ms, as many at once as there are Ps. A scheduler in the program, as that of Go, "
	  "decides which G runs." },
	{ "Running", "Its instructions are being executed: the G is on an M that has a P." },
	{ "Runnable", "It wants a processor, and stands in a queue for one." },
	{ "Waiting", "It needs something first: a message, a lock, a descriptor, a time. Until then it is no concern of "
	  "the scheduler." },
	{ "Concurrency", "Dealing with many things at once: parts of a program may be executed in any order, and the "
	  "result is the same. One processor is enough for it." },
	{ "Parallelism", "Doing many things at once: two or more Gs are executing at the same moment, on as many "
	  "processors." },
	{ "CPU-bound", "Work that never waits by itself. More Gs than processors only add switches." },
	{ "I/O-bound", "Work that waits for the world: files, sockets, timers. While one G waits another can run, on one "
	  "processor, too." },
	{ "Synchronisation", "Gs that need the same memory take turns, by a mutex or an atomic operation. Without it there "
	  "is a data race." },
	{ "Orchestration", "Gs that signal each other, with data or without: by channels, or by a WaitGroup. It "
	  "guarantees that work was done before other work begins." },
	{ "Data race", "Two Gs use the same memory at the same time, and at least one of them writes. The result is "
	  "not defined." },
	{ "Preemption", "A scheduler takes the processor from a G that does not give it up by itself. A model without it, "
	  "a cooperative one, has a loop that calls nothing keep its P for good." },
	{ "Context switch", "A processor leaves one G, or one thread, for another. Between threads the kernel does it; "
	  "between Gs of one thread the program does, and that costs a tenth or less." },
	{ "Work stealing", "A P that has nothing to do takes Gs from another P's queue." },
	{ "Repetition", "Every cell is measured once, in a new random order. Ratios are taken within a repetition, so that "
	  "what slows the machine for a while slows both sides." },
	{ "Noise floor", "By what fraction two measurements may differ without anybody having changed anything." },
};

static void print_backends(const struct page *p)
{
	fputs("<p>This run compares ", p->out);
	for (int i = 0; p->r->backends[i]; i++) {
		const char *model = page_model(p, p->r->backends[i]);

		html_textf(p->out, "%s%s", !i ? "" : p->r->backends[i + 1] ? ", " : " and ", p->r->backends[i]);
		if (*model)
			html_textf(p->out, " (%s)", model);
	}
	fputs(": the same programs, with the same results, on each.</p>\n", p->out);
}

void section_words(const struct page *p)
{
	fputs("<section id=\"words\" aria-labelledby=\"words-h\">\n<h2 id=\"words-h\">What the words mean</h2>\n", p->out);
	print_backends(p);
	fputs("<dl>\n", p->out);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		fputs("<div><dt>", p->out);
		html_text(words[i].word, p->out);
		fputs("</dt><dd>", p->out);
		html_text(words[i].meaning, p->out);
		fputs("</dd></div>\n", p->out);
	}
	fputs("</dl>\n</section>\n", p->out);
}

void section_method(const struct page *p)
{
	fputs("<section id=\"method\" aria-labelledby=\"method-h\">\n<h2 id=\"method-h\">Method and limits</h2>\n<ul>\n"
	      "<li>A measurement is a process of its own, which starts a back end, warms up, times so many iterations, and "
	      "verifies the result. A wrong result has no time.</li>\n"
	      "<li>In each repetition every cell is measured once, in an order of its own. A time is the median over the "
	      "repetitions; its interval covers the true median with 95&#160;% confidence, or as much as so few "
	      "repetitions can give, and supposes no distribution.</li>\n"
	      "<li>A ratio is taken pair by pair within the repetitions (Hodges and Lehmann's estimate, the interval of "
	      "Wilcoxon's signed ranks). It counts as a difference only if the whole interval is beyond ", p->out);
	fprintf(p->out, "%.3g&#160;%%", 100 * p->s->told.floor);
	fputs(", and from twelve repetitions on if it stands after correction for so many comparisons.</li>\n"
	      "<li>Measurements during which others had a share of the processors, or of their cores, are marked, measured "
	      "again where that was allowed, and left out of ratios where six others are left. No outlier is removed.</li>\n"
	      "<li>Times are of this machine, in the state in which it was. On another machine times are others; which "
	      "model is faster mostly is not, and <code>build/schedlab reproduce DIR</code> says whether it is.</li>\n"
	      "<li>Small programs that do little else than schedule show what scheduling costs. In a program that does "
	      "more, it is a smaller part.</li>\n"
	      "<li>On a virtual machine the host may take time away that nobody here sees.</li>\n</ul>\n"
	      "<p>To measure it here: <code>git clone</code> schedlab", p->out);
	if (*results_fact(p->r, "commit"))
		html_textf(p->out, " at commit %.60s", results_fact(p->r, "commit"));
	fputs(", then <code>make matrix</code>; or <code>build/schedlab reproduce DIR</code>, with the folder of this run. A "
	      "cell of the table, once clicked, has the command that measures it alone.</p>\n</section>\n", p->out);
}
