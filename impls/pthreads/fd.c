/* SPDX-License-Identifier: Apache-2.0
 *
 * fd.c: calls on descriptors, for shared/wait/fd.c.
 *
 * Descriptors stay blocking: a call on one stops its thread.  sl_close interrupts
 * the threads that are inside such a call by a signal whose handler does nothing,
 * and closes when they have left: until then they still use the number.  But it
 * does not wait for one that blocks the signal: that stays in its call, asleep, until
 * this ends by itself, and does not come back to the number.
 */
#include <errno.h>
#include <poll.h>

#include "pthreads.h"
#include "shared/signal.h"
#include "shared/thread.h"
#include "shared/wait/fd.h"

#define PATIENCE 50             /* milliseconds, for who is about to enter its call */

/* The thread leaves its call, or is about to be interrupted in it: one of the two.  What
 * was sent to it is delivered at the end of a system call, at the latest; or another
 * call, of the program's, would be interrupted by it. */
static void leave_call(struct sl_g *g, int fd)
{
	int in = 1 + fd;

	/* Release: the closing G sees that the descriptor is no longer in use.  Acquire:
	 * interrupted is seen. */
	for (int n = 0; !atomic_compare_exchange_strong_explicit(&g->in_call, &in, 0, memory_order_acq_rel,
	                                                         memory_order_relaxed); n++) {
		/* Who interrupts is some instructions away. */
		in = 1 + fd;
		if (n < 100)
			sl__pause(1);
		else
			sched_yield();
	}
	g->left_alone = false;
	if (sl__unlikely(g->interrupted)) {
		g->interrupted = false;
		getppid();
	}
}

static void do_nothing(void)
{
}

static void send_signal(struct sl_g *g)
{
	if (!sched.handling)
		sched.handling = sl__signal_begin(do_nothing, 0);       /* no SA_RESTART */
	sl__signal_hold();
	sl__signal_send(g->tid);
}

int interrupt(int fd, bool patient)
{
	int n = 0;

	for (struct sl_g *g = sched.live; g; g = g->next) {
		/* Seq_cst: see sl__fd_begin. */
		int in = atomic_load(&g->in_call);

		if (!in || (fd >= 0 && in != 1 + fd) ||
		    !atomic_compare_exchange_strong(&g->in_call, &in, -in))
			continue;
		/* Asleep, so past its look at the number. */
		if (!patient && sl__thread_sleeps(g->tid, sl__signal_number(), true))
			g->left_alone = true;
		if (!g->left_alone) {
			send_signal(g);
			g->interrupted = true;
			n++;
		}
		/* Release: pairs with leave_call. */
		atomic_store_explicit(&g->in_call, in, memory_order_release);
	}
	return n;
}

void interrupt_no_more(void)
{
	if (sched.handling)
		sl__signal_end();
	sched.handling = false;
}

int sl__fd_begin(struct sl__fd_use *use, int fd)
{
	struct sl_g *g = getg("a call on a descriptor");

	leave_if_dropping(g);
	if (fd < 0 || fd == INT_MAX)
		return -EBADF;
	use->fd = fd;
	use->kind = SL__FD_PLAIN;
	sl_entersyscall();
	if (!g->tid)
		g->tid = (pid_t)syscall(SYS_gettid);
	for (;;) {
		/* Seq_cst, both: either this sees that fd is being closed, or
		 * the closing G sees this one, and interrupts it. */
		atomic_store(&g->in_call, 1 + fd);
		if (atomic_load(&sched.closing) != 1 + fd)
			return 0;
		/* It may be closed already, and the number a new file's. */
		leave_call(g, fd);
		pthread_mutex_lock(&sched.closing_lock);
		pthread_mutex_unlock(&sched.closing_lock);
	}
}

/* The descriptor does not block after all: somebody made it so. */
static int await_event(int fd, int events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = (short)events };
	int64_t now = sl_now(), left = deadline > now ? deadline - now : 0;
	struct timespec ts;
	int r, saved = errno;

	ts = (struct timespec){ left / 1000000000, left % 1000000000 };
	r = ppoll(&p, 1, deadline ? &ts : NULL, NULL);
	if (r < 0)
		r = -errno;
	else
		r = r == 0 ? -ETIMEDOUT : 0;
	errno = saved;
	return r;
}

/* Is the number about to be, or already, no longer what the call was made on?  In this
 * order: left_alone was set before closing was taken back. */
static bool closed_under(struct sl_g *g, int fd)
{
	return atomic_load(&sched.closing) == 1 + fd || atomic_load(&g->left_alone);
}

bool sl__fd_again(struct sl__fd_use *use, ssize_t *r, int events, int64_t deadline)
{
	struct sl_g *g = self;
	bool dropping;

	if (*r == -EAGAIN && !closed_under(g, use->fd)) {
		*r = await_event(use->fd, events, deadline);
		if (*r == 0)
			*r = -EINTR;
	}
	dropping = atomic_load_explicit(&sched.dropping, memory_order_relaxed);
	if (*r == -EINTR && !dropping) {
		if (!closed_under(g, use->fd))
			return true;
		*r = -EBADF;
	}
	leave_call(g, use->fd);
	sl_exitsyscall();
	leave_if_dropping(g);
	return false;
}

/* Its scan of all Gs costs less than the thread of each did. */
int sl__fd_close(int fd)
{
	int err, saved = errno;

	leave_if_dropping(getg("sl_close"));
	if (fd < 0 || fd == INT_MAX)
		return -EBADF;
	pthread_mutex_lock(&sched.closing_lock);
	atomic_store(&sched.closing, 1 + fd);
	for (int i = 0;; i++) {
		int n;

		pthread_mutex_lock(&sched.lock);
		n = interrupt(fd, i < PATIENCE);
		pthread_mutex_unlock(&sched.lock);
		if (n == 0)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = i ? 1000000 : 10000 }, NULL);
	}
	err = sl__close(fd);
	atomic_store(&sched.closing, 0);
	pthread_mutex_unlock(&sched.closing_lock);
	errno = saved;
	return err;
}
