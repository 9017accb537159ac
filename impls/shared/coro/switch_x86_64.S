/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch for x86-64: switch.h says what and why, switch_x86_64.h what is saved where.
 */
#if defined(__x86_64__)

#include "shared/coro/switch_x86_64.h"

	.text

/* void sl__switch(void **save, void *to) */
	.globl	sl__switch
	.type	sl__switch, @function
	.p2align 4
sl__switch:
	.cfi_startproc
	movq	(%rsp), %rax
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	movq	%rsp, (%rdi)
	/* Here too a debugger finds everything: both stacks look alike. */
	movq	%rsi, %rsp
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	cmpq	(%rsp), %rax
	jne	1f
	ret
1:	popq	%rax
	.cfi_adjust_cfa_offset -8
	.cfi_register %rip, %rax
	jmp	*%rax
	.cfi_endproc
	.size	sl__switch, .-sl__switch

/* Where a fresh context begins: calls the function that it has in rbx. */
	.globl	sl__boot
	.hidden	sl__boot
	.type	sl__boot, @function
	.p2align 4
sl__boot:
	.cfi_startproc
	/* Here every backtrace ends. */
	.cfi_undefined	rip
	xorl	%ebp, %ebp
	call	*%rbx
	ud2
	.cfi_endproc
	.size	sl__boot, .-sl__boot

/* void sl__boot_at(void *top, void (*entry)(void)) */
	.globl	sl__boot_at
	.hidden	sl__boot_at
	.type	sl__boot_at, @function
	.p2align 4
sl__boot_at:
	.cfi_startproc
	.cfi_undefined	rip
	movq	%rdi, %rsp
	movq	%rsi, %rbx
	jmp	sl__boot
	.cfi_endproc
	.size	sl__boot_at, .-sl__boot_at

#endif
	.section .note.GNU-stack, "", @progbits
