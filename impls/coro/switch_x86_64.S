/* SPDX-License-Identifier: Apache-2.0
 *
 * The context switch for x86-64, System V ABI: rbx, rbp and r12 to r15 are the
 * callee's to keep.
 *
 * It ends in ret.  The processor predicts each ret by the calls before it, so this
 * one by the call of the G that leaves; mostly both were called from the same place,
 * and so were the functions around it.  To end in pop and jmp leaves that call
 * without its ret, and every ret of the G that goes on is mispredicted: 15 % of a
 * ping-pong, 30 % of a ring's hop.  (Two Gs that switch in different places and do
 * nothing else are better off with jmp: 3 ns against 10.)  Dropped: the switch inline,
 * with neither call nor ret; no faster.
 */
#if defined(__x86_64__)

	.text

/* void sl__switch(void **save, void *to) */
	.globl	sl__switch
	.hidden	sl__switch
	.type	sl__switch, @function
	.p2align 4
sl__switch:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	sl__switch, .-sl__switch

/* void sl__start(void **save, void *top, void (*entry)(void)) */
	.globl	sl__start
	.hidden	sl__start
	.type	sl__start, @function
	.p2align 4
sl__start:
	.cfi_startproc
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	/* Here every backtrace ends. */
	.cfi_undefined	rip
	xorl	%ebp, %ebp
	call	*%rdx
	ud2
	.cfi_endproc
	.size	sl__start, .-sl__start

#endif
	.section .note.GNU-stack, "", @progbits
