/* SPDX-License-Identifier: Apache-2.0
 *
 * What the switch saves on x86-64: where each lies, from the saved stack pointer on;
 * SL__CONTEXT is the size of all.  Assembler sources read it too.
 */
#define SL__CONTEXT       56
#define SL__CONTEXT_R15   0
#define SL__CONTEXT_R14   8
#define SL__CONTEXT_R13   16
#define SL__CONTEXT_R12   24
#define SL__CONTEXT_RBX   32
#define SL__CONTEXT_RBP   40
#define SL__CONTEXT_PC    48
#define SL__CONTEXT_ENTRY SL__CONTEXT_RBX       /* see sl__boot */
