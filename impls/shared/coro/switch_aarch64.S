/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch for aarch64: switch.h says what and why, switch_aarch64.h what is saved
 * where.
 */
#if defined(__aarch64__)

#include "shared/coro/switch_aarch64.h"

	.text

/* void sl__switch(void **save, void *to) */
	.globl	sl__switch
	.type	sl__switch, %function
	.p2align 4
sl__switch:
	.cfi_startproc
	stp	x29, x30, [sp, #-SL__CONTEXT]!
	.cfi_adjust_cfa_offset SL__CONTEXT
	.cfi_rel_offset x29, SL__CONTEXT_X29
	.cfi_rel_offset x30, SL__CONTEXT_PC
	stp	x19, x20, [sp, #SL__CONTEXT_X19]
	.cfi_rel_offset x19, SL__CONTEXT_X19
	.cfi_rel_offset x20, SL__CONTEXT_X19 + 8
	stp	x21, x22, [sp, #SL__CONTEXT_X21]
	.cfi_rel_offset x21, SL__CONTEXT_X21
	.cfi_rel_offset x22, SL__CONTEXT_X21 + 8
	stp	x23, x24, [sp, #SL__CONTEXT_X23]
	.cfi_rel_offset x23, SL__CONTEXT_X23
	.cfi_rel_offset x24, SL__CONTEXT_X23 + 8
	stp	x25, x26, [sp, #SL__CONTEXT_X25]
	.cfi_rel_offset x25, SL__CONTEXT_X25
	.cfi_rel_offset x26, SL__CONTEXT_X25 + 8
	stp	x27, x28, [sp, #SL__CONTEXT_X27]
	.cfi_rel_offset x27, SL__CONTEXT_X27
	.cfi_rel_offset x28, SL__CONTEXT_X27 + 8
	stp	d8, d9, [sp, #SL__CONTEXT_D8]
	stp	d10, d11, [sp, #SL__CONTEXT_D10]
	stp	d12, d13, [sp, #SL__CONTEXT_D12]
	stp	d14, d15, [sp, #SL__CONTEXT_D14]
	mov	x9, sp
	str	x9, [x0]
	mov	x9, x30
	/* Here too a debugger finds everything: both stacks look alike. */
	mov	sp, x1
	ldp	x19, x20, [sp, #SL__CONTEXT_X19]
	ldp	x21, x22, [sp, #SL__CONTEXT_X21]
	ldp	x23, x24, [sp, #SL__CONTEXT_X23]
	ldp	x25, x26, [sp, #SL__CONTEXT_X25]
	ldp	x27, x28, [sp, #SL__CONTEXT_X27]
	ldp	d8, d9, [sp, #SL__CONTEXT_D8]
	ldp	d10, d11, [sp, #SL__CONTEXT_D10]
	ldp	d12, d13, [sp, #SL__CONTEXT_D12]
	ldp	d14, d15, [sp, #SL__CONTEXT_D14]
	ldp	x29, x30, [sp], #SL__CONTEXT
	.cfi_def_cfa_offset 0
	.cfi_restore x19
	.cfi_restore x20
	.cfi_restore x21
	.cfi_restore x22
	.cfi_restore x23
	.cfi_restore x24
	.cfi_restore x25
	.cfi_restore x26
	.cfi_restore x27
	.cfi_restore x28
	.cfi_restore x29
	.cfi_restore x30
	cmp	x9, x30
	b.ne	1f
	ret
1:	br	x30
	.cfi_endproc
	.size	sl__switch, .-sl__switch

/* Where a fresh context begins: calls the function that it has in x19. */
	.globl	sl__boot
	.hidden	sl__boot
	.type	sl__boot, %function
	.p2align 4
sl__boot:
	.cfi_startproc
	hint	#36             /* bti j */
	/* Here every backtrace ends. */
	.cfi_undefined x30
	mov	x29, xzr
	mov	x30, xzr
	blr	x19
	brk	#1
	.cfi_endproc
	.size	sl__boot, .-sl__boot

/* void sl__boot_at(void *top, void (*entry)(void)) */
	.globl	sl__boot_at
	.hidden	sl__boot_at
	.type	sl__boot_at, %function
	.p2align 4
sl__boot_at:
	.cfi_startproc
	.cfi_undefined x30
	hint	#34             /* bti c */
	mov	sp, x0
	mov	x19, x1
	b	sl__boot
	.cfi_endproc
	.size	sl__boot_at, .-sl__boot_at

#endif
	.section .note.GNU-stack, "", %progbits
