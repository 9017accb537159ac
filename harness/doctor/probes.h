/* SPDX-License-Identifier: Apache-2.0
 *
 * probes.h: what the state of the machine costs, measured in a moment.
 */
#ifndef PROBES_H
#define PROBES_H

/* NAN: not measured. */
struct probes {
	double clock_ns;                /* to read the clock */
	double syscall_ns;              /* a system call that does nothing */
	double wakeup_ns, late_wakeup_ns;       /* from writing to a pipe until who sleeps on it runs:
	                                           the median, and nine tenths are below */
	double slack_ns, no_slack_ns;   /* how late a sleep ends, with the timer slack that there is,
	                                   and with the least: medians */
};

struct probes probes_none(void);

/* Takes about 100 ms.  The timer slack that it sets is that of a thread of its own. */
struct probes probes_measure(void);

#endif
