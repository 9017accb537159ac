/* SPDX-License-Identifier: Apache-2.0
 *
 * Backtraces of Gs that are off the processor, for aarch64: a context is what
 * sl__switch leaves.  Of that an unwinder wants no floating-point registers.
 */
#if defined(__aarch64__)

#include "shared/coro/switch_aarch64.h"

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
	.cfi_def_cfa x19, SL__CONTEXT
	.cfi_rel_offset x29, SL__CONTEXT_X29
	.cfi_rel_offset x30, SL__CONTEXT_PC
	.cfi_rel_offset x19, SL__CONTEXT_X19
	.cfi_rel_offset x20, SL__CONTEXT_X19 + 8
	.cfi_rel_offset x21, SL__CONTEXT_X21
	.cfi_rel_offset x22, SL__CONTEXT_X21 + 8
	.cfi_rel_offset x23, SL__CONTEXT_X23
	.cfi_rel_offset x24, SL__CONTEXT_X23 + 8
	.cfi_rel_offset x25, SL__CONTEXT_X25
	.cfi_rel_offset x26, SL__CONTEXT_X25 + 8
	.cfi_rel_offset x27, SL__CONTEXT_X27
	.cfi_rel_offset x28, SL__CONTEXT_X27 + 8
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
	stp	x29, x30, [sp, #-SL__CONTEXT]!
	.cfi_def_cfa_offset SL__CONTEXT
	.cfi_rel_offset x29, SL__CONTEXT_X29
	.cfi_rel_offset x30, SL__CONTEXT_PC
	stp	x19, x20, [sp, #SL__CONTEXT_X19]
	stp	x21, x22, [sp, #SL__CONTEXT_X21]
	stp	x23, x24, [sp, #SL__CONTEXT_X23]
	stp	x25, x26, [sp, #SL__CONTEXT_X25]
	stp	x27, x28, [sp, #SL__CONTEXT_X27]
	mov	x9, sp
	str	x9, [x0]
	mov	x0, x2
	blr	x1
	/* Whose registers the others are has kept them meanwhile. */
	ldp	x29, x30, [sp], #SL__CONTEXT
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size	sl__trace_point, .-sl__trace_point

#endif
	.section .note.GNU-stack, "", %progbits
