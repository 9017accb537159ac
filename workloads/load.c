/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "echo-load"

/* What it says of all that was timed so far, after the checksum. */
static const char *const names[] = {
	"p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns", "samples",
	"sent_p50_ns", "sent_p99_ns", "sent_p999_ns",
	"load_late_p50_ns", "load_late_p99_ns", "load_late_max_ns", "load_cpu_permille", "load_shares_pus",
};
enum { NAMES = sizeof names / sizeof *names, SAMPLES = 5 };

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "fatal error: echo: %s\n", what);
	_Exit(2);
}

/* It lies beside the cell program.  Whoever uses errno must not park: hence no inline. */
static __attribute__((noinline)) int path_of(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof NAME);
	char *name;

	if (n < 0)
		return -errno;
	path[n] = '\0';
	name = strrchr(path, '/') + 1;
	memcpy(name, NAME, sizeof NAME);
	if (access(path, X_OK) == 0)
		return 0;
	fprintf(stderr, "fatal error: echo: with a rate its clients are the program %s, and there is none\n", path);
	_Exit(2);
}

static __attribute__((noinline)) int pair(int sv[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0 ? -errno : 0;
}

static int spawn(struct load *l, char **argv, int end)
{
	extern char **environ;
	posix_spawn_file_actions_t a;
	int err = posix_spawn_file_actions_init(&a);

	if (err)
		return -err;
	posix_spawn_file_actions_adddup2(&a, end, 0);
	posix_spawn_file_actions_adddup2(&a, end, 1);
	err = posix_spawn(&l->pid, argv[0], &a, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&a);
	return -err;
}

int load_start(struct load *l, uint16_t port, int64_t connections, int64_t requests, int64_t rate, uint64_t seed)
{
	char path[PATH_MAX], number[5][24];
	char *argv[] = { path, number[0], number[1], number[2], number[3], number[4], NULL };
	int sv[2], rc = path_of(path);

	if (!rc)
		rc = pair(sv);
	if (rc)
		return rc;
	snprintf(number[0], sizeof number[0], "%u", port);
	snprintf(number[1], sizeof number[1], "%" PRId64, connections);
	snprintf(number[2], sizeof number[2], "%" PRId64, requests);
	snprintf(number[3], sizeof number[3], "%" PRId64, rate);
	snprintf(number[4], sizeof number[4], "%" PRIu64, seed);
	/* If it should end before its time, a write says so. */
	signal(SIGPIPE, SIG_IGN);
	rc = spawn(l, argv, sv[1]);
	close(sv[1]);
	l->fd = sv[0];
	if (rc)
		close(sv[0]);
	return rc;
}

/* A number for each name, after the first. */
static bool understand(struct load *l, const char *line)
{
	char *end;

	l->checksum = strtoull(line, &end, 10);
	for (int i = 0; i < NAMES; i++) {
		if (*end != ' ')
			return false;
		l->said[i] = strtoll(end + 1, &end, 10);
	}
	return *end == '\n';
}

void load_iterate(struct load *l, bool timed)
{
	char line[400];
	size_t n = 0;

	if (sl_write(l->fd, timed ? "t" : "w", 1) != 1)
		fail("its clients have ended");
	do {
		ssize_t r = sl_read(l->fd, line + n, sizeof line - 1 - n);

		if (r <= 0)
			fail("its clients have ended");
		n += (size_t)r;
	} while (line[n - 1] != '\n' && n < sizeof line - 1);
	line[n] = '\0';
	if (!understand(l, line))
		fail("its clients say what nobody understands");
}

int load_counters(const struct load *l, struct sl_counter *out, int max)
{
	/* None of these is a sum: until something was timed it is 0. */
	bool timed = l->said[SAMPLES] > 0;
	int n = 0;

	for (; n < max && n < NAMES; n++)
		out[n] = (struct sl_counter){ names[n], timed ? l->said[n] : 0 };
	return n;
}

static __attribute__((noinline)) void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void load_stop(struct load *l)
{
	if (l->pid <= 0)
		return;
	sl_close(l->fd);
	wait_for(l->pid);
}
