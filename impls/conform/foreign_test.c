/* SPDX-License-Identifier: Apache-2.0
 *
 * foreign_test.c: what only a G may call is fatal in another thread, even where it would
 * have nothing to wait for.
 */
#include <poll.h>
#include <sys/wait.h>

#include "conform/conform.h"

static struct sl_wg wg;
static struct sl_mutex mutex;
static struct sl_rwmutex rw;
static struct sl_cond cond;
static struct sl_once once, done = { SL__ONCE_DONE };
static struct sl_chan *chan;
static struct sl_task task;

static void nothing(void *arg)
{
	(void)arg;
}

#define CALL(name, call) static void name##_(void) { int v = 0; bool ok; (void)v, (void)ok; call; }
#define CALLS(X) \
	X(sl_go, sl_go(nothing, NULL)) \
	X(sl_yield, sl_yield()) \
	X(sl_sleep, sl_sleep(0)) \
	X(sl_procs, sl_procs(1)) \
	X(sl_goexit, sl_goexit()) \
	X(sl_entersyscall, sl_entersyscall()) \
	X(sl_exitsyscall, sl_exitsyscall()) \
	X(sl_self, sl_self()) \
	X(sl_park, sl_park(NULL, NULL, "")) \
	X(sl_ready, sl_ready(NULL)) \
	X(sl_wg_add, sl_wg_add(&wg, 1)) \
	X(sl_wg_done, sl_wg_done(&wg)) \
	X(sl_wg_wait, sl_wg_wait(&wg)) \
	X(sl_wg_go, sl_wg_go(&wg, nothing, NULL)) \
	X(sl_mutex_lock, sl_mutex_lock(&mutex)) \
	X(sl_mutex_trylock, sl_mutex_trylock(&mutex)) \
	X(sl_mutex_unlock, sl_mutex_unlock(&mutex)) \
	X(sl_rwmutex_rlock, sl_rwmutex_rlock(&rw)) \
	X(sl_rwmutex_tryrlock, sl_rwmutex_tryrlock(&rw)) \
	X(sl_rwmutex_runlock, sl_rwmutex_runlock(&rw)) \
	X(sl_rwmutex_lock, sl_rwmutex_lock(&rw)) \
	X(sl_rwmutex_trylock, sl_rwmutex_trylock(&rw)) \
	X(sl_rwmutex_unlock, sl_rwmutex_unlock(&rw)) \
	X(sl_cond_wait, sl_cond_wait(&cond, &mutex)) \
	X(sl_cond_wait_until, sl_cond_wait_until(&cond, &mutex, 1)) \
	X(sl_cond_signal, sl_cond_signal(&cond)) \
	X(sl_cond_broadcast, sl_cond_broadcast(&cond)) \
	X(sl_once_do, sl_once_do(&once, nothing, NULL)) \
	X(sl_once_do_again, sl_once_do(&done, nothing, NULL)) \
	X(sl_chan_send, sl_chan_send(chan, &v)) \
	X(sl_chan_recv, sl_chan_recv(chan, &v)) \
	X(sl_chan_trysend, sl_chan_trysend(chan, &v)) \
	X(sl_chan_tryrecv, sl_chan_tryrecv(chan, &v, &ok)) \
	X(sl_chan_close, sl_chan_close(chan)) \
	X(sl_select, sl_select(NULL, 0, false)) \
	X(sl_select_until, sl_select_until(NULL, 0, 1)) \
	X(sl_fork, sl_fork(&task, nothing, NULL)) \
	X(sl_join, sl_join(&task)) \
	X(sl_fd, sl_fd(-1)) \
	X(sl_close, sl_close(-1)) \
	X(sl_read, sl_read(-1, &v, 1)) \
	X(sl_write, sl_write(-1, &v, 1)) \
	X(sl_accept, sl_accept(-1, NULL, NULL)) \
	X(sl_connect, sl_connect(-1, NULL, 0)) \
	X(sl_wait_fd, sl_wait_fd(-1, 0, 1))

CALLS(CALL)

static const struct { const char *name; void (*call)(void); } calls[] = {
#define ENTRY(name, call) { #name, name##_ },
	CALLS(ENTRY)
};

/* What it says in a child of this process, which it ends with status 2. */
static void call_and_listen(void (*call)(void), char *out, size_t size)
{
	int fd[2], status;
	ssize_t n;
	pid_t pid;

	fflush(stdout);         /* so that the child does not say it again */
	check(pipe(fd) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		dup2(fd[1], STDERR_FILENO);
		call();
		_exit(0);
	}
	close(fd[1]);
	n = read(fd[0], out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	close(fd[0]);
	check(waitpid(pid, &status, 0) == pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 2)
		strcpy(out, "it went on\n");
}

TEST_BARE(what_only_a_g_may_call_is_fatal_elsewhere)
{
	bool good = true;

	chan = sl_chan_make(sizeof(int), 1);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		char out[200];

		call_and_listen(calls[i].call, out, sizeof out);
		if (!strstr(out, ": called from a thread that is no G\n")) {
			printf("%s: %s", calls[i].name, out);
			good = false;
		}
	}
	sl_chan_free(chan);
	check(good);
}
