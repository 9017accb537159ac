/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h: the clock of a trace: the processor's own counter, where all CPUs' show the
 * same and it runs at one speed, for it takes a third of the time of CLOCK_MONOTONIC.
 */
#ifndef SL_TRACE_CLOCK_H
#define SL_TRACE_CLOCK_H

#include "shared/internal.h"
#include "shared/trace/format.h"

/* Chooses the clock, by what processor and kernel say of it.  SCHEDLAB_TRACE_CLOCK=monotonic:
 * CLOCK_MONOTONIC. */
enum sl__trace_clock sl__ticks_init(void);

extern bool sl__ticks_monotonic SL__HIDDEN;     /* what it has chosen */

/* Neither waits for what comes before it nor keeps what comes after: a fence would cost
 * more than the rest of a record.  Who compares the ticks of two CPUs sees to that
 * (ring.h). */
static inline uint64_t sl__ticks(void)
{
	if (sl__unlikely(sl__ticks_monotonic))
		return (uint64_t)sl_now();
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	uint64_t t;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
	return t;
#else
	return (uint64_t)sl_now();
#endif
}

/* A tick and the time at the same moment: the narrowest of some readings.  The tick is
 * absolute. */
struct sl__trace_tick sl__ticks_and_time(void);

#endif
