/* SPDX-License-Identifier: Apache-2.0
 *
 * altstack.h: alternate signal stacks, for handlers that must not run on the
 * stack of a G: it may have no room.
 */
#ifndef SL_ALTSTACK_H
#define SL_ALTSTACK_H

#include "shared/internal.h"

struct sl__altstack;

/* Gives the calling thread one, instead of any that it has.  NULL: out of
 * memory. */
struct sl__altstack *sl__altstack_begin(void);

/* Takes it away again, before the thread ends or goes back to its program. */
void sl__altstack_end(struct sl__altstack *);

/* What the kernel itself may put on a stack when it delivers a signal. */
size_t sl__signal_frame(void);

#endif
