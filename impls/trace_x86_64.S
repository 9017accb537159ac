/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for x86-64.  A context is what
 * sl__switch leaves: from its address on r15, r14, r13, r12, rbx, rbp, and the
 * address to go on at.
 */
#if defined(__x86_64__)

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
	.cfi_def_cfa %rbx, 56
	.cfi_offset %rip, -8
	.cfi_offset %rbp, -16
	.cfi_offset %rbx, -24
	.cfi_offset %r12, -32
	.cfi_offset %r13, -40
	.cfi_offset %r14, -48
	.cfi_offset %r15, -56
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
	.cfi_adjust_cfa_offset 48
	movq	%rsp, (%rdi)
	movq	%rdx, %rdi
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	*%rsi
	/* fn has kept the registers: the copies need not be read. */
	addq	$56, %rsp
	.cfi_adjust_cfa_offset -56
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", @progbits
