/* SPDX-License-Identifier: Apache-2.0
 *
 * fatal.c: the end of the process, and what is said then.  All of it works
 * from any thread and any G, with locks held elsewhere: it formats on the
 * stack and writes straight to the descriptor.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shared/fault/symbols.h"
#include "shared/fault/trace.h"
#include "shared/internal.h"

static void put(const char *prefix, const char *fmt, va_list ap)
{
	char line[512];
	int n = snprintf(line, sizeof line - 1, "%s", prefix);
	ssize_t r;

	n += vsnprintf(line + n, sizeof line - 1 - (size_t)n, fmt, ap);
	if (n > (int)sizeof line - 2)
		n = sizeof line - 2;
	line[n++] = '\n';
	r = write(STDERR_FILENO, line, (size_t)n);
	(void)r;
}

void (*sl__at_end)(void);

void sl__end(void)
{
	if (sl__at_end)
		sl__at_end();
	/* A G that will never run again may hold the lock of stdout. */
	if (ftrylockfile(stdout) == 0)
		fflush(stdout);
	_exit(2);
}

void sl__fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("fatal error: ", fmt, ap);
	va_end(ap);
	sl__end();
}

void sl__no_g(const char *caller)
{
	sl__fatal("%s: called from a thread that is no G", caller);
}

void sl__warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("schedlab: ", fmt, ap);
	va_end(ap);
}

void sl__say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

void sl__deadlock_begin(void)
{
	sl__say("fatal error: all goroutines are asleep - deadlock!");
}

void sl__deadlock_g(int64_t id, const char *reason, int64_t since_ns,
                    void (*fn)(void *), void *context)
{
	struct sl__symbol s;

	sl__say("G %lld [%s, %.1f s]%s, started as %s:", (long long)id, reason,
	        (double)(sl_now() - since_ns) / 1e9, id == 1 ? " (the initial G)" : "",
	        sl__function(fn, &s));
	sl__trace_context(context);
}
