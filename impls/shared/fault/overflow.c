/* SPDX-License-Identifier: Apache-2.0
 *
 * overflow.c: the handler of SIGSEGV.  It runs wherever the fault came, with any
 * lock held; a G's guard page was hit, or the fault is none of ours.
 *
 * A function whose frame is larger than the guard may step over it, unless it was
 * compiled with -fstack-clash-protection.
 */
#include <ucontext.h>

#include "shared/fault/overflow.h"
#include "shared/fault/symbols.h"
#include "shared/fault/trace.h"
#include "shared/signal.h"

static struct sigaction before;

static uintptr_t stack_pointer(const ucontext_t *uc)
{
#if defined(__x86_64__)
	return (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
	return (uintptr_t)uc->uc_mcontext.sp;
#endif
}

static _Noreturn void report(const struct sl__overflow *o)
{
	static uint32_t first;
	struct sl__symbol s;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	/* One report is enough: who comes second waits for the end. */
	while (__atomic_exchange_n(&first, 1, __ATOMIC_RELAXED))
		pause();
	sl__say("fatal error: stack overflow in G %lld, started as %s: "
	        "its %zu bytes are used up", (long long)o->id, sl__function(o->fn, &s), o->size);
	sl__trace_interrupted();
	/* Standard output is not flushed: this G may be in the middle of it. */
	_exit(2);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct sl__overflow o;

	if (info->si_code > 0 &&
	    sl__overflown((uintptr_t)info->si_addr, stack_pointer(context), &o))
		report(&o);
	sl__signal_pass_on(&before, sig, info, context);
}

void sl__overflow_begin(void)
{
	struct sigaction a = { .sa_sigaction = on_fault,
	                       .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };

	sigaction(SIGSEGV, &a, &before);
}

void sl__overflow_end(void)
{
	struct sigaction now;

	/* The program may have set its own meanwhile. */
	if (sigaction(SIGSEGV, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
	    now.sa_sigaction == on_fault)
		sigaction(SIGSEGV, &before, NULL);
}
