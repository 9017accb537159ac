/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c: the unwinder of the compiler's own library walks the stack by the
 * tables that come with the code, so it wants no frame pointers of a program.
 * It is started at a context that is not the caller's by sl__trace_as.
 *
 * Tried and dropped: to go to the parked G and take the backtrace there, which
 * overflows a stack that is nearly full; and, of a thread, to have a signal's
 * handler take it, which a thread that has the signal blocked never does.
 */
#include <unwind.h>

#include "shared/fault/symbols.h"
#include "shared/fault/trace.h"

void sl__trace_as(void *context, void (*fn)(void *), void *arg);

/* Weak: a back end may have no such function. */
extern const char __start_sl__foot[] __attribute__((weak, visibility("hidden")));
extern const char __stop_sl__foot[] __attribute__((weak, visibility("hidden")));

#define FRAMES 32

struct trace {
	int skip;                       /* frames still to leave out */
	bool interrupted;               /* leave out all up to the signal's */
	int n;
	uintptr_t pc[FRAMES];           /* inside the call, not behind it */
};

static _Unwind_Reason_Code frame(struct _Unwind_Context *c, void *arg)
{
	struct trace *t = arg;
	int exact = 0;
	uintptr_t pc = _Unwind_GetIPInfo(c, &exact);

	if (exact)
		t->interrupted = false;
	if (pc == 0 || t->n == FRAMES ||
	    pc - (uintptr_t)__start_sl__foot <= (uintptr_t)(__stop_sl__foot - __start_sl__foot))
		return _URC_END_OF_STACK;
	if (t->skip > 0)
		t->skip--;
	else if (!t->interrupted)
		t->pc[t->n++] = pc - !exact;
	return _URC_NO_REASON;
}

static void unwind(void *arg)
{
	struct trace *t = arg;

	_Unwind_Backtrace(frame, t);
	/* Not the last thing done here: this frame is one of those skipped. */
	t->skip = 0;
}

static void print(const struct trace *t)
{
	for (int i = 0; i < t->n; i++) {
		struct sl__symbol s;

		if (!sl__symbol(t->pc[i], &s))
			sl__say("    %#lx", (unsigned long)t->pc[i]);
		else if (*s.name)
			sl__say("    %s+%#zx (%s+%#lx)", s.name, s.offset, s.object,
			        (unsigned long)s.address);
		else
			sl__say("    ? (%s+%#lx)", s.object, (unsigned long)s.address);
	}
	if (t->n == FRAMES)
		sl__say("    ...");
}

void sl__trace_context(void *context)
{
	struct trace t = { .skip = 2 };         /* unwind and sl__trace_as */

	sl__trace_as(context, unwind, &t);
	print(&t);
}

void sl__trace_interrupted(void)
{
	struct trace t = { .interrupted = true };

	unwind(&t);
	print(&t);
}
