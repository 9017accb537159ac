/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "doctor/doctor.h"
#include "doctor/probes.h"

static char root[64];

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/schedlab-doctor.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command);
}

static void put(const char *file, const char *text)
{
	char dir[PATH_MAX];
	char *slash;
	struct err e;

	snprintf(dir, sizeof dir, "%s%s", root, file);
	slash = strrchr(dir, '/');
	*slash = '\0';
	assert_int_equal(dir_make(dir, &e), 0);
	assert_int_equal(file_put(dir, slash + 1, text, strlen(text), &e), 0);
}

static void examine(struct doctor *d)
{
	const struct doctor_asked asked = { .root = root, .path = "" };
	struct err e;

	assert_int_equal(doctor_examine(d, &asked, &e), 0);
}

static const struct finding *of(const struct doctor *d, const char *id)
{
	for (int i = 0; i < d->n; i++)
		if (!strcmp(d->v[i].id, id))
			return &d->v[i];
	fail_msg("no finding %s", id);
	return NULL;
}

#define CPU "/sys/devices/system/cpu/"
#define CLOCK "/sys/devices/system/clocksource/clocksource0/"
#define KERNEL "/proc/sys/kernel/"

/* In turn: a file is there from its line on. */
static const struct {
	const char *file, *text, *id;
	enum severity severity;
	const char *what, *fix;         /* words of these; fix "": none */
} steps[] = {
	{ NULL, NULL, "governor", UNKNOWN, "cannot be seen", "" },
	{ CPU "cpu0/cpufreq/scaling_governor", "powersave\n", "governor", SERIOUS, "is powersave", "echo performance" },
	{ CPU "cpu0/cpufreq/scaling_governor", "performance\n", "governor", FINE, "is performance", "" },
	{ NULL, NULL, "turbo", UNKNOWN, "cannot be seen", "" },
	{ CPU "intel_pstate/no_turbo", "1\n", "turbo", FINE, "one highest", "" },
	{ CPU "intel_pstate/no_turbo", "0\n", "turbo", MINOR, "faster", "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate" },
	{ NULL, NULL, "smt", UNKNOWN, "cannot be seen", "" },
	{ CPU "smt/control", "off\n", "smt", FINE, "off", "" },
	{ CPU "smt/control", "on\n", "smt", MINOR, "share a core", "echo off" },
	{ NULL, NULL, "clock", UNKNOWN, "cannot be seen", "" },
	{ CLOCK "current_clocksource", "hpet\n", "clock", SERIOUS, "is hpet", "" },
	{ CLOCK "available_clocksource", "hpet tsc acpi_pm \n", "clock", SERIOUS, "is hpet", "echo tsc" },
	{ CLOCK "current_clocksource", "tsc\n", "clock", FINE, "is tsc", "" },
	{ CPU "vulnerabilities/meltdown", "Not affected\n", "mitigations", FINE, "no flaws", "" },
	{ CPU "vulnerabilities/spectre_v2", "Mitigation: Retpolines\n", "mitigations", NOTE, "1 flaw of", "mitigations=off" },
	{ KERNEL "numa_balancing", "1\n", "numa-balancing", FINE, "one NUMA node", "" },
	{ "/sys/devices/system/node/online", "0-1\n", "numa-balancing", MINOR, "several", "numa_balancing=0" },
	{ KERNEL "numa_balancing", "0\n", "numa-balancing", FINE, "several", "" },
	{ NULL, NULL, "aslr", UNKNOWN, "cannot be seen", "" },
	{ KERNEL "randomize_va_space", "2\n", "aslr", FINE, "of its own", "" },
	{ KERNEL "randomize_va_space", "0\n", "aslr", MINOR, "off", "randomize_va_space=2" },
	{ "/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n", "huge-pages", FINE, "[always]", "" },
	{ NULL, NULL, "cpu-quota", FINE, "no cgroup", "" },
	{ "/proc/self/cgroup", "0::/box\n", "cpu-quota", FINE, "no cgroup", "" },
	{ "/sys/fs/cgroup/box/cpu.max", "150000 100000\n", "cpu-quota", SERIOUS, "1.50 CPUs", "cpu.max" },
	{ "/sys/fs/cgroup/box/pids.max", "100\n", "threads", MINOR, "100 threads", "pids.max" },
	{ NULL, NULL, "memory", FINE, "no cgroup", "" },
	{ "/sys/fs/cgroup/box/memory.max", "max\n", "memory", FINE, "no cgroup", "" },
	{ "/sys/fs/cgroup/memory.max", "4294967296\n", "memory", FINE, "to 4.29 GB", "" },
	{ "/sys/fs/cgroup/box/memory.max", "268435456\n", "memory", MINOR, "to 268 MB", "memory.max" },
	{ NULL, NULL, "load", UNKNOWN, "not looked at", "" },
	{ NULL, NULL, "steal", UNKNOWN, "not looked at", "" },
	{ NULL, NULL, "wakeup", UNKNOWN, "not measured", "" },
	{ NULL, NULL, "gnuplot", NOTE, "no gnuplot", "gnuplot-nox" },
};

static void each_state_has_its_finding(void **state)
{
	struct doctor d;

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const struct finding *f;

		if (steps[i].file)
			put(steps[i].file, steps[i].text);
		examine(&d);
		f = of(&d, steps[i].id);
		if (f->severity != steps[i].severity || !strstr(f->what, steps[i].what) ||
		    (*steps[i].fix ? !strstr(f->fix, steps[i].fix) : *f->fix))
			fail_msg("step %zu, %s: %s; %s; %s", i, f->id, severity_name(f->severity), f->what, f->fix);
		/* What can be mended says why it should be. */
		assert_true(f->severity > MINOR || *f->effect);
	}
}

static void the_worst_is_the_first(void **state)
{
	const struct finding *worst;
	struct doctor d;

	(void)state;
	examine(&d);
	worst = doctor_worst(&d);
	assert_true(!worst || worst->severity <= MINOR);
	put(KERNEL "randomize_va_space", "0\n");
	put(CPU "smt/control", "on\n");
	examine(&d);
	assert_string_equal(doctor_worst(&d)->id, "smt");
	put(CPU "cpu0/cpufreq/scaling_governor", "schedutil\n");
	examine(&d);
	assert_string_equal(doctor_worst(&d)->id, "governor");
	for (int i = 1; i < d.n; i++)
		assert_true(d.v[i].severity >= d.v[i - 1].severity);
}

static void what_files_say_is_printed_plain(void **state)
{
	struct doctor d;

	(void)state;
	put(CPU "cpu0/cpufreq/scaling_governor", "\033[2Jpowersave\xff\n");
	examine(&d);
	assert_non_null(strstr(of(&d, "governor")->what, "?[2Jpowersave?"));
}

/* Without a limit, for a machine that is busy gives the hog the less of a processor the
 * more others use of it. */
static void a_hog_is_seen(void **state)
{
	const struct doctor_asked asked = { .root = "", .path = "", .sample_s = 0.3 };
	const struct finding *load;
	char pid_text[32];
	struct doctor d;
	struct err e;
	pid_t pid = fork();
	int named = 0;

	(void)state;
	if (pid == 0) {
		prctl(PR_SET_NAME, "\033[2Jhog\xff");
		for (;;)
			;
	}
	assert_int_equal(doctor_examine(&d, &asked, &e), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	load = of(&d, "load");
	assert_int_equal(load->severity, SERIOUS);
	for (const char *p = load->what; (p = strchr(p, '(')); p++)
		named++;
	snprintf(pid_text, sizeof pid_text, "(%d)", (int)pid);
	/* Three others may have used more. */
	assert_true(strstr(load->what, pid_text) || named == 3);
	assert_null(strpbrk(load->what, "\033\xff"));
	assert_non_null(strstr(load->fix, "kill -STOP "));
}

static void probes_have_figures(void **state)
{
	struct probes p = probes_measure();

	(void)state;
	assert_true(p.clock_ns > 0 && p.syscall_ns > 0);
	assert_true(p.wakeup_ns > 0 && p.late_wakeup_ns >= p.wakeup_ns);
	assert_true(p.slack_ns > 0 && p.no_slack_ns > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_state_has_its_finding, make_root, remove_root),
		cmocka_unit_test_setup_teardown(the_worst_is_the_first, make_root, remove_root),
		cmocka_unit_test_setup_teardown(what_files_say_is_printed_plain, make_root, remove_root),
		cmocka_unit_test(a_hog_is_seen),
		cmocka_unit_test(probes_have_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
