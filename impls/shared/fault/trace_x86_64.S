/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for x86-64: a context is what
 * sl__switch leaves.
 */
#if defined(__x86_64__)

#include "shared/coro/switch_x86_64.h"

	.text

/* void sl__trace_as(void *context, void (*fn)(void *), void *arg): calls fn(arg)
 * on the caller's stack, and tells the unwinder that the context did.  So nothing
 * of the G's is written to, however full its stack is. */
	.globl	sl__trace_as
	.hidden	sl__trace_as
	.type	sl__trace_as, @function
	.p2align 4
sl__trace_as:
	.cfi_startproc
	pushq	%rbx
	movq	%rdi, %rbx
	.cfi_def_cfa %rbx, SL__CONTEXT
	.cfi_rel_offset %r15, SL__CONTEXT_R15
	.cfi_rel_offset %r14, SL__CONTEXT_R14
	.cfi_rel_offset %r13, SL__CONTEXT_R13
	.cfi_rel_offset %r12, SL__CONTEXT_R12
	.cfi_rel_offset %rbx, SL__CONTEXT_RBX
	.cfi_rel_offset %rbp, SL__CONTEXT_RBP
	.cfi_rel_offset %rip, SL__CONTEXT_PC
	movq	%rdx, %rdi
	call	*%rsi
	popq	%rbx
	ret
	.cfi_endproc
	.size	sl__trace_as, .-sl__trace_as

/* void sl__trace_point(void **save, void (*fn)(void *), void *arg): calls fn(arg)
 * with the caller's context at *save meanwhile. */
	.globl	sl__trace_point
	.hidden	sl__trace_point
	.type	sl__trace_point, @function
	.p2align 4
sl__trace_point:
	.cfi_startproc
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	subq	$8, %rsp
	.cfi_def_cfa_offset SL__CONTEXT + 8
	movq	%rdx, %rdi
	call	*%rsi
	/* Whose registers these are has kept them meanwhile. */
	addq	$SL__CONTEXT, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", @progbits
