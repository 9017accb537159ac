/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.c: whether the processor's counter can be a clock.
 *
 * On x86 the processor has to say that it is invariant, and the kernel that it found it to
 * agree on all CPUs: it uses the counter itself then, alone or with what a hypervisor says
 * of it.  On aarch64 the architecture promises both.
 */
#include <fcntl.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "shared/trace/clock.h"

#define READINGS 20

bool sl__ticks_monotonic;

#if defined(__x86_64__)
static bool kernel_trusts_it(void)
{
	static const char *const good[] = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page" };
	int fd = sl__open("/sys/devices/system/clocksource/clocksource0/current_clocksource");
	char name[64];
	ssize_t n = fd < 0 ? -1 : read(fd, name, sizeof name - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	name[n] = '\0';
	name[strcspn(name, "\n")] = '\0';
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!strcmp(name, good[i]))
			return true;
	return false;
}

static bool is_invariant(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d >> 8 & 1;
}
#endif

enum sl__trace_clock sl__ticks_init(void)
{
	const char *want = getenv("SCHEDLAB_TRACE_CLOCK");

	if (want && *want && strcmp(want, "monotonic") != 0 && strcmp(want, "counter") != 0)
		sl__fatal("SCHEDLAB_TRACE_CLOCK must be counter or monotonic, not '%.60s'", want);
	sl__ticks_monotonic = want && !strcmp(want, "monotonic");
#if defined(__x86_64__)
	if (!is_invariant() || !kernel_trusts_it())
		sl__ticks_monotonic = true;
	return sl__ticks_monotonic ? TRACE_MONOTONIC : TRACE_TSC;
#elif defined(__aarch64__)
	return sl__ticks_monotonic ? TRACE_MONOTONIC : TRACE_CNTVCT;
#else
	sl__ticks_monotonic = true;
	return TRACE_MONOTONIC;
#endif
}

struct sl__trace_tick sl__ticks_and_time(void)
{
	struct sl__trace_tick best = { .within_ns = UINT64_MAX };

	for (int i = 0; i < READINGS; i++) {
		int64_t before = sl_now(), after;
		uint64_t ticks = sl__ticks(), ns;

		after = sl_now();
		ns = (uint64_t)(after - before);
		if (ns < best.within_ns)
			best = (struct sl__trace_tick){ ticks, before + (after - before) / 2, ns };
	}
	return best;
}
