/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline/gantt.h"

/* The assembler takes the files in, whole; it looks for them from the top of the tree, where
 * make runs.  The Makefile says that this object depends on them. */
#define TAKE_IN(name, file) \
	__asm__(".pushsection .rodata\n" \
	        ".globl " name "\n" \
	        name ":\n" \
	        ".incbin \"" file "\"\n" \
	        ".byte 0\n" \
	        ".popsection\n")

TAKE_IN("gantt_css", "harness/timeline/gantt.css");
TAKE_IN("gantt_js", "harness/timeline/gantt.js");
