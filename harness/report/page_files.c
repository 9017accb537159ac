/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_files.h"

/* The assembler takes the files in, whole, so that the program needs neither of them where
 * it runs.  It looks for them from the top of the tree, where make runs; the Makefile says
 * that this object is older than they are. */
#define TAKE_IN(name, file) \
	__asm__(".pushsection .rodata\n" \
	        ".globl " name ", " name "_end\n" \
	        name ":\n" \
	        ".incbin \"" file "\"\n" \
	        name "_end:\n" \
	        ".byte 0\n" \
	        ".popsection\n")

TAKE_IN("page_css", "harness/report/report.css");
TAKE_IN("page_js", "harness/report/report.js");
TAKE_IN("page_curves_js", "harness/report/curves.js");
TAKE_IN("page_uplot_js", "harness/report/uplot/uPlot.iife.min.js");
TAKE_IN("page_uplot_css", "harness/report/uplot/uPlot.min.css");
TAKE_IN("page_uplot_license", "harness/report/uplot/LICENSE");
