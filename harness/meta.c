/* SPDX-License-Identifier: Apache-2.0 */
#include "meta.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "build_info.h"
#include "files.h"
#include "host.h"

extern char **environ;

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

/* The first line of a small file, as a fact; nothing where there is no file. */
static int add_file(struct facts *f, const char *key, const char *path)
{
	struct err ignored;
	char *text;
	int rc;

	if (file_get(path, 1 << 16, &text, NULL, &ignored))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	rc = *text ? facts_add(f, "machine", key, text) : 0;
	free(text);
	return rc;
}

/* The value of the first "KEY : value" line of a file such as /proc/cpuinfo. */
static int add_field(struct facts *f, const char *key, const char *path, const char *field)
{
	FILE *in = fopen(path, "re");
	char line[1024];
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

static int add_machine(struct facts *f)
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
		{ "load_average", "/proc/loadavg" },
	};
	struct utsname u;
	char text[64];
	const char *source;
	double quota = host_quota("/proc/self/cgroup", "/sys/fs/cgroup");
	int rc = 0;

	if (uname(&u) == 0) {
		rc = facts_add(f, "machine", "host", u.nodename);
		rc = rc ? rc : facts_add(f, "machine", "system", u.sysname);
		rc = rc ? rc : facts_add(f, "machine", "kernel", u.release);
		rc = rc ? rc : facts_add(f, "machine", "architecture", u.machine);
	}
	rc = rc ? rc : add_field(f, "cpu_model", "/proc/cpuinfo", "model name");
	if (!rc && !facts_get(f, "machine", "cpu_model"))
		rc = add_field(f, "cpu_model", "/proc/cpuinfo", "CPU part");
	rc = rc ? rc : add_field(f, "memory", "/proc/meminfo", "MemTotal");
	rc = rc ? rc : add_field(f, "affinity", "/proc/self/status", "Cpus_allowed_list");
	snprintf(text, sizeof text, "%d", host_usable(&source));
	rc = rc ? rc : facts_add(f, "machine", "cpus", text);
	rc = rc ? rc : facts_add(f, "machine", "cpus_from", source);
	snprintf(text, sizeof text, isinf(quota) ? "none" : "%.2f CPUs", quota);
	rc = rc ? rc : facts_add(f, "machine", "cgroup_quota", text);
	for (size_t i = 0; i < sizeof files / sizeof *files && !rc; i++)
		rc = add_file(f, files[i].key, files[i].path);
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

/* What steers the back ends, Go's runtime and the allocator from outside. */
static int add_environment(struct facts *f)
{
	static const char *const prefixes[] = { "SCHEDLAB_", "GO", "MALLOC_", "GLIBC_TUNABLES" };

	for (char **v = environ; *v; v++) {
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
			size_t n = strcspn(*v, "=");
			char key[128];
			int rc;

			if (strncmp(*v, prefixes[i], strlen(prefixes[i])) != 0 || n >= sizeof key)
				continue;
			memcpy(key, *v, n);
			key[n] = '\0';
			rc = facts_add(f, "environment", key, *v + n + ((*v)[n] == '='));
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int add_binaries(struct facts *f, const struct catalog *c, struct err *e)
{
	char hash[FILE_HASH];
	int rc = file_hash("/proc/self/exe", hash, e);

	if (rc)
		return rc;
	rc = facts_add(f, "binaries", "schedlab", hash);
	for (int i = 0; i < c->nbackends && !rc; i++) {
		if (!c->backends[i].available)
			continue;
		rc = file_hash(c->backends[i].program, hash, e);
		if (rc)
			return rc;
		rc = facts_add(f, "binaries", strrchr(c->backends[i].program, '/') + 1, hash);
	}
	return rc ? err_set(e, rc, "out of memory") : 0;
}

int facts_collect(struct facts *f, const struct catalog *c, struct err *e)
{
	int rc;

	*f = (struct facts){ 0 };
	if (add_build(f) || add_machine(f) || add_environment(f))
		rc = err_set(e, -ENOMEM, "out of memory");
	else
		rc = add_binaries(f, c, e);
	if (rc)
		facts_free(f);
	return rc;
}
