/* SPDX-License-Identifier: Apache-2.0
 *
 * eh.h: what C++ keeps of exceptions that are caught or under way: of a thread, by its
 * own lights, so that `throw;` after a switch would throw what another G has caught.
 * It is switched with the Gs, in programs that have it at all.
 *
 * The Itanium C++ ABI (2.2.2) says what it is and how to find it.
 */
#ifndef SL_EH_H
#define SL_EH_H

#include <stddef.h>

struct sl__eh {
	void *caught;                   /* the youngest of those that are */
	unsigned uncaught;              /* so many are under way */
};

/* Weak: a program without C++ has none. */
extern struct sl__eh *__cxa_get_globals(void) __attribute__((weak));

/* The calling thread's; NULL: there are none. */
static inline struct sl__eh *sl__eh_of_thread(void)
{
	return __cxa_get_globals ? __cxa_get_globals() : NULL;
}

/* A thread goes from one G to another; NULL: to or from none, or a new one.  Mostly there
 * is nothing to be switched: what a G has kept is none while it runs. */
static inline void sl__eh_switch(struct sl__eh *thread, struct sl__eh *from, struct sl__eh *to)
{
	static const struct sl__eh none;

	if (__builtin_expect(thread == NULL, 1))
		return;
	if (__builtin_expect((thread->caught != NULL) | (thread->uncaught != 0), 0)) {
		if (from)
			*from = *thread;
		*thread = none;
	}
	if (to && __builtin_expect((to->caught != NULL) | (to->uncaught != 0), 0)) {
		*thread = *to;
		*to = none;
	}
}

#endif
