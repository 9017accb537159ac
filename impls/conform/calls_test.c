/* SPDX-License-Identifier: Apache-2.0
 *
 * calls_test.c: calls of the C library that block, made by Gs that do not announce
 * them, beside Gs that compute.  A program that never asked for a signal need not
 * expect EINTR, so preemption may neither make such a call fail nor shorten it: each
 * that signal(7) names as one that SA_RESTART does not cover, those that it covers,
 * and those that then return with a part of what was asked for.
 */
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "conform/preempt_test.h"

#define MS 1000000ll
#define LONG_NS (25 * MS)               /* some slices, and ticks of the kernel's clock */

static _Atomic int broken;

/* A call is to last for as long, by the clock that it goes by. */
static struct timespec in(clockid_t clock, int64_t ns)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	ns += ts.tv_nsec;
	return (struct timespec){ ts.tv_sec + ns / 1000000000, ns % 1000000000 };
}

static const struct timespec span = { .tv_nsec = LONG_NS };
static const struct timeval span_us = { .tv_usec = LONG_NS / 1000 };

/* ---- By the clock: the call is to fail with this errno, or return r ------ */

static bool failed(long r, int want)
{
	return r == -1 && errno == want;
}

static bool try_nanosleep(void) { return nanosleep(&span, NULL) == 0; }
static bool try_usleep(void) { return usleep(LONG_NS / 1000) == 0; }
static bool try_sleep(void) { return sleep(1) == 0; }
static bool try_clock_nanosleep(void) { return clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL) == 0; }

static bool try_clock_nanosleep_until(void)
{
	struct timespec until = in(CLOCK_REALTIME, LONG_NS);

	return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL) == 0;
}

static int quiet_pipe[2];       /* to which nobody writes */

static bool try_poll(void)
{
	struct pollfd p = { .fd = quiet_pipe[0], .events = POLLIN };

	return poll(&p, 1, LONG_NS / MS) == 0;
}

static bool try_ppoll(void)
{
	struct pollfd p = { .fd = quiet_pipe[0], .events = POLLIN };

	return ppoll(&p, 1, &span, NULL) == 0;
}

static bool try_select(void)
{
	struct timeval left = span_us;
	fd_set set;

	FD_ZERO(&set);
	FD_SET(quiet_pipe[0], &set);
	return select(quiet_pipe[0] + 1, &set, NULL, NULL, &left) == 0;
}

static bool try_pselect(void)
{
	return pselect(0, NULL, NULL, NULL, &span, NULL) == 0;
}

static bool wait_in_epoll(int (*wait)(int, struct epoll_event *))
{
	struct epoll_event e;
	int ep = epoll_create1(EPOLL_CLOEXEC);
	bool whole = wait(ep, &e) == 0;

	close(ep);
	return whole;
}

static int epoll_1(int ep, struct epoll_event *e) { return epoll_wait(ep, e, 1, LONG_NS / MS); }
static int epoll_2(int ep, struct epoll_event *e) { return epoll_pwait(ep, e, 1, LONG_NS / MS, NULL); }
static bool try_epoll_wait(void) { return wait_in_epoll(epoll_1); }
static bool try_epoll_pwait(void) { return wait_in_epoll(epoll_2); }

static sem_t nobody_posts;

static bool try_sem_timedwait(void)
{
	struct timespec until = in(CLOCK_REALTIME, LONG_NS);

	return failed(sem_timedwait(&nobody_posts, &until), ETIMEDOUT);
}

static pthread_mutex_t always_locked = PTHREAD_MUTEX_INITIALIZER;

static bool try_mutex_timedlock(void)
{
	struct timespec until = in(CLOCK_REALTIME, LONG_NS);

	return pthread_mutex_timedlock(&always_locked, &until) == ETIMEDOUT;
}

static bool try_cond_timedwait(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	struct timespec until = in(CLOCK_REALTIME, LONG_NS);
	bool whole;

	pthread_mutex_lock(&m);
	whole = pthread_cond_timedwait(&c, &m, &until) == ETIMEDOUT;
	pthread_mutex_unlock(&m);
	return whole;
}

/* As a program's own lock would: not retried by the C library. */
static bool try_futex(void)
{
	static _Atomic uint32_t word;

	return failed(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &span, NULL, 0), ETIMEDOUT);
}

static bool try_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return failed(sigtimedwait(&set, NULL, &span), EAGAIN);
}

static int sem_id = -1, msg_id = -1;

static bool try_semtimedop(void)
{
	struct sembuf take = { .sem_num = 0, .sem_op = -1 };

	return failed(semtimedop(sem_id, &take, 1, &span), EAGAIN);
}

static bool on_socket(int opt, bool (*call)(const int fd[2]))
{
	int fd[2];
	bool whole;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		return false;
	setsockopt(fd[0], SOL_SOCKET, opt, &span_us, sizeof span_us);
	whole = call(fd);
	close(fd[0]);
	close(fd[1]);
	return whole;
}

static bool receive(const int fd[2])
{
	char c;

	return failed(recv(fd[0], &c, 1, 0), EAGAIN);
}

static bool fill(const int fd[2])
{
	char block[4096] = { 0 };

	while (send(fd[0], block, sizeof block, MSG_DONTWAIT) > 0)
		;
	return failed(send(fd[0], block, sizeof block, 0), EAGAIN);
}

static bool try_recv_with_timeout(void) { return on_socket(SO_RCVTIMEO, receive); }
static bool try_send_with_timeout(void) { return on_socket(SO_SNDTIMEO, fill); }

/* A listener with a name of its own in the abstract space. */
static int listen_locally(struct sockaddr_un *a, int backlog)
{
	static _Atomic int n;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a->sun_path + 1, sizeof a->sun_path - 1, "schedlab-%d-%d", (int)getpid(), n++);
	if (bind(fd, (struct sockaddr *)a, sizeof *a) != 0 || listen(fd, backlog) != 0)
		check(false);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &span_us, sizeof span_us);
	return fd;
}

static bool try_accept_with_timeout(void)
{
	struct sockaddr_un a;
	int fd = listen_locally(&a, 1);
	bool whole = failed(accept(fd, NULL, NULL), EAGAIN);

	close(fd);
	return whole;
}

static bool try_connect_with_timeout(void)
{
	struct sockaddr_un a;
	int listener = listen_locally(&a, 0), fd[2];
	bool whole = false;

	/* The second finds the queue full. */
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(fd[i], SOL_SOCKET, SO_SNDTIMEO, &span_us, sizeof span_us);
		whole = failed(connect(fd[i], (struct sockaddr *)&a, sizeof a), EAGAIN);
	}
	close(fd[0]);
	close(fd[1]);
	close(listener);
	return whole;
}

static mqd_t quiet_mq = (mqd_t)-1;

static bool try_mq_timedreceive(void)
{
	struct timespec until = in(CLOCK_REALTIME, LONG_NS);
	char text[64];

	return failed(mq_timedreceive(quiet_mq, text, sizeof text, NULL, &until), ETIMEDOUT);
}

static bool try_io_getevents(void)
{
	unsigned long context = 0;
	char event[32];
	bool whole;

	if (syscall(SYS_io_setup, 1, &context) != 0)
		return true;
	whole = syscall(SYS_io_getevents, context, 1L, 1L, event, &span) == 0;
	syscall(SYS_io_destroy, context);
	return whole;
}

static bool try_aio_suspend(void)
{
	char c;
	struct aiocb a = { .aio_buf = &c, .aio_nbytes = 1 };
	const struct aiocb *list[] = { &a };
	int fd[2];
	bool whole;

	check(pipe2(fd, O_CLOEXEC) == 0);
	a.aio_fildes = fd[0];
	a.aio_sigevent.sigev_notify = SIGEV_NONE;
	check(aio_read(&a) == 0);
	whole = failed(aio_suspend(list, 1, &span), EAGAIN);
	check(write(fd[1], "x", 1) == 1);
	/* It uses c until then. */
	while (aio_error(&a) == EINPROGRESS)
		usleep(1000);
	close(fd[0]);
	close(fd[1]);
	return whole;
}

/* ---- Until somebody else does something ---------------------------------- */

/* What a thread that is no G does to end a call. */
struct end { void (*fn)(int); int arg; pthread_t t; };

static void *end_in_a_while(void *arg)
{
	struct end *e = arg;

	nanosleep(&span, NULL);
	e->fn(e->arg);
	return NULL;
}

static void end_by(struct end *e, void (*fn)(int), int arg)
{
	*e = (struct end){ .fn = fn, .arg = arg };
	check(pthread_create(&e->t, NULL, end_in_a_while, e) == 0);
}

static bool ended(struct end *e, bool whole)
{
	check(pthread_join(e->t, NULL) == 0);
	return whole;
}

static void write_one(int fd) { check(write(fd, "x", 1) == 1); }

/* Without a timeout, on a pipe that is written to. */
static bool until_written(bool (*call)(int fd))
{
	struct end e;
	int fd[2];
	bool whole;

	check(pipe2(fd, O_CLOEXEC) == 0);
	end_by(&e, write_one, fd[1]);
	whole = ended(&e, call(fd[0]));
	close(fd[0]);
	close(fd[1]);
	return whole;
}

static bool read_it(int fd) { char c; return read(fd, &c, 1) == 1; }
static bool poll_it(int fd) { struct pollfd p = { .fd = fd, .events = POLLIN }; return poll(&p, 1, -1) == 1; }

static bool select_it(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, NULL) == 1;
}

static bool epoll_it(int fd)
{
	struct epoll_event e = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	bool whole = epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) == 0 && epoll_wait(ep, &e, 1, -1) == 1;

	close(ep);
	return whole;
}

static bool readv_it(int fd)
{
	char c;
	struct iovec v = { &c, 1 };

	return readv(fd, &v, 1) == 1;
}

static bool try_read(void) { return until_written(read_it); }
static bool try_readv(void) { return until_written(readv_it); }
static bool try_poll_without_end(void) { return until_written(poll_it); }
static bool try_select_without_end(void) { return until_written(select_it); }
static bool try_epoll_without_end(void) { return until_written(epoll_it); }

static void drain_slowly(int fd)
{
	char block[8192];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) > 0)
		usleep(200);
}

enum { MUCH = 512 << 10 };

/* In pieces, as the reader makes room: what has begun is to come to its end. */
static bool write_much(bool (*call)(int fd, const char *data))
{
	char *data = calloc(1, MUCH);
	struct end e;
	int fd[2];
	bool whole;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
	end_by(&e, drain_slowly, fd[0]);
	whole = call(fd[1], data);
	shutdown(fd[1], SHUT_WR);
	ended(&e, true);
	close(fd[0]);
	close(fd[1]);
	free(data);
	return whole;
}

static bool write_it(int fd, const char *data) { return write(fd, data, MUCH) == MUCH; }
static bool send_it(int fd, const char *data) { return send(fd, data, MUCH, 0) == MUCH; }

static bool writev_it(int fd, const char *data)
{
	struct iovec v[2] = { { (void *)data, MUCH / 2 }, { (void *)(data + MUCH / 2), MUCH / 2 } };

	return writev(fd, v, 2) == MUCH;
}

static bool sendfile_it(int fd, const char *data)
{
	int file = memfd_create("data", MFD_CLOEXEC);
	bool whole = write(file, data, MUCH) == MUCH && lseek(file, 0, SEEK_SET) == 0 &&
	             sendfile(fd, file, NULL, MUCH) == MUCH;

	close(file);
	return whole;
}

static bool try_write(void) { return write_much(write_it); }
static bool try_send(void) { return write_much(send_it); }
static bool try_writev(void) { return write_much(writev_it); }
static bool try_sendfile(void) { return write_much(sendfile_it); }

static void write_slowly(int fd)
{
	for (int i = 0; i < 40; i++) {
		check(write(fd, "0123456789abcdef", 16) == 16);
		usleep(500);
	}
}

static bool try_recv_all(void)
{
	char all[640];
	struct end e;
	int fd[2];
	bool whole;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
	end_by(&e, write_slowly, fd[1]);
	whole = ended(&e, recv(fd[0], all, sizeof all, MSG_WAITALL) == sizeof all);
	close(fd[0]);
	close(fd[1]);
	return whole;
}

static sem_t posted;

static void post(int n) { (void)n; sem_post(&posted); }

static bool try_sem_wait(void)
{
	struct end e;

	end_by(&e, post, 0);
	return ended(&e, sem_wait(&posted) == 0);
}

static void release(int n)
{
	struct sembuf give = { .sem_num = (unsigned short)n, .sem_op = 1 };

	check(semop(sem_id, &give, 1) == 0);
}

static bool try_semop(void)
{
	struct sembuf take = { .sem_num = 1, .sem_op = -1 };
	struct end e;

	end_by(&e, release, 1);
	return ended(&e, semop(sem_id, &take, 1) == 0);
}

struct message { long type; char text[1]; };

static void send_message(int type)
{
	struct message m = { .type = type };

	check(msgsnd(msg_id, &m, sizeof m.text, 0) == 0);
}

static bool try_msgrcv(void)
{
	struct message m;
	struct end e;

	end_by(&e, send_message, 1);
	return ended(&e, msgrcv(msg_id, &m, sizeof m.text, 1, 0) == sizeof m.text);
}

static bool try_timerfd(void)
{
	struct itimerspec once = { .it_value = span };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t n;
	bool whole;

	check(timerfd_settime(fd, 0, &once, NULL) == 0);
	whole = read(fd, &n, sizeof n) == sizeof n;
	close(fd);
	return whole;
}

static void unlock(int fd) { check(flock(fd, LOCK_UN) == 0); }

static bool try_flock(void)
{
	char path[64];
	struct end e;
	int a = memfd_create("locked", MFD_CLOEXEC), b;
	bool whole;

	snprintf(path, sizeof path, "/proc/self/fd/%d", a);
	b = open(path, O_RDWR | O_CLOEXEC);
	check(flock(a, LOCK_EX) == 0);
	end_by(&e, unlock, a);
	whole = ended(&e, flock(b, LOCK_EX) == 0);
	close(a);
	close(b);
	return whole;
}

extern char **environ;

static bool try_waitpid(void)
{
	char *argv[] = { "sleep", "0.02", NULL };
	int status;
	pid_t pid;

	if (getenv("CONFORM_PATIENCE"))
		return true;            /* an emulator would have to emulate it too */
	return posix_spawnp(&pid, "sleep", NULL, NULL, argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool try_system(void)
{
	return getenv("CONFORM_PATIENCE") || system("exec sleep 0.02") == 0;
}

/* ---- One that begins at any moment -------------------------------------- */

/* The signal comes between two calls, never in one that has just begun. */
static void compute_and_sleep(void *arg)
{
	int64_t until = sl_now() + 100 * MS;

	(void)arg;
	while (sl_now() < until) {
		int64_t t = sl_now() + random_below(20000);

		while (sl_now() < t)
			;
		if (nanosleep(&(struct timespec){ .tv_nsec = 1 + random_below(20000) }, NULL) != 0)
			broken++;
	}
	sl_wg_done(&wg);
}

static void compute_and_sleep_on_all(void *arg)
{
	(void)arg;
	do {
		start(compute_and_sleep, 2 * conform.procs);
		sl_wg_wait(&wg);
	} while (conform_counter("preemptions") < conform_n(20, 2000));
}

CONFORM_TEST(preempt_between_calls, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_own_preemption();
	short_slices();
	run_here(compute_and_sleep_on_all);
	check(broken == 0);
}

/* ---- What others may do meanwhile ---------------------------------------- */

static int pipes[2];

static void read_unannounced(void *arg)
{
	char c;

	(void)arg;
	count += read(pipes[0], &c, 1) == 1;
	sl_wg_done(&wg);
}

static void write_for_all(void *arg)
{
	for (int n = (int)(intptr_t)arg; n > 0; n--)
		check(write(pipes[1], "x", 1) == 1);
	sl_wg_done(&wg);
}

/* All Ps are theirs, and what they wait for is another G's to do. */
static void read_on_every_p(void *arg)
{
	int n = 2 * conform.procs;

	(void)arg;
	check(pipe2(pipes, O_CLOEXEC) == 0);
	for (int i = 0; i < 5; i++) {
		count = 0;
		start(read_unannounced, n);
		for (int64_t t = sl_now(); sl_now() - t < MS; )
			sl_yield();
		sl_wg_add(&wg, 1);
		sl_go(write_for_all, (void *)(intptr_t)n);
		sl_wg_wait(&wg);
		check(count == n);
		check(sl_procs(0) == conform.procs);
	}
	close(pipes[0]);
	close(pipes[1]);
}

CONFORM_TEST(preempt_beside_calls_that_are_not_announced, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_own_preemption();
	for (int i = 0; i < conform_n(1, 50); i++)
		run_here(read_on_every_p);
}

/* ---- All of them --------------------------------------------------------- */

static const struct call { const char *name; bool (*whole)(void); int64_t least; } calls[] = {
	{ "nanosleep", try_nanosleep, LONG_NS },
	{ "usleep", try_usleep, LONG_NS },
	{ "sleep", try_sleep, 1000 * MS },
	{ "clock_nanosleep", try_clock_nanosleep, LONG_NS },
	{ "clock_nanosleep, TIMER_ABSTIME", try_clock_nanosleep_until, LONG_NS },
	{ "poll", try_poll, LONG_NS },
	{ "ppoll", try_ppoll, LONG_NS },
	{ "select", try_select, LONG_NS },
	{ "pselect", try_pselect, LONG_NS },
	{ "epoll_wait", try_epoll_wait, LONG_NS },
	{ "epoll_pwait", try_epoll_pwait, LONG_NS },
	{ "sem_timedwait", try_sem_timedwait, LONG_NS },
	{ "pthread_mutex_timedlock", try_mutex_timedlock, LONG_NS },
	{ "pthread_cond_timedwait", try_cond_timedwait, LONG_NS },
	{ "futex", try_futex, LONG_NS },
	{ "sigtimedwait", try_sigtimedwait, LONG_NS },
	{ "semtimedop", try_semtimedop, LONG_NS },
	{ "recv, SO_RCVTIMEO", try_recv_with_timeout, LONG_NS },
	{ "send, SO_SNDTIMEO", try_send_with_timeout, LONG_NS },
	{ "accept, SO_RCVTIMEO", try_accept_with_timeout, LONG_NS },
	{ "connect, SO_SNDTIMEO", try_connect_with_timeout, LONG_NS },
	{ "mq_timedreceive", try_mq_timedreceive, LONG_NS },
	{ "io_getevents", try_io_getevents, 0 },
	{ "aio_suspend", try_aio_suspend, LONG_NS },
	{ "poll, without end", try_poll_without_end, 0 },
	{ "select, without end", try_select_without_end, 0 },
	{ "epoll_wait, without end", try_epoll_without_end, 0 },
	{ "read", try_read, 0 },
	{ "readv", try_readv, 0 },
	{ "write", try_write, 0 },
	{ "writev", try_writev, 0 },
	{ "send", try_send, 0 },
	{ "sendfile", try_sendfile, 0 },
	{ "recv, MSG_WAITALL", try_recv_all, 0 },
	{ "sem_wait", try_sem_wait, 0 },
	{ "semop", try_semop, 0 },
	{ "msgrcv", try_msgrcv, 0 },
	{ "read of a timerfd", try_timerfd, LONG_NS },
	{ "flock", try_flock, 0 },
	{ "waitpid", try_waitpid, 0 },
	{ "system", try_system, 0 },
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static void make_call(void *arg)
{
	const struct call *c = arg;
	int64_t t = sl_now();
	bool whole = c->whole();
	int err = errno;

	t = sl_now() - t;
	/* Clocks differ by less than a nanosecond here and there, roundings by a µs. */
	if (!whole || t < c->least - 2000) {
		fprintf(stderr, "%s: %s after %lld us\n", c->name,
		        whole ? "returned" : strerror(err), (long long)t / 1000);
		broken++;
	}
	count++;
	sl_wg_done(&wg);
}

static void prepare(void)
{
	char name[64];
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 64 };

	check(pipe2(quiet_pipe, O_CLOEXEC) == 0);
	check(sem_init(&nobody_posts, 0, 0) == 0 && sem_init(&posted, 0, 0) == 0);
	pthread_mutex_lock(&always_locked);
	sem_id = semget(IPC_PRIVATE, 2, 0600);
	msg_id = msgget(IPC_PRIVATE, 0600);
	snprintf(name, sizeof name, "/schedlab-%d", (int)getpid());
	quiet_mq = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
	mq_unlink(name);
	check(sem_id >= 0 && msg_id >= 0 && quiet_mq != (mqd_t)-1);
}

static void give_back(void)
{
	semctl(sem_id, 0, IPC_RMID);
	msgctl(msg_id, IPC_RMID, NULL);
}

/* All at once: each M sleeps in one. */
static void make_all_calls(void *arg)
{
	(void)arg;
	count = 0;
	start(hog, conform.procs + 1);
	sl_wg_add(&wg, CALLS);
	for (int i = 0; i < CALLS; i++)
		sl_go(make_call, (void *)&calls[i]);
	while (count < CALLS)
		sl_sleep(MS);
	end();
}

CONFORM_TEST(preempt_shortens_no_call_among_many, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_own_preemption();
	prepare();
	for (int i = 0; i < conform_n(1, 30); i++)
		run_here(make_all_calls);
	short_slices();
	for (int i = 0; i < conform_n(1, 30); i++)
		run_here(make_all_calls);
	give_back();
	check(broken == 0);
}

/* Each alone beside those that compute. */
static void make_one_call(void *arg)
{
	count = 0;
	start(hog, conform.procs);
	sl_wg_add(&wg, 1);
	sl_go(make_call, arg);
	while (count == 0)
		sl_sleep(MS);
	end();
}

CONFORM_TEST(preempt_shortens_no_call, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	need_own_preemption();
	prepare();
	short_slices();
	for (int i = 0; i < conform_n(1, 20); i++)
		for (int j = 0; j < CALLS; j++)
			run_here_with(make_one_call, (void *)&calls[j]);
	give_back();
	check(broken == 0);
}
