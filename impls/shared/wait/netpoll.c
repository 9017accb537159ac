/* SPDX-License-Identifier: Apache-2.0
 *
 * netpoll.c: waiting on descriptors with epoll.
 *
 * One epoll descriptor a run.  A descriptor is registered once, edge-triggered
 * and for both directions, when it is first used, and stays so until sl_close:
 * waiting costs no system call but the one that found nothing.
 *
 * An edge is told once, so it must not be lost between a system call that found
 * nothing and the queueing of its G.  Each descriptor therefore has a *turn*
 * that moves on with every event:
 *
 *     the G                               who polls
 *     turn noted
 *     read: EAGAIN                        event (after that read)
 *     under the lock: turn as noted?      under the lock: turn + 1,
 *         queue, park                         the waiters out of the queue
 *         else read again
 *
 * What the kernel reports after the read moves the turn after it was noted, so
 * the G is either in the queue by then or sees that the turn has moved.  Every
 * waiter for the event's direction is woken, not the first alone: what it leaves
 * unread causes no further edge.
 *
 * The upper half of turn counts how often the number was closed.  It goes with
 * the registration: an event that was fetched before the close is not the next
 * owner's, and a G that waited before it does not go on with that one's file.
 *
 * Tried and dropped: Go's two slots a descriptor, each idle, ready or one G.
 * They need no lock, but a second lock around them where several Gs read from
 * one descriptor; here, one uncontended lock a wait does for both.
 *
 * LOCKS.  The timers' lock before a descriptor's lock: a time-out expires under
 * both.  The poll holds one descriptor's lock at a time, and no other.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "shared/wait/netpoll.h"

struct sl__pollfd {
	_Alignas(64) uint32_t lock;
	uint32_t kind;                  /* enum sl__fd_kind; written under the lock; read without */
	uint64_t turn;                  /* likewise */
	struct sl__fd_waiter *head, *tail;
};

#define CLOSED_ONCE (UINT64_C(1) << 32)

/* Address space, of which only the pages of numbers in use become memory.  More
 * than this many a process has only where fs.nr_open was raised. */
#define FDS (1 << 20)

static struct {
	uint32_t lock;                  /* of the opening */
	struct sl__pollfd *fds;         /* FDS of them; NULL: not open */
	int epoll, eventfd;
} np;

int32_t sl__netpoll_waiters;

/* ---- Opening and closing ----------------------------------------------- */

#define BREAK UINT64_MAX        /* the eventfd's name in epoll_event.data */

static int open_locked(void)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = BREAK };
	void *p;
	int err;

	np.epoll = sl__above_stdio(epoll_create1(EPOLL_CLOEXEC));
	if (np.epoll < 0)
		return -errno;
	np.eventfd = sl__above_stdio(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (np.eventfd < 0 || epoll_ctl(np.epoll, EPOLL_CTL_ADD, np.eventfd, &e) != 0) {
		err = -errno;
		goto fail;
	}
	p = mmap(NULL, FDS * sizeof *np.fds, PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		err = -ENOMEM;
		goto fail;
	}
	/* Release: who sees the table sees the two descriptors. */
	sl__store(&np.fds, p);
	return 0;
fail:
	close(np.epoll);
	if (np.eventfd >= 0)
		close(np.eventfd);
	return err;
}

static int open_once(void)
{
	int err = 0, saved = errno;

	sl__lock_poll(&np.lock);
	if (!np.fds)
		err = open_locked();
	sl__unlock_poll(&np.lock);
	errno = saved;
	return err;
}

void sl__netpoll_fini(void)
{
	if (!np.fds)
		return;
	close(np.epoll);
	close(np.eventfd);
	munmap(np.fds, FDS * sizeof *np.fds);
	np.fds = NULL;
	sl__netpoll_waiters = 0;
}

/* ---- A descriptor's life ----------------------------------------------- */

static uint64_t name(int fd, uint64_t turn)
{
	return turn / CLOSED_ONCE * CLOSED_ONCE | (uint32_t)fd;
}

/* Its kind, or -errno. */
static int prepare_locked(struct sl__pollfd *pfd, int fd)
{
	struct epoll_event e = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.u64 = name(fd, pfd->turn),
	};
	int flags;

	if (epoll_ctl(np.epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		/* EEXIST: closed by other means than sl_close while a duplicate
		 * kept it registered, and then made anew from that. */
		if (errno == EEXIST)
			epoll_ctl(np.epoll, EPOLL_CTL_MOD, fd, &e);
		else if (errno == EPERM)
			return SL__FD_DIRECT;
		else
			return -errno;
	}
	if (sl__fd_inherited(fd))
		return SL__FD_SHARED;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0))
		return -errno;
	return SL__FD_PLAIN;
}

static int prepare(struct sl__pollfd *pfd, int fd)
{
	int kind, saved = errno;

	sl__lock_poll(&pfd->lock);
	kind = (int)pfd->kind;
	if (kind == SL__FD_UNUSED) {
		kind = prepare_locked(pfd, fd);
		if (kind > 0)
			sl__store(&pfd->kind, (uint32_t)kind);
	}
	sl__unlock_poll(&pfd->lock);
	errno = saved;
	return kind;
}

int sl__fd_begin(struct sl__fd_use *use, int fd)
{
	struct sl__pollfd *fds = sl__load(&np.fds);
	int err, kind;

	sl__only_g("a call on a descriptor");
	if (fd < 0)
		return -EBADF;
	if (fd >= FDS)
		return -EMFILE;
	if (sl__unlikely(!fds)) {
		err = open_once();
		if (err)
			return err;
		fds = np.fds;
	}
	use->fd = fd;
	/* Before the kind: a close between the two shows in the turn. */
	use->turn = sl__load(&fds[fd].turn);
	kind = (int)sl__load(&fds[fd].kind);
	if (sl__unlikely(kind == SL__FD_UNUSED)) {
		kind = prepare(&fds[fd], fd);
		if (kind < 0)
			return kind;
	}
	use->kind = (enum sl__fd_kind)kind;
	return 0;
}

static void wake(struct sl__fd_waiter *w)
{
	while (w) {
		struct sl__fd_waiter *next = w->next;

		sl_ready(w->g);
		w = next;
	}
}

/* Takes those that wait for one of events out of the queue and appends them to
 * *end; under the lock.  The new end. */
static struct sl__fd_waiter **take(struct sl__pollfd *pfd, int events, int result,
                                   struct sl__fd_waiter **end)
{
	struct sl__fd_waiter **link = &pfd->head, *w;

	pfd->tail = NULL;
	while ((w = *link)) {
		if (w->events & events) {
			*link = w->next;
			w->queued = false;
			w->result = result;
			*end = w;
			end = &w->next;
		} else {
			pfd->tail = w;
			link = &w->next;
		}
	}
	*end = NULL;
	return end;
}

int sl__fd_close(int fd)
{
	struct sl__pollfd *fds = sl__load(&np.fds), *pfd;
	struct sl__fd_waiter *waiters = NULL;
	int err, saved = errno;

	sl__only_g("sl_close");
	if (!fds || fd < 0 || fd >= FDS)
		return sl__close(fd);
	pfd = &fds[fd];
	sl__lock_poll(&pfd->lock);
	/* A duplicate would keep it registered, under this name. */
	if (pfd->kind == SL__FD_PLAIN || pfd->kind == SL__FD_SHARED)
		epoll_ctl(np.epoll, EPOLL_CTL_DEL, fd, NULL);
	sl__store(&pfd->kind, SL__FD_UNUSED);
	sl__store(&pfd->turn, pfd->turn + CLOSED_ONCE);
	take(pfd, POLLIN | POLLOUT, -EBADF, &waiters);
	errno = saved;
	/* Under the lock, so that nobody prepares what is about to go. */
	err = sl__close(fd);
	sl__unlock_poll(&pfd->lock);
	wake(waiters);
	return err;
}

/* ---- Waiting ----------------------------------------------------------- */

static sl_g *expire(struct sl__timeout *t)
{
	struct sl__fd_waiter *w = sl__container(t, struct sl__fd_waiter, timeout), *q;
	struct sl__pollfd *pfd = w->pfd;
	sl_g *g = NULL;

	sl__lock_poll(&pfd->lock);
	if (w->queued) {
		struct sl__fd_waiter **link = &pfd->head, *before = NULL;

		for (q = pfd->head; q != w; q = q->next) {
			before = q;
			link = &q->next;
		}
		*link = w->next;
		if (pfd->tail == w)
			pfd->tail = before;
		w->queued = false;
		w->result = -ETIMEDOUT;
		g = w->g;
	} else if (!w->g) {
		w->result = -ETIMEDOUT;         /* it is about to queue */
	}
	sl__unlock_poll(&pfd->lock);
	return g;
}

/* Off the G's stack, so holding no lock: a scheduler polls between the park and
 * this, and may come upon any descriptor. */
static bool commit(sl_g *g, void *arg)
{
	struct sl__fd_waiter *w = arg;
	struct sl__pollfd *pfd = w->pfd;

	sl__lock_poll(&pfd->lock);
	if (pfd->turn != w->turn || w->result) {
		sl__unlock_poll(&pfd->lock);
		return false;
	}
	w->g = g;
	w->queued = true;
	if (pfd->head)
		pfd->tail->next = w;
	else
		pfd->head = w;
	pfd->tail = w;
	sl__add(&sl__netpoll_waiters, 1);
	sl__unlock_poll(&pfd->lock);
	sl__netpoll_wanted();
	return true;
}

/* 0: make the call again. */
static int await_event(struct sl__fd_use *use, int events, int64_t deadline)
{
	struct sl__pollfd *pfd = &np.fds[use->fd];
	struct sl__fd_waiter w = {
		.pfd = pfd, .turn = use->turn, .events = events, .timeout.expire = expire,
	};

	if (!deadline)
		deadline = SL_NEVER;
	else if (deadline <= sl_now())
		return -ETIMEDOUT;
	sl__park_until(commit, &w, events & POLLIN ? "descriptor read" : "descriptor write",
	               deadline, &w.timeout);
	if (w.g)
		sl__add(&sl__netpoll_waiters, -1);
	if (w.result)
		return w.result;
	use->turn = sl__load(&pfd->turn);
	return use->turn / CLOSED_ONCE == w.turn / CLOSED_ONCE ? 0 : -EBADF;
}

bool sl__fd_again(struct sl__fd_use *use, ssize_t *r, int events, int64_t deadline)
{
	if (sl__likely(*r != -EAGAIN))
		return *r == -EINTR;
	if (use->kind == SL__FD_DIRECT)
		return false;
	*r = await_event(use, events, deadline);
	return *r == 0;
}

/* ---- Polling ----------------------------------------------------------- */

/* epoll_pwait2 came with Linux 5.11; an emulator may lack it yet, and a filter
 * of system calls may refuse it. */
static int epoll_until(struct epoll_event *e, int n, int64_t until)
{
#ifdef SYS_epoll_pwait2
	static bool lacking;            /* read and written whole; errors cost a call */
#endif
	int64_t left = until == 0 ? 0 : until == SL_NEVER ? -1 : until - sl_now();
	int ms;

	if (until && until != SL_NEVER && left < 0)
		left = 0;
#ifdef SYS_epoll_pwait2
	if (left > 0 && !__atomic_load_n(&lacking, __ATOMIC_RELAXED)) {
		struct timespec ts = { left / 1000000000, left % 1000000000 };
		int r = (int)syscall(SYS_epoll_pwait2, np.epoll, e, n, &ts, NULL, (size_t)0);

		if (r >= 0 || (errno != ENOSYS && errno != EPERM))
			return r;
		__atomic_store_n(&lacking, true, __ATOMIC_RELAXED);
	}
#endif
	if (left <= 0)
		ms = (int)left;
	else
		ms = left / 1000000 < INT_MAX ? (int)((left + 999999) / 1000000) : INT_MAX;
	return epoll_wait(np.epoll, e, n, ms);
}

static int directions(uint32_t events)
{
	int d = 0;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		d |= POLLIN;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		d |= POLLOUT;
	return d;
}

struct sl__fd_waiter *sl__netpoll(int64_t until)
{
	struct sl__fd_waiter *list = NULL, **end = &list;
	struct epoll_event e[64];
	int saved = errno;
	int n = epoll_until(e, (int)(sizeof e / sizeof *e), until);

	errno = saved;
	for (int i = 0; i < n; i++) {
		struct sl__pollfd *pfd;
		uint64_t id = e[i].data.u64;

		if (id == BREAK)
			continue;
		pfd = &np.fds[(uint32_t)id];
		sl__lock_poll(&pfd->lock);
		if (name((int)(uint32_t)id, pfd->turn) == id) {
			/* The lower half wraps around within itself. */
			sl__store(&pfd->turn, pfd->turn / CLOSED_ONCE * CLOSED_ONCE |
			                      (uint32_t)(pfd->turn + 1));
			end = take(pfd, directions(e[i].events), 0, end);
		}
		sl__unlock_poll(&pfd->lock);
	}
	return list;
}

void sl__netpoll_break(void)
{
	uint64_t one = 1;
	ssize_t r = write(np.eventfd, &one, sizeof one);

	(void)r;
}

void sl__netpoll_mend(void)
{
	uint64_t count;
	ssize_t r = read(np.eventfd, &count, sizeof count);

	(void)r;
}
