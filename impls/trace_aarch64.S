/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for aarch64.  A context is what
 * sl__switch leaves: from its address on x19 to x30, of which the last is the
 * address to go on at, and d8 to d15.
 */
#if defined(__aarch64__)

	.text

/* void sl__trace_as(void *context, void (*fn)(void *), void *arg): calls fn(arg)
 * on the caller's stack, and tells the unwinder that the context did.  So nothing
 * of the G's is written to, however full its stack is. */
	.globl	sl__trace_as
	.hidden	sl__trace_as
	.type	sl__trace_as, %function
	.p2align 4
sl__trace_as:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	.cfi_def_cfa x19, 160
	.cfi_offset x19, -160
	.cfi_offset x20, -152
	.cfi_offset x21, -144
	.cfi_offset x22, -136
	.cfi_offset x23, -128
	.cfi_offset x24, -120
	.cfi_offset x25, -112
	.cfi_offset x26, -104
	.cfi_offset x27, -96
	.cfi_offset x28, -88
	.cfi_offset x29, -80
	.cfi_offset x30, -72
	.cfi_offset d8, -64
	.cfi_offset d9, -56
	.cfi_offset d10, -48
	.cfi_offset d11, -40
	.cfi_offset d12, -32
	.cfi_offset d13, -24
	.cfi_offset d14, -16
	.cfi_offset d15, -8
	mov	x0, x2
	blr	x1
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
	.cfi_endproc
	.size	sl__trace_as, .-sl__trace_as

/* void sl__trace_point(void **save, void (*fn)(void *), void *arg): calls fn(arg)
 * with the caller's context at *save meanwhile. */
	.globl	sl__trace_point
	.hidden	sl__trace_point
	.type	sl__trace_point, %function
	.p2align 4
sl__trace_point:
	.cfi_startproc
	sub	sp, sp, #160
	.cfi_adjust_cfa_offset 160
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	.cfi_offset x29, -80
	.cfi_offset x30, -72
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mov	x9, sp
	str	x9, [x0]
	mov	x0, x2
	blr	x1
	/* fn has kept the registers: the copies need not be read, but for one. */
	ldr	x30, [sp, #88]
	add	sp, sp, #160
	.cfi_adjust_cfa_offset -160
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", %progbits
