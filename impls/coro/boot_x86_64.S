/* SPDX-License-Identifier: Apache-2.0
 *
 * The first context on a stack, for x86-64: see sl__fresh.
 */
#if defined(__x86_64__)

	.text

	.globl	sl__boot
	.hidden	sl__boot
	.type	sl__boot, @function
	.p2align 4
sl__boot:
	.cfi_startproc
	/* Here every backtrace ends. */
	.cfi_undefined	rip
	popq	%rdx
	xorl	%ebp, %ebp
	call	*%rdx
	ud2
	.cfi_endproc
	.size	sl__boot, .-sl__boot

#endif
	.section .note.GNU-stack, "", @progbits
