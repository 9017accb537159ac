/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>

#include "shared/signal.h"
#include "shared/thread.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void (*on_ours)(void);
static int number, flags;
static char mark;               /* its address is the mark */

static void choose(void)
{
	number = (int)sl__env("SCHEDLAB_PREEMPT_SIGNAL", 1, SIGRTMAX, SIGURG);
}

int sl__signal_number(void)
{
	return number;
}

bool sl__signal_unblock(void)
{
	sigset_t set, before;

	choose();
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, &before);
	return sigismember(&before, number) == 1;
}

void sl__signal_block(bool had_been)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (had_been)
		pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static bool is_handler(const struct sigaction *a)
{
	return (a->sa_flags & SA_SIGINFO) || (a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN);
}

static bool ignored_by_default(int sig)
{
	return sig == SIGURG || sig == SIGCHLD || sig == SIGCONT || sig == SIGWINCH;
}

void sl__signal_pass_on(const struct sigaction *a, int sig, siginfo_t *info, void *context)
{
	bool fault = sig == SIGSEGV && info->si_code > 0;
	sigset_t mask;

	if (is_handler(a)) {
		pthread_sigmask(SIG_BLOCK, &a->sa_mask, &mask);
		if (a->sa_flags & SA_SIGINFO)
			a->sa_sigaction(sig, info, context);
		else
			a->sa_handler(sig);
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	} else if (fault || (a->sa_handler == SIG_DFL && !ignored_by_default(sig))) {
		/* A fault comes again as soon as this returns. */
		signal(sig, SIG_DFL);
		if (!fault)
			raise(sig);
	}
}

/* ---- The handler ------------------------------------------------------- */

/* There are two, each with what it stands in for: the first what was there before the
 * run, the second what the program has set since.  So if the program puts back what it
 * found, which is the first, it is seen that it wants what was there before. */
static struct sigaction before[2];

static void on_signal(const struct sigaction *instead, int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	if ((info->si_code == SI_TIMER || (info->si_code == SI_QUEUE && info->si_pid == getpid())) &&
	    info->si_value.sival_ptr == &mark)
		on_ours();
	else
		sl__signal_pass_on(instead, sig, info, context);
	errno = saved;
}

static void first(int sig, siginfo_t *info, void *context)
{
	on_signal(&before[0], sig, info, context);
}

static void second(int sig, siginfo_t *info, void *context)
{
	on_signal(&before[1], sig, info, context);
}

static void (*const handler[2])(int, siginfo_t *, void *) = { first, second };

static bool set(int i)
{
	struct sigaction a = { .sa_sigaction = handler[i], .sa_flags = SA_SIGINFO | SA_ONSTACK | flags };

	/* Before the handler needs it. */
	if (sigaction(number, NULL, &before[i]) != 0)
		return false;
	/* A handler of the program's that is to interrupt system calls goes on doing so. */
	if (is_handler(&before[i]))
		a.sa_flags &= before[i].sa_flags | ~SA_RESTART;
	return sigaction(number, &a, NULL) == 0;
}

/* Which of the two is set; -1: none. */
static int which(void)
{
	struct sigaction now;

	if (sigaction(number, NULL, &now) != 0 || !(now.sa_flags & SA_SIGINFO))
		return -1;
	return now.sa_sigaction == first ? 0 : now.sa_sigaction == second ? 1 : -1;
}

bool sl__signal_begin(void (*on)(void), int with_flags)
{
	on_ours = on;
	flags = with_flags;
	choose();
	if (number != SIGSEGV && set(0))
		return true;
	if (number != SIGURG)
		sl__fatal("SCHEDLAB_PREEMPT_SIGNAL=%d is no signal that can be handled", number);
	return false;
}

void sl__signal_hold(void)
{
	if (which() < 0)
		set(1);
}

void sl__signal_end(void)
{
	int i = which();

	if (i >= 0)
		sigaction(number, &before[i], NULL);
}

/* ---- Sending ----------------------------------------------------------- */

void sl__signal_send(pid_t tid)
{
	siginfo_t info = { .si_signo = number, .si_code = SI_QUEUE };

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_ptr = &mark;
	syscall(SYS_rt_tgsigqueueinfo, info.si_pid, tid, number, &info);
}

/* The C library's would do, but for its malloc, whose lock a thread that is stopped
 * may hold. */
bool sl__signal_timer(int *id, pid_t tid)
{
	struct sigevent e = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number,
	                      .sigev_value.sival_ptr = &mark };

	e.sigev_notify_thread_id = tid;
	return syscall(SYS_timer_create, sl__thread_clock(tid), &e, id) == 0;
}

void sl__signal_timer_set(int id, int64_t ns)
{
	struct itimerspec when = { .it_value = { ns / 1000000000, ns % 1000000000 } };

	syscall(SYS_timer_settime, id, 0, &when, NULL);
}

void sl__signal_timer_end(int id)
{
	syscall(SYS_timer_delete, id);
}
