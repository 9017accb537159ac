/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for aarch64.  A context is what
 * sl__switch leaves: at its address x29, the address to go on at, x19, and 32 bytes
 * above it where the stack pointer was.  The function that switches has kept what it
 * wants of the other registers, and asks none of them where its frame is.
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
	.cfi_def_cfa x19, 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	.cfi_offset x19, -16
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
	stp	x29, x30, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	str	x19, [sp, #16]
	mov	x9, sp
	str	x9, [x0]
	mov	x0, x2
	blr	x1
	ldp	x29, x30, [sp], #32
	.cfi_adjust_cfa_offset -32
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", %progbits
