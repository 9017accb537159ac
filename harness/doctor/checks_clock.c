/* SPDX-License-Identifier: Apache-2.0
 *
 * checks_clock.c: how fast the processors run, what time is read from, and how late they
 * wake.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "doctor/checks.h"

/* To read the clock takes tens of nanoseconds where the kernel is not asked. */
#define SLOW_CLOCK_NS 150
/* Between two threads on one processor, a wake-up takes a few microseconds. */
#define SLOW_WAKEUP_NS 15000

void check_governor(struct examination *x)
{
	const char *governor = known(x, "governor"), *driver = known(x, "frequency_driver");
	struct finding *f;

	if (!*governor) {
		f = found(x, "governor", UNKNOWN);
		SAY(f->what, "who sets the processors' frequency cannot be seen here");
		SAY(f->effect, "The frequency may change with the load, or with what other guests of a virtual machine's "
		    "host do.");
		return;
	}
	f = found(x, "governor", strcmp(governor, "performance") ? SERIOUS : FINE);
	SAY(f->what, "the governor of the processors' frequency is %.40s%s%.40s", governor, *driver ? ", by " : "",
	    driver);
	if (f->severity == FINE)
		return;
	SAY(f->effect, "The frequency follows the load: what runs in short pieces, or sleeps between them, is measured at "
	    "a lower one than what computes, and the first repetitions at another than the last.");
	SAY(f->fix, "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
}

void check_turbo(struct examination *x)
{
	const char *boost = known(x, "boost"), *no_turbo = known(x, "no_turbo");
	bool on = !strcmp(boost, "1") || !strcmp(no_turbo, "0");
	struct finding *f = found(x, "turbo", on ? MINOR : *boost || *no_turbo ? FINE : UNKNOWN);

	SAY(f->what, f->severity == UNKNOWN ? "whether the processors run faster for a while cannot be seen here"
	    : on ? "the processors run faster while few of them are busy, and cool" : "the processors have one highest "
	    "frequency");
	if (!on)
		return;
	SAY(f->effect, "P = 1 is measured at a higher frequency than more Ps, so that speed-ups look smaller than they are; "
	    "and what is measured first at a higher one than what follows.");
	SAY(f->fix, *no_turbo ? "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"
	                      : "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost");
}

/* Of the sources that the machine has, one that is read without the kernel; "": none. */
static const char *quick_source(const struct examination *x)
{
	static const char *const quick[] = { "tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page" };

	for (size_t i = 0; i < sizeof quick / sizeof *quick; i++)
		if (strstr(known(x, "clocksources"), quick[i]))
			return quick[i];
	return "";
}

void check_clock_source(struct examination *x)
{
	const char *source = known(x, "clocksource"), *quick = quick_source(x);
	double cost = x->cost.clock_ns;
	bool slow = isnan(cost) ? !strcmp(source, "hpet") || !strcmp(source, "acpi_pm") || !strcmp(source, "jiffies") ||
	                          !strcmp(source, "xen")
	                        : cost > SLOW_CLOCK_NS;
	struct finding *f = found(x, "clock", slow ? SERIOUS : !*source && isnan(cost) ? UNKNOWN : FINE);
	char text[16];

	SAY(f->what, "%s%.40s%s%s", *source ? "the clock is " : "which clock there is cannot be seen here", source,
	    isnan(cost) ? "" : "; to read it takes ", isnan(cost) ? "" : time_text(cost, text));
	if (!slow)
		return;
	SAY(f->effect, "Whatever reads the clock asks the kernel: timers, time slices and workloads that clock single "
	    "operations look slower than they are, by as much at each reading.");
	if (*quick && strcmp(quick, source) != 0)
		SAY(f->fix, "echo %s | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource", quick);
}

void check_timer_slack(struct examination *x)
{
	const struct probes *c = &x->cost;
	struct finding *f = found(x, "timer-slack", isnan(c->slack_ns) ? UNKNOWN : FINE);
	char with[16], without[16];

	if (isnan(c->slack_ns) || isnan(c->no_slack_ns)) {
		SAY(f->what, "how late a sleep ends was not measured");
		return;
	}
	SAY(f->what, "a sleep ends %s late, and %s with a timer slack of 1 ns", time_text(c->slack_ns, with),
	    time_text(c->no_slack_ns, without));
	SAY(f->effect, "Every cell has 1 ns.");
}

void check_wakeup(struct examination *x)
{
	const struct probes *c = &x->cost;
	bool slow = c->wakeup_ns > SLOW_WAKEUP_NS;
	struct finding *f = found(x, "wakeup", isnan(c->wakeup_ns) ? UNKNOWN : slow ? MINOR : FINE);
	char usual[16], late[16];

	if (isnan(c->wakeup_ns)) {
		SAY(f->what, "how long a thread takes to wake was not measured");
		return;
	}
	SAY(f->what, "a thread that is woken runs after %s, and one in ten after more than %s",
	    time_text(c->wakeup_ns, usual), time_text(c->late_wakeup_ns, late));
	if (!slow)
		return;
	SAY(f->effect, "An idle processor sleeps deeply, or its hypervisor has to wake it.  That decides what passes work "
	    "between threads: pingpong, wakeup, and each P that was idle.");
	SAY(f->fix, "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX idle=poll\"' | "
	    "sudo tee /etc/default/grub.d/schedlab.cfg && sudo update-grub  # then reboot; takes power");
}
