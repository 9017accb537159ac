/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/facts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/files.h"
#include "base/secrets.h"
#include "build_info.h"
#include "machine/environment.h"
#include "machine/host.h"

int facts_add(struct facts *f, const char *section, const char *key, const char *value)
{
	struct fact *grown = realloc(f->v, sizeof *grown * (size_t)(f->n + 1));

	if (!grown)
		return -ENOMEM;
	f->v = grown;
	grown += f->n;
	*grown = (struct fact){ section, strdup(key), strdup(value) };
	if (!grown->key || !grown->value) {
		free(grown->key);
		free(grown->value);
		return -ENOMEM;
	}
	secrets_strip(grown->value);
	/* What a text is compared with when resuming must be what JSON can hold. */
	for (char *p = grown->value; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	f->n++;
	return 0;
}

void facts_free(struct facts *f)
{
	for (int i = 0; i < f->n; i++) {
		free(f->v[i].key);
		free(f->v[i].value);
	}
	free(f->v);
	*f = (struct facts){ 0 };
}

const char *facts_get(const struct facts *f, const char *section, const char *key)
{
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].section, section) && !strcmp(f->v[i].key, key))
			return f->v[i].value;
	return NULL;
}

/* A file of the machine, or of what stands for one. */
static const char *below(char path[PATH_MAX], const char *root, const char *file)
{
	snprintf(path, PATH_MAX, "%s%s", root, file);
	return path;
}

/* The first line of a small file, as a fact; nothing where there is no file. */
static int add_file(struct facts *f, const char *root, const char *key, const char *file)
{
	char path[PATH_MAX], *text;
	struct err ignored;
	int rc;

	if (file_get(below(path, root, file), 1 << 16, &text, NULL, &ignored))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	rc = *text ? facts_add(f, "machine", key, text) : 0;
	free(text);
	return rc;
}

/* The value of the first "KEY : value" line of a file such as /proc/cpuinfo. */
static int add_field(struct facts *f, const char *root, const char *key, const char *file, const char *field)
{
	char path[PATH_MAX], line[1024];
	FILE *in = fopen(below(path, root, file), "re");
	int rc = 0;

	while (in && fgets(line, sizeof line, in)) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, field, strlen(field)) != 0)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		rc = facts_add(f, "machine", key, colon);
		break;
	}
	if (in)
		fclose(in);
	return rc;
}

/* The first line of a file below a folder; "" where there is none. */
static void read_line(char line[256], const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct err ignored;
	char *text;

	*line = '\0';
	if (file_get(path_join(path, dir, name), 1 << 16, &text, NULL, &ignored))
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(line, 256, "%s", text);
	free(text);
}

/* "L1d 32K, L1i 32K, L2 512K, L3 32768K": those of one PU. */
static int add_caches(struct facts *f, const char *cpu)
{
	char list[256] = "";
	size_t n = 0;

	for (int i = 0; i < 10 && n < sizeof list; i++) {
		char dir[PATH_MAX], level[256], type[256], size[256];

		snprintf(dir, sizeof dir, "%.4000s/cache/index%d", cpu, i);
		read_line(level, dir, "level");
		read_line(type, dir, "type");
		read_line(size, dir, "size");
		if (*level && *size)
			n += (size_t)snprintf(list + n, sizeof list - n, "%sL%.8s%s %.16s", n ? ", " : "", level,
			                      !strcmp(type, "Data") ? "d" : !strcmp(type, "Instruction") ? "i" : "", size);
	}
	return n ? facts_add(f, "machine", "caches", list) : 0;
}

/* "retbleed: Vulnerable; spectre_v2: Mitigation: Retpolines": of what the processor is
 * not affected by, nothing is done that takes time. */
static int add_mitigations(struct facts *f, const char *dir)
{
	struct dirent **entries;
	char list[2048] = "";
	int found = scandir(dir, &entries, NULL, alphasort);
	size_t n = 0;

	for (int i = 0; i < found; i++) {
		char line[256];

		read_line(line, dir, entries[i]->d_name);
		if (*line && strcmp(line, "Not affected") != 0 && n < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s: %s", n ? "; " : "",
			                      entries[i]->d_name, line);
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
	return found < 0 ? 0 : facts_add(f, "machine", "mitigations", n ? list : "none needed");
}

int facts_machine(struct facts *f, const char *root)
{
	static const struct { const char *key, *path; } files[] = {
		{ "cpus_online", "/sys/devices/system/cpu/online" },
		{ "cpus_isolated", "/sys/devices/system/cpu/isolated" },
		{ "smt", "/sys/devices/system/cpu/smt/control" },
		{ "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor" },
		{ "frequency_driver", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver" },
		{ "boost", "/sys/devices/system/cpu/cpufreq/boost" },
		{ "no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo" },
		{ "transparent_hugepages", "/sys/kernel/mm/transparent_hugepage/enabled" },
		{ "max_map_count", "/proc/sys/vm/max_map_count" },
		{ "threads_max", "/proc/sys/kernel/threads-max" },
		{ "clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource" },
		{ "clocksources", "/sys/devices/system/clocksource/clocksource0/available_clocksource" },
		{ "numa_nodes", "/sys/devices/system/node/online" },
		{ "numa_balancing", "/proc/sys/kernel/numa_balancing" },
		{ "randomize_va_space", "/proc/sys/kernel/randomize_va_space" },
		{ "perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid" },
		{ "load_average", "/proc/loadavg" },
	};
	struct utsname u;
	char text[64], path[PATH_MAX], mount[PATH_MAX];
	const char *source;
	double quota = host_quota(below(path, root, "/proc/self/cgroup"), below(mount, root, "/sys/fs/cgroup"));
	int rc = 0;

	if (uname(&u) == 0) {
		rc = facts_add(f, "machine", "host", u.nodename);
		rc = rc ? rc : facts_add(f, "machine", "system", u.sysname);
		rc = rc ? rc : facts_add(f, "machine", "kernel", u.release);
		rc = rc ? rc : facts_add(f, "machine", "architecture", u.machine);
	}
	rc = rc ? rc : add_field(f, root, "cpu_model", "/proc/cpuinfo", "model name");
	if (!rc && !facts_get(f, "machine", "cpu_model"))
		rc = add_field(f, root, "cpu_model", "/proc/cpuinfo", "CPU part");
	rc = rc ? rc : add_field(f, root, "memory", "/proc/meminfo", "MemTotal");
	rc = rc ? rc : add_field(f, root, "affinity", "/proc/self/status", "Cpus_allowed_list");
	rc = rc ? rc : add_caches(f, below(path, root, "/sys/devices/system/cpu/cpu0"));
	rc = rc ? rc : add_mitigations(f, below(path, root, "/sys/devices/system/cpu/vulnerabilities"));
	snprintf(text, sizeof text, "%d", host_usable(&source));
	rc = rc ? rc : facts_add(f, "machine", "cpus", text);
	rc = rc ? rc : facts_add(f, "machine", "cpus_from", source);
	snprintf(text, sizeof text, isinf(quota) ? "none" : "%.2f CPUs", quota);
	rc = rc ? rc : facts_add(f, "machine", "cgroup_quota", text);
	for (size_t i = 0; i < sizeof files / sizeof *files && !rc; i++)
		rc = add_file(f, root, files[i].key, files[i].path);
	return rc;
}

static int add_build(struct facts *f)
{
	static const struct { const char *key, *value; } known[] = {
		{ "version", BUILD_VERSION }, { "commit", BUILD_COMMIT },
		{ "compiler", BUILD_CC }, { "flags", BUILD_FLAGS },
		{ "benchmark", BUILD_BENCHMARK }, { "hwloc", BUILD_HWLOC },
		{ "jansson", BUILD_JANSSON }, { "go", BUILD_GO },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		int rc = *known[i].value ? facts_add(f, "build", known[i].key, known[i].value) : 0;

		if (rc)
			return rc;
	}
	return 0;
}

int facts_collect(struct facts *f, struct err *e)
{
	char hash[FILE_HASH];
	int rc = file_hash("/proc/self/exe", hash, e);

	*f = (struct facts){ 0 };
	if (!rc && (add_build(f) || facts_machine(f, "") || environment_facts(f) ||
	            facts_add(f, "binaries", "schedlab", hash)))
		rc = err_set(e, -ENOMEM, "out of memory");
	if (rc)
		facts_free(f);
	return rc;
}
