/* SPDX-License-Identifier: Apache-2.0
 *
 * The first context on a stack, for aarch64: see sl__fresh.
 */
#if defined(__aarch64__)

	.text

	.globl	sl__boot
	.hidden	sl__boot
	.type	sl__boot, %function
	.p2align 4
sl__boot:
	.cfi_startproc
	hint	#36             /* bti j */
	/* Here every backtrace ends. */
	.cfi_undefined x30
	ldr	x2, [sp], #32
	mov	x29, xzr
	mov	x30, xzr
	blr	x2
	brk	#1
	.cfi_endproc
	.size	sl__boot, .-sl__boot

#endif
	.section .note.GNU-stack, "", %progbits
