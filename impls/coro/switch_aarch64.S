/* SPDX-License-Identifier: Apache-2.0
 *
 * The context switch for aarch64, AAPCS64: x19 to x29, the lower halves of v8
 * to v15, and the link register are the callee's to keep.
 */
#if defined(__aarch64__)

	.text

	.macro	save_registers
	sub	sp, sp, #160
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mov	x9, sp
	str	x9, [x0]
	.endm

/* void sl__switch(void **save, void *to) */
	.globl	sl__switch
	.hidden	sl__switch
	.type	sl__switch, %function
	.p2align 4
sl__switch:
	save_registers
	mov	sp, x1
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	add	sp, sp, #160
	/* Not br: switch_x86_64.S says why. */
	ret
	.size	sl__switch, .-sl__switch

/* void sl__start(void **save, void *top, void (*entry)(void)) */
	.globl	sl__start
	.hidden	sl__start
	.type	sl__start, %function
	.p2align 4
sl__start:
	.cfi_startproc
	save_registers
	mov	sp, x1
	/* Here every backtrace ends. */
	.cfi_undefined x30
	mov	x29, xzr
	mov	x30, xzr
	blr	x2
	brk	#1
	.cfi_endproc
	.size	sl__start, .-sl__start

#endif
	.section .note.GNU-stack, "", %progbits
