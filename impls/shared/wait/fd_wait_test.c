/* SPDX-License-Identifier: Apache-2.0
 *
 * fd_wait_test.c: waiting on descriptors: the close, the deadline and the end of
 * the run that come meanwhile, and what a wait costs.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "shared/wait/fd_test.h"

/* ---- Closing ----------------------------------------------------------- */

static void accept_one(struct beside *b)
{
	b->r = sl_accept(b->fd, NULL, NULL);
}

static void wait_readable(struct beside *b)
{
	b->r = sl_wait_fd(b->fd, POLLIN, 0);
}

static void wait_timed(struct beside *b)
{
	b->r = sl_wait_fd(b->fd, POLLIN, sl_now() + 60000 * MS);
}

TEST(fd_closed_while_gs_wait)
{
	void (*const waits[])(struct beside *) = { read_one, wait_readable, wait_timed };
	struct beside b[6], writer;
	int fd[2];

	for (int round = 0; round < 5; round++) {
		make_pair(fd);
		for (int i = 0; i < 6; i++)
			beside(&b[i], waits[i % 3], fd[0]);
		beside(&writer, write_much, fd[0]);
		for (int i = 0; i < 6; i++)
			settle(&b[i]);
		check(sl_wait_fd(fd[1], POLLIN, 0) == 0);
		settle(&writer);
		until_others_sleep();
		check(sl_close(fd[0]) == 0);
		sl_wg_wait(&wg);
		for (int i = 0; i < 6; i++)
			check(b[i].r == -EBADF);
		check(writer.r > 0 && writer.r < LONG_WRITE);
		check(sl_close(fd[0]) == -EBADF);
		check(sl_close(fd[1]) == 0);
	}
	listen_on_loopback();
	beside(&b[0], accept_one, listener);
	settle(&b[0]);
	until_others_sleep();
	check(sl_close(listener) == 0);
	sl_wg_wait(&wg);
	check(b[0].r == -EBADF);
}

/* The close comes at any moment of the reader's loop: before, in and after the
 * system call.  Nobody is left behind, and nobody gets the next file's byte. */
static void read_until_closed(struct beside *b)
{
	char c;

	while ((b->r = sl_read(b->fd, &c, 1)) == 1)
		check(c == 'a');
}

TEST(fd_number_used_again_at_once)
{
	for (int i = 0, n = conform_n(150, 30000); i < n; i++) {
		struct beside b, next;
		int old[2], new[2];

		make_pipe(old);
		beside(&b, read_until_closed, old[0]);
		check(sl_write(old[1], "aaaa", 4) == 4);
		while (!b.begun)
			sl_yield();
		if (i % 4 == 0)
			sl_sleep(random_below(200000));
		check(sl_close(old[0]) == 0);
		/* Only between the two system calls of a reader that has not
		 * reached the first yet would the new file be its own. */
		sl_wg_wait(&wg);
		check(b.r == -EBADF);
		make_pipe(new);
		check(new[0] == old[0]);
		beside(&next, read_one, new[0]);
		if (i % 2)
			sl_yield();
		check(sl_write(new[1], "b", 1) == 1);
		sl_wg_wait(&wg);
		check(next.r == 1);
		check(sl_wait_fd(new[0], POLLIN, sl_now() + 1000) == -ETIMEDOUT);
		check(sl_close(old[1]) == 0);
		close_both(new);
	}
}

/* A waiting G has -EBADF, even though the number is a new file's by the time it
 * runs again; events of the old file, which a duplicate keeps, do not reach it. */
TEST(fd_a_waiter_does_not_go_over_to_the_next_file)
{
	int n = conform_n(SL_TSAN ? 20 : 50, 1000), late = 0;

	for (int i = 0; i < n; i++) {
		struct beside b, next;
		int old[2], new[2], duplicate;

		make_pair(old);
		beside(&b, read_one, old[0]);
		while (!b.begun)
			sl_yield();
		sl_sleep(SL_TSAN ? 20 * MS : 200000);
		duplicate = dup(old[0]);
		check(sl_close(old[0]) == 0);
		make_pair(new);
		check(new[0] == old[0]);
		check(sl_write(new[1], "n", 1) == 1);
		sl_wg_wait(&wg);
		/* Unless it had not even begun to read. */
		check(b.r == -EBADF || b.r == 1);
		late += b.r == 1;
		if (b.r != 1)
			check(sl_read(new[0], &(char){ 0 }, 1) == 1);
		beside(&next, wait_timed, new[0]);
		check(sl_write(old[1], "o", 1) == 1);
		sl_sleep(200000);
		check(!next.ended);
		check(sl_write(new[1], "n", 1) == 1);
		sl_wg_wait(&wg);
		check(next.r == 0);
		check(sl_close(duplicate) == 0);
		check(sl_close(old[1]) == 0);
		close_both(new);
	}
	check(late < n);
}

/* ---- Deadlines --------------------------------------------------------- */

TEST(fd_wait_until_a_deadline)
{
	int64_t t = sl_now();
	struct beside b;
	int fd[2];

	make_pair(fd);
	check(sl_wait_fd(fd[0], POLLIN, t + 10 * MS) == -ETIMEDOUT);
	check(sl_now() >= t + 10 * MS);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_wait_fd(fd[0], POLLOUT, 1) == 0);
	check(sl_wait_fd(fd[0], POLLIN | POLLOUT, 0) == 0);
	beside(&b, wait_timed, fd[0]);
	settle(&b);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(b.r == 0);
	/* So near that it may pass on the way to the wait. */
	for (int i = 0; i < conform_n(500, 30000); i++)
		check(sl_wait_fd(fd[1], POLLIN, sl_now() + random_below(3000)) == -ETIMEDOUT);
	/* It is a level: ready until it is read. */
	check(sl_wait_fd(fd[0], POLLIN, 0) == 0);
	check(sl_wait_fd(fd[0], POLLIN, 1) == 0);
	check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
	check(sl_wait_fd(fd[0], POLLIN, 1) == -ETIMEDOUT);
	check(sl_wait_fd(fd[0], 0, 0) == -EINVAL);
	check(sl_wait_fd(fd[0], POLLHUP, 0) == -EINVAL);
	close_both(fd);
	check(sl_wait_fd(fd[0], POLLIN, 0) == -EBADF);
}

static _Atomic int64_t strike;

static void write_then(struct beside *b)
{
	while (!strike || sl_now() < strike)
		sl_yield();
	b->r = sl_write(b->fd, "x", 1);
}

/* The byte and the deadline come together: one of them wakes, once, and the
 * byte is there. */
TEST(fd_deadline_against_event)
{
	int n = conform_n(150, 50000), fd[2], late = 0;

	make_pipe(fd);
	/* And until both have come first. */
	for (int i = 0; i < n || late == 0 || late == i; i++) {
		struct beside b;
		int64_t when;
		int r;

		strike = 0;
		beside(&b, write_then, fd[1]);
		while (!b.begun)
			sl_yield();
		when = sl_now() + 200000 + random_below(100000);
		strike = when - 150000 + random_below(300000);
		r = sl_wait_fd(fd[0], POLLIN, when);
		check(r == 0 || (r == -ETIMEDOUT && sl_now() >= when));
		late += r != 0;
		check(sl_read(fd[0], &(char){ 0 }, 1) == 1);
		sl_wg_wait(&wg);
	}
	close_both(fd);
}

/* Time-outs in all places of the heap, taken out from all of them. */
static void wait_random(struct beside *b)
{
	for (int i = 0; i < 20; i++) {
		int64_t when = sl_now() + (random_below(2) ? 60000 * MS : MS + random_below(4 * MS));
		int r = sl_wait_fd(b->fd, POLLIN, when);

		check(r == 0 || (r == -ETIMEDOUT && sl_now() >= when));
		/* Nobody else reads here. */
		if (r == 0)
			check(sl_read(b->fd, &(char){ 0 }, 1) == 1);
	}
}

static void sleep_in_order(struct beside *b)
{
	for (int i = 0; i < 10; i++) {
		int64_t when = sl_now() + random_below(4 * MS);

		sl_sleep(when - sl_now());
		check(sl_now() >= when);
	}
	b->r = 0;
}

TEST(fd_many_deadlines)
{
	enum { N = 50, FAR = 16 };
	static struct beside b[N], s[N], far[FAR];
	int fd[N][2], quiet[FAR][2];

	/* An entry that gets stuck below one of these stays there. */
	for (int i = 0; i < FAR; i++) {
		make_pipe(quiet[i]);
		beside(&far[i], wait_timed, quiet[i][0]);
	}
	for (int i = 0; i < N; i++) {
		make_pipe(fd[i]);
		beside(&b[i], wait_random, fd[i][0]);
		beside(&s[i], sleep_in_order, -1);
	}
	for (bool all = false; !all;) {
		all = true;
		for (int i = 0; i < N; i++) {
			all = all && b[i].ended && s[i].ended;
			if (!b[i].ended && random_below(4) == 0)
				check(sl_write(fd[i][1], "x", 1) == 1);
		}
		sl_sleep(MS / 2);
	}
	for (int i = 0; i < FAR; i++)
		close_both(quiet[i]);
	sl_wg_wait(&wg);
	for (int i = 0; i < N; i++)
		close_both(fd[i]);
	for (int i = 0; i < FAR; i++)
		check(far[i].r == -EBADF);
}

/* ---- Waiting costs nothing, and is no deadlock ------------------------- */

static int from_outside[2];

/* Another process is to write: that nothing here can is what matters. */
static void write_later(int ms)
{
	pid_t pid = fork();

	check(pid >= 0);
	if (pid == 0) {
		nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000l }, NULL);
		_exit(write(from_outside[1], "x", 1) != 1);
	}
	check(sl_close(from_outside[1]) == 0);
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void return_at_once(struct beside *b)
{
	b->r = 0;
}

TEST_WAITS(fd_waiting_burns_no_processor)
{
	struct beside b, c;
	int64_t cpu, t;

	make_pipe(from_outside);
	beside(&b, read_one, from_outside[0]);
	/* Who waits for the descriptor is called away now and then. */
	for (int i = 0; i < 3; i++) {
		sl_sleep(3 * MS);
		beside(&c, return_at_once, -1);
		for (t = sl_now(); sl_now() < t + MS;)
			;
		while (!c.ended)
			sl_yield();
	}
	write_later(300);
	cpu = cpu_ns();
	t = sl_now();
	sl_wg_wait(&wg);
	cpu = cpu_ns() - cpu;
	check(b.r == 1);
	check(sl_now() - t > 100 * MS);
	check(cpu < 30 * MS || SL_TSAN || SL_ASAN);
	check(sl_close(from_outside[0]) == 0);
}

TEST_WAITS(fd_a_waiting_g_is_no_deadlock)
{
	struct beside b;

	make_pipe(from_outside);
	write_later(conform.slow ? 1500 : 600);
	beside(&b, read_one, from_outside[0]);
	sl_wg_wait(&wg);
	check(b.r == 1);
	check(sl_close(from_outside[0]) == 0);
}

/* The waits are over, and must not hide it; nor may a descriptor that is open. */
TEST_FATAL(fd_a_deadlock_beside_is_found, "WaitGroup wait")
{
	struct beside b;
	int fd[2];

	make_pipe(fd);
	beside(&b, read_one, fd[0]);
	settle(&b);
	check(sl_write(fd[1], "x", 1) == 1);
	sl_wg_wait(&wg);
	check(sl_wait_fd(fd[0], POLLIN, sl_now() + MS) == -ETIMEDOUT);
	sl_wg_add(&wg, 1);
	sl_wg_wait(&wg);
}

/* ---- Beside busy Gs ---------------------------------------------------- */

static _Atomic bool over;

static void spin_politely(struct beside *b)
{
	while (!over)
		sl_yield();
	b->r = 0;
}

TEST(fd_events_are_seen_beside_busy_gs)
{
	struct beside hogs[8];

	for (int i = 0; i < conform.procs && i < 8; i++)
		beside(&hogs[i], spin_politely, -1);
	for (int i = 0; i < conform_n(3, 30); i++) {
		make_pipe(from_outside);
		write_later(10);
		check(sl_read(from_outside[0], &(char){ 0 }, 1) == 1);
		check(sl_close(from_outside[0]) == 0);
	}
	over = true;
	sl_wg_wait(&wg);
}

/* This G never lets go, so only another P, and idle so far, can see the event. */
TEST(fd_an_event_beside_a_hog_is_seen)
{
	if (!conform_can("parallel") || conform.procs == 1)
		conform_skip("needs two Ps");
	for (int i = 0; i < 20; i++) {
		struct beside b, c;
		int fd[2], gd[2];

		make_pipe(fd);
		make_pipe(gd);
		beside(&b, read_one, fd[0]);
		beside(&c, read_one, gd[0]);
		/* Mostly everybody is asleep by then; sometimes on the way. */
		sl_sleep(i % 2 ? 3 * MS : random_below(100000) + 1);
		while (!b.begun || !c.begun)
			sl_yield();
		check(write(fd[1], "x", 1) == 1);
		while (!b.ended)
			;
		check(write(gd[1], "x", 1) == 1);
		while (!c.ended)
			;
		sl_wg_wait(&wg);
		close_both(fd);
		close_both(gd);
	}
}

/* ---- Files that epoll refuses: the call is a blocking one ---------------- */

#define LONG_READ (64 << 20)

static _Atomic bool inside;

static void read_for_long(struct beside *b)
{
	static char *zeros;

	if (!zeros)
		zeros = mmap(NULL, LONG_READ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(zeros != MAP_FAILED);
	inside = true;
	b->r = sl_read(b->fd, zeros, LONG_READ);
	inside = false;
}

static void write_for_long(struct beside *b)
{
	static char zeros[1 << 20];

	inside = true;
	for (int i = 0; i < LONG_READ >> 20; i++)
		check(sl_write(b->fd, zeros, sizeof zeros) == sizeof zeros);
	inside = false;
	b->r = LONG_READ;
}

static void go_on_beside(void (*fn)(struct beside *), int fd)
{
	bool seen = false;

	for (int tries = 0; !seen && tries < 50; tries++) {
		struct beside b;

		beside(&b, fn, fd);
		while (!b.ended) {
			seen |= inside;
			sl_yield();
		}
		sl_wg_wait(&wg);
		check(b.r == LONG_READ);
	}
	check(seen);
}

static void beside_long_calls(void *arg)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC), file = memfd_create("file", MFD_CLOEXEC);

	(void)arg;
	check(zero >= 0 && file >= 0);
	go_on_beside(read_for_long, zero);
	go_on_beside(write_for_long, file);
	check(sl_close(zero) == 0 && sl_close(file) == 0);
}

/* One P, which nobody is made to let go of: the call does. */
TEST_BARE(fd_a_long_call_on_a_file_does_not_hold_the_p)
{
	struct sl_config cfg = { .procs = 1, .no_preempt = true };

	if (!conform_can("blocking"))
		conform_skip("a blocking call stops every G");
	check(sl_run(&cfg, beside_long_calls, NULL) == 0);
}

/* So many that those which come while the reader waits for its first turn, four of the
 * kernel's ticks away or more, are not half of them. */
#define EVENTS 25

/* A thread that is no G writes what time it is. */
static void *tell_the_time(void *arg)
{
	for (int i = 0; i < EVENTS; i++) {
		int64_t now;

		nanosleep(&(struct timespec){ .tv_nsec = MS + random_below(3 * MS) }, NULL);
		now = sl_now();
		check(write(*(int *)arg, &now, sizeof now) == sizeof now);
	}
	return NULL;
}

/* How old a time is when it has been read; the median. */
static int64_t read_the_time(void)
{
	int64_t late[EVENTS], then;
	pthread_t t;
	int fd[2];

	make_pipe(fd);
	check(pthread_create(&t, NULL, tell_the_time, &fd[1]) == 0);
	for (int i = 0; i < EVENTS; i++) {
		check(sl_read(fd[0], &then, sizeof then) == sizeof then);
		late[i] = sl_now() - then;
	}
	check(pthread_join(t, NULL) == 0);
	close_both(fd);
	conform_sort(late, EVENTS);
	return late[EVENTS / 2];
}

static void spin_and_yield(struct beside *b)
{
	while (!over) {
		for (int64_t until = sl_now() + MS / 20; sl_now() < until;)
			;
		sl_yield();
	}
	b->r = 0;
}

static void hog(struct beside *b)
{
	while (!over)
		;
	b->r = 0;
}

static void read_beside(void (*fn)(struct beside *))
{
	static struct beside b[2 * 8];
	int n = conform.procs < 8 ? 2 * conform.procs : 2 * 8;
	int64_t late, others = conform_others();

	for (int i = 0; i < n; i++)
		beside(&b[i], fn, -1);
	late = read_the_time();
	/* The turns of Ps that share PUs are the kernel's. */
	conform_timed(late < 10 * MS || conform_pus() < conform.procs || !conform_timely(), others);
	over = true;
	sl_wg_wait(&wg);
}

/* With every P busy it comes through in time all the same (golang/go#51651). */
TEST_ALONE(fd_an_event_is_not_late_beside_gs_that_yield)
{
	read_beside(spin_and_yield);
}

static void read_beside_hogs(void *arg)
{
	(void)arg;
	read_beside(hog);
}

CONFORM_TEST(fd_an_event_is_not_late_beside_hogs, NULL, CONFORM_BARE | CONFORM_ALONE)
{
	struct sl_config cfg = { .procs = conform.procs };

	if (!conform_can("preemptive") || SL_TSAN)
		conform_skip("a hog keeps its P");
	setenv("SCHEDLAB_SLICE_MS", "1", 1);
	check(sl_run(&cfg, read_beside_hogs, NULL) == 0);
}

/* ---- The end of a run -------------------------------------------------- */

static void read_for_ever(void *arg)
{
	char c;

	sl_read((int)(intptr_t)arg, &c, 1);
	check(!"woken");
}

static void use_and_leave(void *arg)
{
	int *fd = arg;
	int own[2];

	make_pair(own);
	check(sl_write(own[0], "x", 1) == 1);
	check(sl_read(own[1], &(char){ 0 }, 1) == 1);
	check(sl_wait_fd(own[1], POLLIN, sl_now() + 1000) == -ETIMEDOUT);
	close_both(own);
	/* One that waits is dropped with the run. */
	sl_go(read_for_ever, (void *)(intptr_t)fd[0]);
	sl_yield();
	if (random_below(2))
		sl_sleep(MS);
}

static void nothing(void *arg)
{
	(void)arg;
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

TEST_BARE(fd_runs_leave_no_descriptor)
{
	struct sl_config cfg = { .procs = conform.procs };
	int fd[2], before;

	make_pipe(fd);
	before = open_descriptors();
	for (int i = 0, n = conform_n(20, 1000); i < n; i++) {
		int64_t began = sl_now();

		conform_run(&cfg, use_and_leave, fd);
		/* A G that others keep from its PU is abandoned, but not before 100 ms;
		 * what it may use goes with the next run. */
		if (sl_now() - began > 100 * MS)
			conform_run(&cfg, nothing, NULL);
		check(open_descriptors() == before);
	}
}
