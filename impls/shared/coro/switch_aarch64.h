/* SPDX-License-Identifier: Apache-2.0
 *
 * What the switch saves on aarch64: where each pair of registers lies, from the saved
 * stack pointer on; SL__CONTEXT is the size of all.  Assembler sources read it too.
 */
#define SL__CONTEXT       160
#define SL__CONTEXT_X29   0
#define SL__CONTEXT_PC    8     /* x30 */
#define SL__CONTEXT_X19   16
#define SL__CONTEXT_X21   32
#define SL__CONTEXT_X23   48
#define SL__CONTEXT_X25   64
#define SL__CONTEXT_X27   80
#define SL__CONTEXT_D8    96
#define SL__CONTEXT_D10   112
#define SL__CONTEXT_D12   128
#define SL__CONTEXT_D14   144
#define SL__CONTEXT_ENTRY SL__CONTEXT_X19       /* see sl__boot */
