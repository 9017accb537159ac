/* SPDX-License-Identifier: Apache-2.0
 *
 * fd.c: calls on descriptors, for sync/fd.c.
 *
 * Descriptors stay blocking: a call on one stops its thread.  sl_close interrupts
 * the threads that are inside such a call by a signal whose handler does nothing,
 * and closes when they have left: until then they still use the number.
 */
#include <errno.h>
#include <poll.h>

#include "pthreads.h"
#include "sync/fd.h"

/* Ignored unless handled: one that comes late does no harm. */
#define INTERRUPT SIGURG

static void do_nothing(int sig)
{
	(void)sig;
}

int interrupt(int fd)
{
	struct sigaction a = { .sa_handler = do_nothing };      /* no SA_RESTART */
	int n = 0;

	for (struct sl_g *g = sched.live; g; g = g->next) {
		/* Seq_cst: see sl__fd_begin. */
		int in = atomic_load(&g->in_call);

		if (!in || (fd >= 0 && in != 1 + fd))
			continue;
		if (!sched.handling)
			sigaction(INTERRUPT, &a, &sched.handled);
		sched.handling = true;
		syscall(SYS_tgkill, getpid(), g->tid, INTERRUPT);
		n++;
	}
	return n;
}

void interrupt_no_more(void)
{
	if (sched.handling)
		sigaction(INTERRUPT, &sched.handled, NULL);
	sched.handling = false;
}

int sl__fd_begin(struct sl__fd_use *use, int fd)
{
	struct sl_g *g = getg(__func__);

	leave_if_dropping(g);
	if (fd < 0 || fd == INT_MAX)
		return -EBADF;
	use->fd = fd;
	sl_entersyscall();
	for (;;) {
		/* Seq_cst, both: either this sees that fd is being closed, or
		 * the closing G sees this one, and interrupts it. */
		atomic_store(&g->in_call, 1 + fd);
		if (atomic_load(&sched.closing) != 1 + fd)
			return 0;
		/* It may be closed already, and the number a new file's. */
		atomic_store(&g->in_call, 0);
		pthread_mutex_lock(&sched.closing_lock);
		pthread_mutex_unlock(&sched.closing_lock);
	}
}

/* The descriptor does not block after all: somebody made it so. */
static int await_event(int fd, int events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = (short)events };
	int64_t left = deadline ? deadline - sl_now() : 0;
	struct timespec ts;
	int r, saved = errno;

	if (left < 0)
		left = 0;
	ts = (struct timespec){ left / 1000000000, left % 1000000000 };
	r = ppoll(&p, 1, deadline ? &ts : NULL, NULL);
	if (r < 0)
		r = -errno;
	else
		r = r == 0 ? -ETIMEDOUT : 0;
	errno = saved;
	return r;
}

bool sl__fd_again(struct sl__fd_use *use, ssize_t *r, int events, int64_t deadline)
{
	struct sl_g *g = self;
	bool dropping;

	if (*r == -EAGAIN) {
		*r = await_event(use->fd, events, deadline);
		if (*r == 0)
			*r = -EINTR;
	}
	dropping = atomic_load_explicit(&sched.dropping, memory_order_relaxed);
	if (*r == -EINTR && !dropping) {
		if (atomic_load(&sched.closing) != 1 + use->fd)
			return true;
		*r = -EBADF;
	}
	/* Release: the closing G sees that the descriptor is no longer in use. */
	atomic_store_explicit(&g->in_call, 0, memory_order_release);
	sl_exitsyscall();
	leave_if_dropping(g);
	return false;
}

/* Its scan of all Gs costs less than the thread of each did. */
int sl__fd_close(int fd)
{
	int err, saved = errno;

	leave_if_dropping(getg(__func__));
	if (fd < 0 || fd == INT_MAX)
		return -EBADF;
	pthread_mutex_lock(&sched.closing_lock);
	atomic_store(&sched.closing, 1 + fd);
	for (int64_t ns = 10000;; ns = 1000000) {
		int n;

		pthread_mutex_lock(&sched.lock);
		n = interrupt(fd);
		pthread_mutex_unlock(&sched.lock);
		if (n == 0)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
	}
	err = sl__close(fd);
	atomic_store(&sched.closing, 0);
	pthread_mutex_unlock(&sched.closing_lock);
	errno = saved;
	return err;
}
