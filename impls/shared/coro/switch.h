/* SPDX-License-Identifier: Apache-2.0
 *
 * switch.h: from one context to another, by a call.
 *
 * Whatever a function keeps in registers that a call may change, it has to save by
 * itself.  So the switch saves what the ABI lets a callee keep (switch_ARCH.h), and is
 * right for every function, whatever parts of the processor its own target attribute
 * lets it use.
 *
 * The price of a call is its return.  The processor predicts each ret by the calls
 * before it, so that one which goes to where another G has called the switch is
 * mispredicted, unless both have called it in the same place.  If they have, the switch
 * returns; else it jumps, and a jump is predicted by where it went before.  And it is
 * called in the program's own code, by what is inline (inline.h): inside of a function
 * of the library all Gs would call it in the same place, and that function's own ret
 * would be the one that is mispredicted.
 *
 * Nanoseconds on single-p:            yield, of Gs in one place    pingpong, in two
 *     ret, or jmp, as said                    4.5                       22.6
 *     always ret                              4.6                       40.7
 *     always jmp (calls without rets)         4.6                       22.7
 *     in the program's code: no call          4.1                       24.1
 *
 * Dropped: that last one, inline assembly that names all registers as overwritten.  gcc
 * refuses to name those which the file is not compiled for, and a function with
 * __attribute__((target("avx512f"))) kept its values there.
 *
 * Neither the signal mask nor the floating-point control words are switched: nothing
 * here changes them, and they would cost more than the rest (pingpong: 4 ns, for the
 * latter).
 */
#ifndef SL_SWITCH_H
#define SL_SWITCH_H

#include "shared/compiler.h"

/* Saves the calling context at *save and resumes to. */
void sl__switch(void **save, void *to);

/* The same, for sanitizers, which are told before and after. */
void sl__leave_told(struct sl__hop);

/* Takes the calling G to where a function that began its parking says. */
SL__ALWAYS void sl__leave(struct sl__hop h)
{
	if (SL_ASAN || SL_TSAN) {
		sl__leave_told(h);
	} else if (h.to) {
		sl__switch(h.save, h.to);
		sl__arrived();
	}
}

#endif
