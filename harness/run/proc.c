/* SPDX-License-Identifier: Apache-2.0 */
#include "run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/orphans.h"

#define TICK_MS 500

/* What nohup or a shell's & made us ignore stays ignored. */
static sigset_t watched(void)
{
	static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof interrupts / sizeof *interrupts; i++) {
		struct sigaction now;

		if (sigaction(interrupts[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, interrupts[i]);
	}
	return set;
}

int proc_signals(struct err *e)
{
	sigset_t set = watched();
	int fd;

	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return err_set(e, -errno, "cannot block signals: %s", strerror(errno));
	/* A pipe that nobody reads any more is an error of write(2): no reason to stop
	 * measuring. */
	signal(SIGPIPE, SIG_IGN);
	orphans_adopt(true);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd >= 0 ? fd : err_set(e, -errno, "cannot watch signals: %s", strerror(errno));
}

int proc_interrupted(int sigfd)
{
	struct signalfd_siginfo si;
	int signo = 0;

	while (read(sigfd, &si, sizeof si) == sizeof si)
		if (si.ssi_signo != SIGCHLD)
			signo = (int)si.ssi_signo;
	return signo;
}

void proc_signals_end(int sigfd)
{
	sigset_t set = watched();

	orphans_adopt(false);
	proc_interrupted(sigfd);
	close(sigfd);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int put_pus(const char *name, const int *pus, int n, struct err *e)
{
	char *list = calloc((size_t)n + 1, 12), *end = list;

	for (int i = 0; i < n && list; i++)
		end += sprintf(end, "%s%d", i ? "," : "", pus[i]);
	return list && setenv(name, list, 1) == 0 ? 0 : err_set(e, -ENOMEM, "out of memory");
}

/* For what the cell starts to put load on it: which PUs the cell could have and does not
 * get, where it is to run if there are any; and the cell's, for else it inherits those of
 * the thread that starts it, which may be bound to one. */
static int tell_pus(const struct proc *p, struct err *e)
{
	struct topo_counts counts;
	int *all, n, spare = 0;

	topo_counts(p->topo, &counts);
	all = calloc((size_t)counts.pus + 1, sizeof *all);
	if (!all)
		return err_set(e, -ENOMEM, "out of memory");
	n = topo_pick(p->topo, "none", 0, all, e);
	for (int i = 0; i < n; i++) {
		int k = 0;

		while (k < p->ncpus && p->cpus[k] != all[i])
			k++;
		if (k == p->ncpus)
			all[spare++] = all[i];
	}
	if (n >= 0)
		n = put_pus("SCHEDLAB_SPARE_PUS", all, spare, e);
	return n ? n : put_pus("SCHEDLAB_CELL_PUS", p->cpus, p->ncpus, e);
}

/* Its counters are there before it is the cell: its end of the pipe is closed then. */
static void wait_for_counters(int gofd)
{
	char x;

	while (gofd >= 0 && read(gofd, &x, 1) < 0 && errno == EINTR)
		;
}

static _Noreturn void child(const struct proc *p, pid_t parent, int errfd, int gofd)
{
	int null = open("/dev/null", O_RDWR);
	struct err e = { "cannot open /dev/null" };
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before it could kill by that. */
	if (getppid() != parent)
		_exit(2);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(errfd, 2) < 0)
		goto fail;
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (topo_bind(p->topo, p->cpus, p->ncpus, &e))
		goto fail;
	if (tell_pus(p, &e))
		goto fail;
	if (conditions_apply(p->conditions, &e))
		goto fail;
	if (p->quota && quota_enter(p->quota, &e))
		goto fail;
	wait_for_counters(gofd);
	execv(p->argv[0], p->argv);
	err_set(&e, 0, "cannot run %.300s: %s", p->argv[0], strerror(errno));
fail:
	dprintf(errfd, "%s\n", e.msg);
	_exit(2);
}

static void read_said(int fd, struct lastwords *said)
{
	char buf[4096];
	ssize_t n;

	/* Bounded, so that a child that never stops talking keeps its time limit. */
	for (int i = 0; i < 64 && (n = read(fd, buf, sizeof buf)) > 0; i++)
		lastwords_feed(said, buf, (size_t)n);
}

/* Until the child has ended; it is left to be reaped, so that its number and
 * its group's stay taken. */
static void watch(const struct proc *p, pid_t pid, int errfd, int64_t start, struct proc_end *end)
{
	int64_t deadline = start + (int64_t)(p->timeout_s * 1e9);
	bool talking = true;

	for (;;) {
		struct pollfd fds[] = { { .fd = p->sigfd, .events = POLLIN },
		                        { .fd = talking ? errfd : -1, .events = POLLIN } };
		int64_t left_ms = (deadline - clock_ns()) / 1000000 + 1;
		siginfo_t si = { 0 };
		int signo;

		if (end->timed_out || left_ms > TICK_MS)
			left_ms = TICK_MS;
		poll(fds, 2, left_ms > 0 ? (int)left_ms : 0);
		if (fds[1].revents)
			read_said(errfd, &end->said);
		if (fds[1].revents & POLLHUP && !(fds[1].revents & POLLIN))
			talking = false;
		signo = proc_interrupted(p->sigfd);
		if (signo) {
			end->interrupt = signo;
			kill(-pid, SIGKILL);
		}
		if (waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid)
			break;
		if (!end->timed_out && clock_ns() >= deadline) {
			end->timed_out = true;
			kill(-pid, SIGKILL);
		}
		if (p->tick)
			p->tick(p->arg);
	}
	end->wall_ns = clock_ns() - start;
}

int proc_run(const struct proc *p, struct proc_end *end, struct err *e)
{
	int64_t start = clock_ns();
	pid_t parent = getpid(), pid;
	int said[2], go[2] = { -1, -1 };

	memset(end, 0, sizeof *end);
	if (pipe2(said, O_CLOEXEC) != 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	if (p->counters && pipe2(go, O_CLOEXEC) != 0) {
		close(said[0]);
		close(said[1]);
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	}
	fcntl(said[0], F_SETFL, O_NONBLOCK);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (p->counters)
			close(go[1]);
		child(p, parent, said[1], go[0]);
	}
	close(said[1]);
	if (p->counters) {
		if (pid > 0)
			counters_open(p->counters, pid);
		close(go[0]);
		close(go[1]);
	}
	if (pid < 0) {
		close(said[0]);
		return err_set(e, -errno, "cannot start a process: %s", strerror(errno));
	}
	setpgid(pid, pid);      /* as the child does: whoever comes first */
	watch(p, pid, said[0], start, end);
	kill(-pid, SIGKILL);    /* what it left behind */
	read_said(said[0], &end->said);
	close(said[0]);
	while (wait4(pid, &end->status, 0, &end->usage) < 0 && errno == EINTR)
		;
	return orphans_end(e);
}
