/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for x86-64.  A context is what
 * sl__switch leaves: at its address the one to go on at, rbp, rbx, and 152 bytes above
 * it where the stack pointer was.  The function that switches has kept what it wants
 * of the other registers, and asks none of them where its frame is.
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
	.cfi_def_cfa %rbx, 152
	.cfi_offset %rip, -152
	.cfi_offset %rbp, -144
	.cfi_offset %rbx, -136
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
	/* So that it lies 152 bytes below the caller's stack pointer. */
	movq	(%rsp), %rax
	subq	$152, %rsp
	.cfi_adjust_cfa_offset 152
	movq	%rax, 8(%rsp)
	movq	%rbp, 16(%rsp)
	movq	%rbx, 24(%rsp)
	leaq	8(%rsp), %rax
	movq	%rax, (%rdi)
	movq	%rdx, %rdi
	call	*%rsi
	addq	$152, %rsp
	.cfi_adjust_cfa_offset -152
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", @progbits
