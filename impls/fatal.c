/* SPDX-License-Identifier: Apache-2.0
 *
 * fatal.c: the end of the process, and what is said then.  All of it works
 * from any thread and any G, with locks held elsewhere: it formats on the
 * stack and writes straight to the descriptor.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

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

static _Noreturn void end(void)
{
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
	end();
}

void sl__warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("schedlab: ", fmt, ap);
	va_end(ap);
}

static void __attribute__((format(printf, 1, 2))) line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

void sl__deadlock_begin(void)
{
	line("fatal error: all goroutines are asleep - deadlock!");
}

void sl__deadlock_g(int64_t id, const char *reason, int64_t since_ns)
{
	line("G %lld [%s, %.1f s]%s", (long long)id, reason,
	     (double)(sl_now() - since_ns) / 1e9, id == 1 ? " (the initial G)" : "");
}

void sl__deadlock_end(void)
{
	end();
}

void sl__report_leaks(int64_t n)
{
	const char *mode = getenv("SCHEDLAB_LEAKS");

	if (n <= 0)
		return;
	sl__warn("%lld %s still live when the initial G returned",
	         (long long)n, n == 1 ? "G was" : "Gs were");
	if (mode && strcmp(mode, "fatal") == 0)
		end();
}
