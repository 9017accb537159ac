/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trace tells is what can have been: each G's life step by step, on one P at a time;
 * and nothing of it is missing without being counted.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>

#include "shared/trace/ring.h"
#include "shared/trace/trace_test.h"

/* ---- The life of each G ----------------------------------------------------- */

enum state { NOTHING, RUNNABLE, RUNNING, WAITING, IN_CALL, ENDED };

struct life { enum state state; uint64_t time; uint32_t p; };

struct lives {
	struct life *g;
	uint64_t gs;
	uint64_t on[SL_PROCS_MAX];      /* which G runs on the P; 0: none */
	int running, most;
	int procs;                      /* the most Ps that there were, if it was said */
	size_t created, ended;
};

/* 1:1: the kernel has the Ps. */
static bool has_ps(void)
{
	return !conform_can("threads");
}

static void leave_p(struct lives *l, uint64_t g, struct life *life)
{
	if (life->state != RUNNING)
		return;
	l->running--;
	if (has_ps()) {
		check(l->on[life->p] == g);
		l->on[life->p] = 0;
	}
}

static void enter_p(struct lives *l, uint64_t g, struct life *life, uint32_t ring)
{
	life->p = ring & 0xffffff;
	if (has_ps()) {
		check(ring >> 24 == TRACE_P && life->p < SL_PROCS_MAX && l->on[life->p] == 0);
		l->on[life->p] = g;
	}
	if (++l->running > l->most)
		l->most = l->running;
}

static enum state next_state(enum state was, const struct event *e)
{
	unsigned why = sl__trace_why(&e->r);

	switch (sl__trace_kind(&e->r)) {
	case TRACE_CREATED:
		check(was == NOTHING && sl__trace_arg(&e->r) != 0);
		return RUNNABLE;
	case TRACE_RUNNABLE:
		if (why == TRACE_YIELDED || why == TRACE_SLICE_OVER)
			check(was == RUNNING);
		else if (why == TRACE_CALL_OVER)
			check(was == IN_CALL);
		else
			check(was == WAITING);
		return RUNNABLE;
	case TRACE_RUNNING:
		/* What is called off goes on at once where no other M could have it. */
		check(was == RUNNABLE || was == IN_CALL || (was == WAITING && why == 0 && conform.procs >= 1 &&
		      (!has_ps() || !conform_can("parallel"))));
		return RUNNING;
	case TRACE_WAITING:
		check(was == RUNNING && sl__trace_arg(&e->r) != 0);
		return WAITING;
	case TRACE_STOPPED:
		check(was == RUNNING);
		return RUNNABLE;
	case TRACE_CALL:
		check(was == RUNNING);
		return IN_CALL;
	case TRACE_ENDED:
		check(was == RUNNING);
		return ENDED;
	}
	return was;
}

static void live(struct lives *l, const struct trace *t)
{
	*l = (struct lives){ 0 };
	for (size_t i = 0; i < t->n; i++)
		if (sl__trace_kind(&t->event[i].r) == TRACE_CREATED && sl__trace_g(&t->event[i].r) >= l->gs)
			l->gs = sl__trace_g(&t->event[i].r) + 1;
	l->g = calloc(l->gs + 1, sizeof *l->g);
	check(l->g != NULL);
	for (size_t i = 0; i < t->n; i++) {
		const struct event *e = &t->event[i];
		uint64_t g = sl__trace_g(&e->r);
		unsigned kind = sl__trace_kind(&e->r);
		enum state next;

		if (kind == TRACE_PROCS && (int)sl__trace_arg(&e->r) > l->procs)
			l->procs = (int)sl__trace_arg(&e->r);
		if (kind == 0 || kind > TRACE_ENDED)
			continue;
		check(g > 0 && g < l->gs);
		check(l->g[g].state == NOTHING || e->time > l->g[g].time);
		l->g[g].time = e->time;
		next = next_state(l->g[g].state, e);
		leave_p(l, g, &l->g[g]);
		if (next == RUNNING)
			enter_p(l, g, &l->g[g], e->ring);
		l->g[g].state = next;
		l->created += kind == TRACE_CREATED;
		l->ended += kind == TRACE_ENDED;
	}
	free(l->g);
}

/* Runs fn traced and reads that; n Gs are made, the initial one not counted. */
static void run_traced(void (*fn)(void *), void *arg, size_t n, struct trace *t)
{
	struct sl_config cfg = { .procs = conform_can("parallel") ? conform.procs : 1 };
	struct lives l;

	trace_to(trace_path());
	conform_run(&cfg, fn, arg);
	trace_to(NULL);
	trace_read(t, trace_path());
	unlink(trace_path());
	check(t->lost == 0 && t->end.lost == 0);
	live(&l, t);
	check(l.created == n + 1);
	check(l.ended == l.created);
	/* There is one more while the thread of another sleeps in a call. */
	if (has_ps())
		check(l.most <= (l.procs > cfg.procs ? l.procs : cfg.procs));
}

/* ---- Gs of every kind --------------------------------------------------------- */

static struct sl_wg wg;
static int rounds;

static void yields(void *arg)
{
	(void)arg;
	for (int i = 0; i < rounds; i++)
		jitter();
	sl_wg_done(&wg);
}

static void start_yielding(void *n)
{
	int gs = *(int *)n;

	for (int i = 0; i < gs; i++) {
		sl_wg_add(&wg, 1);
		sl_go(yields, NULL);
		if (i % 7 == 0)
			sl_yield();
	}
	sl_wg_wait(&wg);
}

CONFORM_TEST(trace_has_every_g_once, NULL, CONFORM_BARE)
{
	int n = conform_live(conform_n(600, 20000));
	struct trace t;

	rounds = 20;
	run_traced(start_yielding, &n, (size_t)n, &t);
	trace_free(&t);
}

struct talk { struct sl_chan *to, *fro; };

static void answer(void *arg)
{
	struct talk *k = arg;
	int64_t v;

	while (sl_chan_recv(k->to, &v)) {
		sl_yield();
		sl_chan_send(k->fro, &v);
	}
	sl_wg_done(&wg);
}

static void talk(void *n)
{
	struct talk k = { sl_chan_make(sizeof(int64_t), 0), sl_chan_make(sizeof(int64_t), 0) };

	sl_wg_add(&wg, 1);
	sl_go(answer, &k);
	for (int64_t i = 0, v = 0; i < *(int *)n; i++) {
		sl_chan_send(k.to, &i);
		check(sl_chan_recv(k.fro, &v) && v == i);
	}
	sl_chan_close(k.to);
	sl_wg_wait(&wg);
	sl_chan_free(k.to);
	sl_chan_free(k.fro);
}

CONFORM_TEST(trace_of_a_ping_pong, NULL, CONFORM_BARE)
{
	int n = conform_n(3000, 200000);
	struct trace t;

	run_traced(talk, &n, 1, &t);
	/* Of the two, each message has at least one wait. */
	check(trace_count(&t, TRACE_WAITING) >= (size_t)n);
	trace_free(&t);
}

static struct sl_mutex mutex;
static int turns;

static void wait_for_all(void *arg)
{
	const uint32_t kind = *(const uint32_t *)arg;

	for (int i = 0; i < rounds; i++) {
		sl_mutex_lock(&mutex);
		if (kind == 0)
			sl_yield();
		turns++;
		sl_mutex_unlock(&mutex);
		if (kind == 1)
			sl_sleep(1 + random_below(20000));
		if (kind == 2) {
			sl_entersyscall();
			if (random_below(8) == 0)
				usleep(200);
			sl_exitsyscall();
		}
		jitter();
	}
	sl_wg_done(&wg);
}

static void wait_in_all_ways(void *n)
{
	/* In turn: were they drawn, one run in a hundred would have no call in it. */
	static uint32_t kinds[] = { 0, 1, 2, 3 };

	sl_wg_add(&wg, *(int *)n);
	for (int i = 0; i < *(int *)n; i++)
		sl_go(wait_for_all, &kinds[i % 4]);
	sl_wg_wait(&wg);
}

CONFORM_TEST(trace_of_locks_sleeps_and_calls, NULL, CONFORM_BARE)
{
	int n = 16;
	struct trace t;

	rounds = conform_n(60, 2000);
	run_traced(wait_in_all_ways, &n, (size_t)n, &t);
	check(turns == n * rounds);
	check(trace_count(&t, TRACE_CALL) > 0);
	trace_free(&t);
}

static void time_out(void *arg)
{
	struct sl_chan *c = arg;
	int64_t v;

	for (int i = 0; i < rounds; i++) {
		struct sl_case cases[1] = { { .c = c, .op = SL_RECV, .v = &v } };

		sl_select_until(cases, 1, sl_now() + random_below(60000));
	}
	sl_wg_done(&wg);
}

static void send_now_and_then(void *n)
{
	struct sl_chan *c = sl_chan_make(sizeof(int64_t), 0);

	sl_wg_add(&wg, *(int *)n);
	for (int i = 0; i < *(int *)n; i++)
		sl_go(time_out, c);
	for (int64_t i = 0; i < 2 * rounds; i++) {
		sl_chan_trysend(c, &i);
		sl_sleep(1 + random_below(20000));
	}
	sl_wg_wait(&wg);
	sl_chan_free(c);
}

/* Whose time comes when it is served counts once. */
CONFORM_TEST(trace_of_what_comes_and_times_out, NULL, CONFORM_BARE)
{
	int n = 6;
	struct trace t;

	rounds = conform_n(60, 1000);
	run_traced(send_now_and_then, &n, (size_t)n, &t);
	trace_free(&t);
}

static void read_one(void *fds)
{
	char c;

	for (int i = 0; i < rounds; i++)
		check(sl_read(((int *)fds)[0], &c, 1) == 1);
	sl_wg_done(&wg);
}

static void write_one(void *fds)
{
	for (int i = 0; i < rounds; i++) {
		check(sl_write(((int *)fds)[1], "x", 1) == 1);
		jitter();
	}
}

static void pass_bytes(void *n)
{
	int fds[2];

	(void)n;
	check(pipe2(fds, O_CLOEXEC) == 0);
	sl_wg_add(&wg, 1);
	sl_go(read_one, fds);
	write_one(fds);
	sl_wg_wait(&wg);
	sl_close(fds[0]);
	sl_close(fds[1]);
}

CONFORM_TEST(trace_of_descriptors, NULL, CONFORM_BARE)
{
	struct trace t;

	rounds = conform_n(300, 5000);
	run_traced(pass_bytes, NULL, 1, &t);
	trace_free(&t);
}

/* ---- Fork and join --------------------------------------------------------------- */

struct leaf { int n; int64_t sum; };

static void add_up(void *arg)
{
	struct leaf *l = arg;
	struct leaf half = { l->n - 1, 0 }, other = { l->n - 2, 0 };
	struct sl_task t;

	if (l->n < 2) {
		l->sum = l->n;
		return;
	}
	sl_fork(&t, add_up, &half);
	add_up(&other);
	/* So that some are still there when a G parks, and become Gs. */
	if (random_below(64) == 0)
		sl_yield();
	sl_join(&t);
	l->sum = half.sum + other.sum;
}

CONFORM_TEST(trace_of_stolen_tasks, NULL, CONFORM_BARE)
{
	struct leaf root = { conform_can("threads") ? 8 : conform_n(18, 23), 0 };
	struct sl_config cfg = { .procs = conform_can("parallel") ? conform.procs : 1 };
	struct lives l;
	struct trace t;

	trace_to(trace_path());
	conform_run(&cfg, add_up, &root);
	trace_to(NULL);
	trace_read(&t, trace_path());
	unlink(trace_path());
	live(&l, &t);
	check(l.created == l.ended);
	/* Who made a task is said where it is not the G that runs there. */
	for (size_t i = 0; i < t.n; i++) {
		if (sl__trace_kind(&t.event[i].r) == TRACE_BY)
			check(sl__trace_g(&t.event[i].r) < l.gs);
	}
	trace_free(&t);
}

/* ---- The order of times ---------------------------------------------------------- */

/* Where another CPU's counter is ahead, what comes after in the life of a G, or in a ring,
 * is not before. */
CONFORM_TEST(trace_times_never_go_back, NULL, CONFORM_BARE)
{
	static struct sl__buffer b;
	uint64_t ahead = UINT64_C(1) << 46, last = ahead, none = 0;
	struct sl__ring r;

	sl__trace_base = sl__ticks();
	sl__ring_init(&r, TRACE_P, 0);
	r.buffer = &b;
	r.at = b.record;
	r.end = b.record + 3;
	sl__record(&r, TRACE_RUNNING, 0, 1, 0, &last);
	sl__record(&r, TRACE_RUNNING, 0, 2, 0, &none);
	sl__record_at(&r, 1, TRACE_RUNNING, 0, 0, 0);
	check(sl__trace_time(&b.record[0]) == ahead + 1 && last == ahead + 1);
	check(sl__trace_time(&b.record[1]) >= ahead + 1 && none == sl__trace_time(&b.record[1]));
	check(sl__trace_time(&b.record[2]) >= none);
}

/* ---- What is lost, and what cannot be written ------------------------------------- */

static int fifo;
static _Atomic bool recorded;

/* Reads nothing until all has been recorded. */
static void *read_late(void *out)
{
	char buf[65536];
	int to = *(int *)out;
	ssize_t n;

	while (!recorded)
		usleep(1000);
	while ((n = read(fifo, buf, sizeof buf)) > 0)
		check(write(to, buf, (size_t)n) == n);
	return NULL;
}

static void yield_for_long(void *arg)
{
	(void)arg;
	for (int i = 0; i < 60000; i++)
		sl_yield();
	sl_wg_done(&wg);
}

static void yield_both(void *n)
{
	(void)n;
	sl_wg_add(&wg, 2);
	sl_go(yield_for_long, NULL);
	yield_for_long(NULL);
	sl_wg_wait(&wg);
	recorded = true;
}

/* With a MiB for records and a file that takes none. */
CONFORM_TEST(trace_counts_what_is_lost, NULL, CONFORM_BARE)
{
	struct sl_config cfg = { .procs = 1 };
	char name[96], out[96];
	pthread_t reader;
	struct trace t;
	int to, keep;

	snprintf(name, sizeof name, "%s.fifo", trace_path());
	snprintf(out, sizeof out, "%s.out", trace_path());
	check(mkfifo(name, 0600) == 0);
	fifo = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	keep = open(name, O_WRONLY | O_CLOEXEC);
	check(fcntl(fifo, F_SETFL, 0) == 0);
	to = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fifo >= 0 && keep >= 0 && to >= 0);
	check(pthread_create(&reader, NULL, read_late, &to) == 0);
	setenv("SCHEDLAB_TRACE_MIB", "1", 1);
	trace_to(name);
	conform_run(&cfg, yield_both, NULL);
	trace_to(NULL);
	close(keep);
	pthread_join(reader, NULL);
	trace_read(&t, out);
	unlink(name);
	unlink(out);
	/* The reading checks that each chunk's count is of the whole. */
	/* Who ends while there is not even room for the count is in the whole alone. */
	check(t.end.lost > 0 && t.lost <= t.end.lost);
	/* In the memory, the pipe and what the writer had in its hands. */
	check(t.n <= 3 * (1 << 20) / 16);
	trace_free(&t);
}

/* How fn in a process of its own ends, and what it says. */
static int in_a_child(void (*fn)(void), char *said, size_t size)
{
	int pipefd[2], status;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	check(pipe(pipefd) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		dup2(pipefd[1], STDERR_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		fn();
		_exit(0);
	}
	close(pipefd[1]);
	while (n < size - 1 && (r = read(pipefd[0], said + n, size - 1 - n)) > 0)
		n += (size_t)r;
	said[n] = '\0';
	close(pipefd[0]);
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void run_with(const char *path)
{
	struct sl_config cfg = { .procs = 1 };
	static int n = 20;

	rounds = 5;
	trace_to(path);
	conform_run(&cfg, start_yielding, &n);
}

static void fill_the_disk(void)
{
	run_with("/dev/full");
}

static void write_nowhere(void)
{
	run_with("/nowhere/at/all");
}

static void start_for_ever(void *arg)
{
	(void)arg;
	sl_chan_recv(NULL, NULL);
}

static void die_of_a_deadlock(void)
{
	struct sl_config cfg = { .procs = 1 };

	trace_to(trace_path());
	conform_run(&cfg, start_for_ever, NULL);
}

CONFORM_TEST(trace_to_a_full_disk, NULL, CONFORM_BARE)
{
	char said[4096];

	check(in_a_child(fill_the_disk, said, sizeof said) == 0);
	check(!strcmp(said, "schedlab: SCHEDLAB_TRACE: cannot write /dev/full: No space left on device; "
	              "the trace ends there\n"));
}

CONFORM_TEST(trace_to_nowhere, NULL, CONFORM_BARE)
{
	char said[4096];

	check(in_a_child(write_nowhere, said, sizeof said) == 2);
	check(!strcmp(said, "fatal error: SCHEDLAB_TRACE: cannot write /nowhere/at/all: No such file or directory\n"));
}

CONFORM_TEST(trace_of_a_deadlock_is_whole, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	char said[65536], reason[128], path[64];
	struct trace t;
	uint64_t waits = 0;

	snprintf(path, sizeof path, "%s", trace_path());
	setenv("SCHEDLAB_TRACE_CLOCK", "monotonic", 1);
	trace_to(path);
	check(in_a_child(die_of_a_deadlock, said, sizeof said) == 2);
	check(strstr(said, "deadlock!") != NULL);
	/* The child's name is of its own number: it has been told the path before. */
	trace_read(&t, path);
	unlink(path);
	check(t.head->clock == TRACE_MONOTONIC);
	for (size_t i = 0; i < t.n; i++) {
		if (sl__trace_kind(&t.event[i].r) == TRACE_WAITING) {
			trace_name(&t, sl__trace_arg(&t.event[i].r), reason);
			waits = sl__trace_g(&t.event[i].r);
		}
	}
	check(waits == 1 && !strcmp(reason, "chan receive (NULL channel)"));
	trace_free(&t);
}

static void add_to_it(void *arg)
{
	(void)arg;
	sl_wg_done(&wg);
}

static void two_runs(void *arg)
{
	sl_wg_add(&wg, 1);
	sl_go(add_to_it, arg);
	sl_wg_wait(&wg);
}

CONFORM_TEST(trace_is_of_the_last_run, NULL, CONFORM_BARE)
{
	struct trace t;
	int n = 50;

	rounds = 5;
	run_traced(start_yielding, &n, 50, &t);
	trace_free(&t);
	run_traced(two_runs, NULL, 1, &t);
	trace_free(&t);
}
