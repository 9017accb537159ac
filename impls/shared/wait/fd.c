/* SPDX-License-Identifier: Apache-2.0
 *
 * fd.c: the calls on descriptors, written once over fd.h.
 *
 * errno belongs to the thread, and a G changes threads when it waits; the
 * compiler may keep errno's address over a call.  So it is used in the small
 * functions below alone, none of which parks, and put back there.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>

#include "shared/wait/fd.h"

#define CALL(type, name, params, call) \
	static __attribute__((noinline)) type name params \
	{ \
		int saved = errno; \
		type r = call; \
		\
		if (r < 0) { \
			r = -errno; \
			errno = saved; \
		} \
		return r; \
	}

CALL(ssize_t, call_read, (int fd, void *buf, size_t n), read(fd, buf, n))
CALL(ssize_t, call_readv, (int fd, const struct iovec *v), preadv2(fd, v, 1, -1, RWF_NOWAIT))
CALL(ssize_t, call_writev, (int fd, const struct iovec *v), pwritev2(fd, v, 1, -1, RWF_NOWAIT))
CALL(ssize_t, call_write, (int fd, const void *buf, size_t n), write(fd, buf, n))
CALL(int, call_accept, (int fd, struct sockaddr *a, socklen_t *len), accept4(fd, a, len, SOCK_CLOEXEC))
CALL(int, call_connect, (int fd, const struct sockaddr *a, socklen_t len), connect(fd, a, len))
CALL(int, call_getsockopt, (int fd, int opt, int *v, socklen_t *len), getsockopt(fd, SOL_SOCKET, opt, v, len))
CALL(int, call_poll, (struct pollfd *p), poll(p, 1, 0))
CALL(int, call_getfd, (int fd), fcntl(fd, F_GETFD))

/* ---- Calls that may block: fd.h says which, and why ---------------------- */

static bool ready(int fd, int events)
{
	return call_poll(&(struct pollfd){ .fd = fd, .events = (short)events }) > 0;
}

/* Has the kernel no such call for this file, or at all? */
static bool lacking(ssize_t r)
{
	return r == -EOPNOTSUPP || r == -ENOSYS;
}

static ssize_t do_read(const struct sl__fd_use *use, void *buf, size_t n)
{
	int fd = use->fd;
	ssize_t r;

	if (sl__likely(use->kind == SL__FD_PLAIN))
		return call_read(fd, buf, n);
	if (use->kind == SL__FD_SHARED) {
		r = call_readv(fd, &(struct iovec){ buf, n });
		if (!lacking(r))
			return r;
		if (!ready(fd, POLLIN))
			return -EAGAIN;
	}
	sl_entersyscall();
	r = call_read(fd, buf, n);
	sl_exitsyscall();
	return r;
}

static ssize_t do_write(const struct sl__fd_use *use, const void *buf, size_t n)
{
	int fd = use->fd;
	ssize_t r;

	if (sl__likely(use->kind == SL__FD_PLAIN))
		return call_write(fd, buf, n);
	if (use->kind == SL__FD_SHARED) {
		r = call_writev(fd, &(struct iovec){ (void *)buf, n });
		if (!lacking(r))
			return r;
		if (!ready(fd, POLLOUT))
			return -EAGAIN;
		/* There is room for so much, but not for all. */
		if (n > PIPE_BUF)
			n = PIPE_BUF;
	}
	sl_entersyscall();
	r = call_write(fd, buf, n);
	sl_exitsyscall();
	return r;
}

static int do_accept(const struct sl__fd_use *use, struct sockaddr *addr, socklen_t *len)
{
	int r;

	if (sl__likely(use->kind == SL__FD_PLAIN))
		return call_accept(use->fd, addr, len);
	if (!ready(use->fd, POLLIN))
		return -EAGAIN;
	sl_entersyscall();
	r = call_accept(use->fd, addr, len);
	sl_exitsyscall();
	return r;
}

static int do_connect(const struct sl__fd_use *use, const struct sockaddr *addr, socklen_t len)
{
	int r;

	if (sl__likely(use->kind == SL__FD_PLAIN))
		return call_connect(use->fd, addr, len);
	sl_entersyscall();
	r = call_connect(use->fd, addr, len);
	sl_exitsyscall();
	return r;
}

/* ---- What the program calls ---------------------------------------------- */

int sl_fd(int fd)
{
	struct sl__fd_use use;
	ssize_t r = sl__fd_begin(&use, fd);

	if (r)
		return (int)r;
	do
		r = call_getfd(fd);
	while (sl__fd_again(&use, &r, 0, 0));
	return r < 0 ? (int)r : 0;
}

int sl_close(int fd)
{
	return sl__fd_close(fd);
}

ssize_t sl_read(int fd, void *buf, size_t n)
{
	struct sl__fd_use use;
	ssize_t r = sl__fd_begin(&use, fd);

	if (r)
		return r;
	do
		r = do_read(&use, buf, n);
	while (sl__fd_again(&use, &r, POLLIN, 0));
	return r;
}

/* All of it, as a blocking descriptor would; less only if an error comes after
 * a part, which the next call will see again. */
ssize_t sl_write(int fd, const void *buf, size_t n)
{
	struct sl__fd_use use;
	ssize_t r = sl__fd_begin(&use, fd);
	size_t done = 0;

	if (r)
		return r;
	do {
		do {
			r = do_write(&use, (const char *)buf + done, n - done);
			if (r > 0)
				done += (size_t)r;
		} while (r > 0 && done < n);
	} while (sl__fd_again(&use, &r, POLLOUT, 0));
	return done ? (ssize_t)done : r;
}

int sl_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sl__fd_use use;
	ssize_t r = sl__fd_begin(&use, fd);

	if (r)
		return (int)r;
	do {
		/* The peer gave up while it was queued: on to the next. */
		do
			r = do_accept(&use, addr, len);
		while (r == -ECONNABORTED);
	} while (sl__fd_again(&use, &r, POLLIN, 0));
	return (int)r;
}

int sl_wait_fd(int fd, int events, int64_t deadline_ns)
{
	struct sl__fd_use use;
	ssize_t r;

	sl__only_g("sl_wait_fd");
	if (events == 0 || events & ~(POLLIN | POLLOUT))
		return -EINVAL;
	r = sl__fd_begin(&use, fd);
	if (r)
		return (int)r;
	do {
		struct pollfd p = { .fd = fd, .events = (short)events };

		r = call_poll(&p);
		if (r > 0)
			r = p.revents & POLLNVAL ? -EBADF : 0;
		else if (r == 0)
			r = -EAGAIN;
	} while (sl__fd_again(&use, &r, events, deadline_ns));
	return (int)r;
}

/* Waits for the end of a connection's making.  That the socket is ready says
 * so only together with its error: registered with epoll before it is
 * connected, a socket is once reported as hung up. */
static int await_connect(int fd)
{
	int err = sl_wait_fd(fd, POLLOUT, 0), so_error;
	socklen_t len = sizeof so_error;

	if (!err)
		err = call_getsockopt(fd, SO_ERROR, &so_error, &len);
	return err ? err : -so_error;
}

#define RETRY_NS 1000000        /* a local socket's full queue cannot be waited for */

int sl_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	bool interrupted = false;

	for (;;) {
		struct sl__fd_use use;
		ssize_t r = sl__fd_begin(&use, fd);

		if (r)
			return (int)r;
		r = do_connect(&use, addr, len);
		/* It goes on without us: the next call tells how it stands. */
		if (interrupted && r == -EISCONN)
			r = 0;
		if (r == -EALREADY && interrupted)
			r = -EINPROGRESS;
		interrupted |= r == -EINTR;
		if (r == -EAGAIN) {
			r = 0;
			sl__fd_again(&use, &r, 0, 0);   /* ends the use */
			sl_sleep(RETRY_NS);
		} else if (!sl__fd_again(&use, &r, POLLOUT, 0)) {
			return r == -EINPROGRESS ? await_connect(fd) : (int)r;
		}
	}
}
