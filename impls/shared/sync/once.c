/* SPDX-License-Identifier: Apache-2.0
 *
 * once.c: after the first time, one load.  A mutex held while fn runs would do,
 * as in Go, but hands the waiters on one by one; here they all go at once.
 *
 * state: NEW, RUNNING, DONE, or while it runs the G that waits and came last, whose
 * record leads to the others.  So there is no lock to let go of after the step that
 * makes it DONE: whoever sees that may free the once, though the G that has run fn
 * is not back yet.
 */
#include "shared/sync/sync.h"

struct wait {
	struct sl__waiter w;
	struct sl_once *o;
};

static bool commit(sl_g *g, void *arg)
{
	struct wait *wait = arg;
	struct sl_once *o = wait->o;
	uintptr_t s;

	wait->w.g = g;
	do {
		s = sl__load(&o->state);
		if (s == SL__ONCE_DONE)
			return false;
		wait->w.next = s == SL__ONCE_RUNNING ? NULL : (struct sl__waiter *)s;
	} while (!sl__cas(&o->state, s, (uintptr_t)&wait->w));
	return true;
}

static void finish(struct sl_once *o)
{
	struct sl__waiter *w, *first = NULL;
	uintptr_t s;

	do
		s = sl__load(&o->state);
	while (!sl__cas(&o->state, s, SL__ONCE_DONE));
	/* In the order in which they came. */
	for (w = s == SL__ONCE_RUNNING ? NULL : (struct sl__waiter *)s; w; ) {
		struct sl__waiter *next = w->next;

		w->next = first;
		first = w;
		w = next;
	}
	sl__ready_all(first);
}

/* A call of fn that sl_goexit ends has been the one, too. */
struct call {
	struct sl__unwind unwind;
	struct sl_once *o;
};

static void unwind(struct sl__unwind *u)
{
	finish(sl__container(u, struct call, unwind)->o);
}

void sl__once_do(struct sl_once *o, void (*fn)(void *), void *arg)
{
	if (sl__cas(&o->state, SL__ONCE_NEW, SL__ONCE_RUNNING)) {
		struct call call = { .unwind.fn = unwind, .o = o };

		sl__unwind_push(&call.unwind);
		fn(arg);
		sl__unwind_pop();
		finish(o);
	} else {
		struct wait wait = { .o = o };

		sl_park(commit, &wait, "once");
	}
}
