/* SPDX-License-Identifier: Apache-2.0
 *
 * lifetime_test.c: who has been let in may do away with what let it in.  The other
 * call, that of the G which unlocked, signalled or sent, need not be over by then; so
 * it must touch nothing any more.
 *
 * One G makes objects and hands each to another, which does away with it as soon as it
 * may: gives it back to the heap, for the sanitizers to watch; or overwrites it, and in
 * the end it must be as it was left; or, now and then, for that takes long where two
 * threads do so, unmaps it.
 */
#include <sched.h>
#include <sys/mman.h>

#include "conform/conform.h"

struct object {
	struct sl_mutex mutex;
	struct sl_rwmutex rw;
	struct sl_cond cond;
	struct sl_once once;
	struct sl_wg wg;
	struct sl_chan *chan;
	_Atomic int users;
	_Atomic bool seen;              /* the other G has the object */
	bool done;                      /* under one of the above */
	enum { HEAP, GRAVE, PAGE } kind;
};

#define DEAD   0xa5
#define GRAVES 256              /* objects that are overwritten, before one is used again */

static unsigned char graves[GRAVES][sizeof(struct object)] __attribute__((aligned(64)));

static bool is_dead(const unsigned char *grave)
{
	for (size_t i = 0; i < sizeof(struct object); i++)
		if (grave[i] != DEAD)
			return false;
	return true;
}

static struct object *make(int round)
{
	static int grave;
	struct object *o;

	if (round % 256 == 0) {
		o = mmap(NULL, sizeof *o, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(o != MAP_FAILED);
		o->kind = PAGE;
	} else if (round % 2) {
		o = calloc(1, sizeof *o);
		check(o);
		o->kind = HEAP;
	} else {
		unsigned char *g = graves[grave++ % GRAVES];

		if (grave > GRAVES)
			check(is_dead(g));
		o = memset(g, 0, sizeof *o);
		o->kind = GRAVE;
	}
	return o;
}

static void unmake(struct object *o)
{
	if (o->kind == HEAP)
		free(o);
	else if (o->kind == GRAVE)
		memset(o, DEAD, sizeof *o);
	else
		check(munmap(o, sizeof *o) == 0);
}

/* What the two Gs do with an object; the second one's ends with unmake, or the
 * last one's of both. */
struct pair { void (*first)(struct object *), (*second)(struct object *); };

static struct sl_wg wg;
static struct object *_Atomic handed, no_more;

/* The other G is on another processor; or on this one, or its thread on this PU. */
static void spin(int n)
{
	if (n % 64 == 63)
		sl_yield();
	if (n % 1024 == 1023)
		sched_yield();
}

static void second(void *arg)
{
	const struct pair *pair = arg;

	for (;;) {
		struct object *o;

		for (int n = 0; !(o = atomic_exchange(&handed, NULL)); n++)
			spin(n);
		if (o == &no_more)
			break;
		o->seen = true;
		pair->second(o);
	}
	sl_wg_done(&wg);
}

static void hand(struct object *o)
{
	for (int n = 0; handed; n++)
		spin(n);
	handed = o;
}

static void run_pair(const struct pair *pair)
{
	int most = SL_TSAN || SL_ASAN ? 2000 : conform_n(20000, 1000000), rounds = 0;
	int64_t until = conform_enough(), others = conform_others();

	sl_wg_add(&wg, 1);
	sl_go(second, (void *)pair);
	for (; rounds < most && sl_now() < until; rounds++) {
		struct object *o = make(rounds);

		o->users = 2;
		hand(o);
		pair->first(o);
		if (random_below(64) == 0)
			jitter();
	}
	hand(&no_more);
	sl_wg_wait(&wg);
	for (int i = 0; i < GRAVES; i++)
		check(i >= rounds / 2 - rounds / 256 - 1 || is_dead(graves[i]));
	conform_timed(rounds == most, others);
}

static void await_seen(struct object *o)
{
	for (int n = 0; !o->seen; n++)
		spin(n);
}

/* ---- Mutexes: the last of the users, by their account under the mutex ---- */

static void count_down(struct object *o)
{
	bool last;

	sl_mutex_lock(&o->mutex);
	last = --o->users == 0;
	sl_mutex_unlock(&o->mutex);
	if (last)
		unmake(o);
}

TEST(lifetime_of_a_mutex)
{
	run_pair(&(struct pair){ count_down, count_down });
}

/* With a third one that waits meanwhile, so that no unlock is the short one. */
static struct sl_wg third;

static void lock_later(void *arg)
{
	count_down(arg);
	sl_wg_done(&third);
}

static void hold_against_others(struct object *o)
{
	sl_mutex_lock(&o->mutex);
	o->users++;
	sl_wg_add(&third, 1);
	sl_go(lock_later, o);
	await_seen(o);
	while (random_below(2))
		sl_yield();
	o->users--;
	sl_mutex_unlock(&o->mutex);
	sl_wg_wait(&third);
}

TEST(lifetime_of_a_mutex_that_is_waited_for)
{
	run_pair(&(struct pair){ hold_against_others, count_down });
}

static void count_down_rw(struct object *o)
{
	bool last;

	sl_rwmutex_lock(&o->rw);
	last = --o->users == 0;
	sl_rwmutex_unlock(&o->rw);
	if (last)
		unmake(o);
}

TEST(lifetime_of_an_rwmutex_among_writers)
{
	run_pair(&(struct pair){ count_down_rw, count_down_rw });
}

static void write_done(struct object *o)
{
	sl_rwmutex_lock(&o->rw);
	await_seen(o);
	o->done = true;
	sl_rwmutex_unlock(&o->rw);
}

static void read_until_done(struct object *o)
{
	bool done = false;

	for (int n = 0; !done; n++) {
		/* A reader that does not wait gets in at once. */
		if (n % 2)
			sl_rwmutex_rlock(&o->rw);
		else if (!sl_rwmutex_tryrlock(&o->rw))
			continue;
		done = o->done;
		sl_rwmutex_runlock(&o->rw);
		spin(n);
	}
	unmake(o);
}

TEST(lifetime_of_an_rwmutex_whose_writer_unlocks)
{
	run_pair(&(struct pair){ write_done, read_until_done });
}

static void read_and_count(struct object *o)
{
	sl_rwmutex_rlock(&o->rw);
	await_seen(o);
	o->users--;
	sl_rwmutex_runlock(&o->rw);
}

static void write_until_alone(struct object *o)
{
	bool alone;

	do {
		sl_rwmutex_lock(&o->rw);
		alone = o->users == 1;
		sl_rwmutex_unlock(&o->rw);
		if (!alone)
			sl_yield();
	} while (!alone);
	unmake(o);
}

TEST(lifetime_of_an_rwmutex_whose_reader_unlocks)
{
	run_pair(&(struct pair){ read_and_count, write_until_alone });
}

/* ---- Condition variable, WaitGroup, once -------------------------------- */

static void signal_done(struct object *o)
{
	sl_mutex_lock(&o->mutex);
	o->done = true;
	if (random_below(2))
		sl_cond_signal(&o->cond);
	else
		sl_cond_broadcast(&o->cond);
	sl_mutex_unlock(&o->mutex);
}

static void wait_for_done(struct object *o)
{
	sl_mutex_lock(&o->mutex);
	while (!o->done) {
		if (random_below(2))
			sl_cond_wait(&o->cond, &o->mutex);
		else
			sl_cond_wait_until(&o->cond, &o->mutex, sl_now() + random_below(20000));
	}
	sl_mutex_unlock(&o->mutex);
	unmake(o);
}

TEST(lifetime_of_a_cond)
{
	run_pair(&(struct pair){ signal_done, wait_for_done });
}

/* So that nothing but the signal lets the other one go. */
static void await_waiter_and_signal(struct object *o)
{
	sl_mutex_lock(&o->mutex);
	for (int n = 0; __atomic_load_n(&o->cond.waiters, __ATOMIC_RELAXED) == 0; n++) {
		sl_mutex_unlock(&o->mutex);
		spin(n);
		sl_mutex_lock(&o->mutex);
	}
	sl_mutex_unlock(&o->mutex);
	if (random_below(2))
		sl_cond_signal(&o->cond);
	else
		sl_cond_broadcast(&o->cond);
}

static void wait_for_signal(struct object *o)
{
	sl_mutex_lock(&o->mutex);
	sl_cond_wait(&o->cond, &o->mutex);
	sl_mutex_unlock(&o->mutex);
	unmake(o);
}

TEST(lifetime_of_a_cond_signalled_without_its_mutex)
{
	run_pair(&(struct pair){ await_waiter_and_signal, wait_for_signal });
}

static void say_done(struct object *o)
{
	sl_wg_add(&o->wg, 1);
	/* The other one waits for this count. */
	atomic_store(&o->users, 3);
	while (random_below(2))
		sl_yield();
	sl_wg_done(&o->wg);
}

static void wait_for_all(struct object *o)
{
	for (int n = 0; o->users != 3; n++)
		spin(n);
	sl_wg_wait(&o->wg);
	unmake(o);
}

TEST(lifetime_of_a_wg)
{
	run_pair(&(struct pair){ say_done, wait_for_all });
}

static void say_seen(void *arg)
{
	struct object *o = arg;

	await_seen(o);
	__atomic_store_n(&o->done, true, __ATOMIC_RELAXED);
}

static void call_once(struct object *o)
{
	sl_once_do(&o->once, say_seen, o);
}

static void never(void *arg)
{
	(void)arg;
	check(!"called");
}

static void call_it_too(struct object *o)
{
	/* Not before the other one: it is that one's call that may outlast this. */
	for (int n = 0; !__atomic_load_n(&o->done, __ATOMIC_RELAXED); n++)
		spin(n);
	sl_once_do(&o->once, never, NULL);
	unmake(o);
}

TEST(lifetime_of_a_once)
{
	run_pair(&(struct pair){ call_once, call_it_too });
}

/* ---- Channels ----------------------------------------------------------- */

static void make_chan(struct object *o, size_t cap)
{
	o->chan = sl_chan_make(sizeof(int), cap);
	check(o->chan);
	o->users = 3;
}

static void send_one(struct object *o)
{
	make_chan(o, 0);
	sl_chan_send(o->chan, &(int){ 7 });
}

static void send_one_of_one(struct object *o)
{
	make_chan(o, 1);
	if (!sl_chan_trysend(o->chan, &(int){ 7 }))
		check(!"full");
}

static void close_it(struct object *o)
{
	make_chan(o, 0);
	while (random_below(2))
		sl_yield();
	sl_chan_close(o->chan);
}

static void receive(struct object *o)
{
	int v = -1;
	bool ok;

	for (int n = 0; o->users != 3; n++)
		spin(n);
	switch (random_below(3)) {
	case 0:
		ok = sl_chan_recv(o->chan, &v);
		break;
	case 1:
		for (int n = 0; !sl_chan_tryrecv(o->chan, &v, &ok); n++)
			spin(n);
		break;
	default: {
		struct sl_case k = { .c = o->chan, .op = SL_RECV, .v = &v };

		check(sl_select(&k, 1, true) == 0);
		ok = k.ok;
	}
	}
	check(v == (ok ? 7 : 0));
	sl_chan_free(o->chan);
	unmake(o);
}

TEST(lifetime_of_a_chan)
{
	run_pair(&(struct pair){ send_one, receive });
}

TEST(lifetime_of_a_chan_with_room_for_one)
{
	run_pair(&(struct pair){ send_one_of_one, receive });
}

TEST(lifetime_of_a_chan_that_is_closed)
{
	run_pair(&(struct pair){ close_it, receive });
}
