/* SPDX-License-Identifier: Apache-2.0
 *
 * switch.h: from one context to another, in the frame of whoever leaves.
 *
 * What comes before a switch (whom to run next) and after it (what the G that left
 * has still to have done) are functions; the switch between them is inline, in the
 * program's own code, and has neither call nor ret.  For the processor predicts each
 * ret by the calls before it: a switch inside of a function returns from that to
 * where another G has called it, which is mispredicted unless both did so in the
 * same place.  Two Gs that yield in different places: 12 ns a yield so, 4 inline
 * (and a jump at the switch's own end is predicted by where it went before).
 *
 * A context is the stack pointer, at which lie the address to go on at, the frame
 * pointer, and the register by which clang finds the locals of a function that moves
 * its stack pointer, though it were clobbered: all others are the compiler's to keep,
 * where it uses them.  Neither the signal mask nor the floating-point control words
 * are switched: nothing here changes them, and they would cost more than the rest.
 */
#ifndef SL_SWITCH_H
#define SL_SWITCH_H

#include "compiler.h"

/* Saves the calling context at *save and resumes to. */
SL__ALWAYS void sl__switch(void **save, void *to)
{
#if defined(__x86_64__)
	__asm__ volatile(
		"leaq	-128(%%rsp), %%rsp\n\t"         /* the red zone */
		"pushq	%%rbx\n\t"
		"pushq	%%rbp\n\t"
		"leaq	1f(%%rip), %%rax\n\t"
		"pushq	%%rax\n\t"
		"movq	%%rsp, (%0)\n\t"
		"movq	%1, %%rsp\n\t"
		"popq	%%rax\n\t"
		"jmp	*%%rax\n"
		"1:\n\t"
		"popq	%%rbp\n\t"
		"popq	%%rbx\n\t"
		"leaq	128(%%rsp), %%rsp"
		: "+D"(save), "+S"(to)
		:
		: "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
		  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
		  "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
#ifdef __AVX512F__
		  "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
		  "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31",
		  "k1", "k2", "k3", "k4", "k5", "k6", "k7",
#endif
		  "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)",
		  "cc", "memory");
#elif defined(__aarch64__)
	register void **at __asm__("x0") = save;
	register void *sp __asm__("x1") = to;

	__asm__ volatile(
		"adr	x9, 1f\n\t"
		"stp	x29, x9, [sp, #-32]!\n\t"
		"str	x19, [sp, #16]\n\t"
		"mov	x10, sp\n\t"
		"str	x10, [%0]\n\t"
		"mov	sp, %1\n\t"
		"ldr	x9, [%1, #8]\n\t"
		"br	x9\n"
		"1:\n\t"
		"hint	#36\n\t"                        /* bti j */
		"ldr	x19, [sp, #16]\n\t"
		"ldr	x29, [sp], #32"
		: "+r"(at), "+r"(sp)
		:
		: "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
		  "x15", "x16", "x17", "x18", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
		  "x27", "x28", "x30",
		  "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",
		  "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23",
		  "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31",
#ifdef __ARM_FEATURE_SVE
		  "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12",
		  "p13", "p14", "p15", "ffr",
#endif
		  "cc", "memory");
#else
#error "schedlab runs on x86-64 and aarch64"
#endif
}

/* The same, for sanitizers, which are told before and after. */
void sl__leave_told(struct sl__hop);

/* Takes the calling G to where a function that began its parking says. */
SL__ALWAYS void sl__leave(struct sl__hop h)
{
	if (SL_ASAN || SL_TSAN) {
		sl__leave_told(h);
	} else if (h.to) {
		sl__switch(h.save, h.to);
		sl__arrived();
	}
}

#endif
