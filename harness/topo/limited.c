/* SPDX-License-Identifier: Apache-2.0 */
#include "topo/limited.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A sanitizer maps terabytes that it never uses. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HAS_SHADOW 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SHADOW 1
#endif
#endif
#ifndef HAS_SHADOW
#define HAS_SHADOW 0
#endif

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	if (getrlimit(resource, &now) != 0)
		return;
	hard = hard < now.rlim_max ? hard : now.rlim_max;
	soft = soft < hard ? soft : hard;
	setrlimit(resource, &(struct rlimit){ soft, hard });
}

static _Noreturn void child(void (*work)(int, void *), void *arg, const struct limits *l, int fd,
                            pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);     /* whoever started us may have closed these */
	for (int i = 0; i <= 2; i++)
		dup2(null, i);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_FSIZE, 0, 0);
	limit(RLIMIT_CPU, (rlim_t)l->cpu_s, (rlim_t)l->cpu_s + 1);
	if (!HAS_SHADOW)
		limit(RLIMIT_AS, l->memory, l->memory);
	work(fd, arg);
	_exit(0);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until the child has closed its end: 0, -ETIMEDOUT, -EFBIG, -ENOMEM. */
static int collect(int fd, const struct limits *l, char **data, size_t *n)
{
	int64_t until = now_ms() + (int64_t)l->wall_s * 1000;
	size_t room = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until - now_ms();
		ssize_t got;

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		if (*n == room) {
			char *grown = realloc(*data, room = room ? 2 * room : 1 << 16);

			if (!grown)
				return -ENOMEM;
			*data = grown;
		}
		got = read(fd, *data + *n, room - *n);
		if (got == 0)
			return 0;
		*n += got > 0 ? (size_t)got : 0;
		if (*n > l->output)
			return -EFBIG;
	}
}

/* Killed if it did not do well; its status as wait(2) has it, 0 if somebody else
 * reaped it. */
static int reap(pid_t pid, int rc)
{
	int status = 0;

	if (rc)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	return status;
}

static int judge(int rc, int status, const struct limits *l, const char *what, struct err *e)
{
	int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	const char *name = signo ? sigabbrev_np(signo) : NULL;

	if (rc == -ETIMEDOUT || (!rc && signo == SIGXCPU))
		return err_set(e, -ETIMEDOUT, "%.300s: reading it takes more than %d s", what,
		               rc ? l->wall_s : l->cpu_s);
	if (rc == -EFBIG)
		return err_set(e, rc, "%.300s: there is no end of what it says", what);
	if (rc)
		return err_set(e, rc, "%.300s: %s", what, strerror(-rc));
	if (name)
		return err_set(e, -EINVAL, "%.300s: the library that reads it fell over it (SIG%s)", what, name);
	return status ? err_set(e, -EINVAL, "%.300s: the library that reads it fell over it", what) : 0;
}

int limited_run(void (*work)(int fd, void *arg), void *arg, const struct limits *l, const char *what,
                char **data, size_t *n, struct err *e)
{
	pid_t pid, parent = getpid();
	int fd[2], rc;

	*data = NULL;
	*n = 0;
	if (pipe2(fd, O_CLOEXEC) != 0)
		return err_set(e, -errno, "%.300s: cannot make a pipe: %s", what, strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		child(work, arg, l, fd[1], parent);
	}
	rc = pid < 0 ? -errno : 0;
	close(fd[1]);
	if (!rc) {
		rc = collect(fd[0], l, data, n);
		rc = judge(rc, reap(pid, rc), l, what, e);
	} else {
		err_set(e, rc, "%.300s: cannot start a process: %s", what, strerror(-rc));
	}
	close(fd[0]);
	if (rc) {
		free(*data);
		*data = NULL;
	}
	return rc;
}
