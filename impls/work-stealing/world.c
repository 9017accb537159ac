/* SPDX-License-Identifier: Apache-2.0
 *
 * world.c: sl_run from the outside, and the account that is left of it.
 *
 * The calling thread is no M: it sleeps until the initial G has returned, so
 * that a G which never comes back to the scheduler can be abandoned.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "overflow.h"
#include "trace.h"
#include "ws.h"

struct sched sched;
bool sl__alone;

enum { COUNTERS = C_COUNT + 1 };

/* What stays to be asked for when a run is over. */
static struct {
	int procs;
	const char *source;
	int64_t counter[COUNTERS];
} last;

const char *const counter_name[C_COUNT] = {
	[C_SPAWNS] = "spawns", [C_PARKS] = "parks", [C_WAKEUPS] = "wakeups",
	[C_STEALS] = "steals", [C_STEAL_TRIES] = "steal_tries", [C_HANDOFFS] = "handoffs",
	[C_PREEMPTIONS] = "preemptions", [C_NETPOLLS] = "netpolls",
};

static void sum_counters(int64_t sum[COUNTERS])
{
	memset(sum, 0, COUNTERS * sizeof *sum);
	for (int i = 0; i < sched.nallp; i++) {
		struct p *p = &sched.allp[i];

		for (int c = 0; c < C_COUNT; c++)
			sum[c] += peek(&p->counter[c]);
		sum[C_COUNT] += peek(&p->tick);
	}
}

/* Every M ends at its next scheduling decision. */
void stop_world(void)
{
	__atomic_store_n(&sched.stopping, true, __ATOMIC_SEQ_CST);
	lock_sched();
	count_busy(0);
	unlock_sched();
	for (int i = 0; i < sched.nallp; i++) {
		uint32_t free = 0;

		while (!__atomic_compare_exchange_n(&sched.allp[i].q.thief, &free, 1, false,
		                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
			free = 0;
			sched_yield();
		}
	}
	lock_sched();
	/* Asleep for want of work, or in the middle of a G that was preempted:
	 * that goes on to its next call. */
	for (struct m *m = sched.allm; m; m = m->all_next) {
		wake_m(m);
		atomic_store(&m->resumed, 1);
		sl__futex_wake(&m->resumed, 1);
	}
	unlock_sched();
	atomic_store(&sched.sysmon_wake, 1);
	sl__futex_wake(&sched.sysmon_wake, 1);
}

SL_FOOT void run_initial(void *arg)
{
	struct initial *i = arg;

	i->fn(i->arg);
	mask(getm());
	if (getm()->dq.bottom)
		sl__fatal("a G ended before it joined what it had forked");
	sched.leaked = sl_gcount() - 1;
	stop_world();
	atomic_store(&sched.done, 1);
	atomic_fetch_add(&sched.call, 1);
	sl__futex_wake(&sched.call, 1);
	leave_for_good(getm());
}

/* ---- Threads for Ms ---------------------------------------------------- */

#define RETRY_NS 1000000
#define TRIES    500            /* as long as there is no M at all */

/* There is no thread for m.  Is it to be without one?  It is if it was to be idle,
 * if meanwhile another M is, which takes the P, and when the world stops. */
static bool go_without(struct m *m, bool at_last)
{
	bool yes;

	lock_sched();
	yes = at_last || !m->nextp || peek(&sched.stopping) || find_m(m->nextp, m->spinning);
	if (yes) {
		sched.allm = m->all_next;
		sched.nms--;
		atomic_fetch_sub(&sched.live_ms, 1);
	}
	unlock_sched();
	return yes;
}

static void bear(struct m *m)
{
	static _Atomic uint32_t never;
	int err, tries = 0;

	/* A limit is reached: perhaps another's threads end soon. */
	while ((err = pthread_create(&m->thread, NULL, m_main, m)) == EAGAIN) {
		if (go_without(m, !m->all_next && ++tries == TRIES)) {
			munmap(m, sizeof *m);
			return;
		}
		sl__futex_wait(&never, 0, sl_now() + RETRY_NS);
	}
	if (err)
		sl__fatal("cannot start a thread for an M: error %d", err);
}

/* False: there is no M at all. */
static bool bear_ms(void)
{
	struct m *m;
	bool any;

	lock_sched();
	while ((m = sched.unborn)) {
		sched.unborn = m->unborn_next;
		if (!m->nextp)
			sched.unborn_idle = false;
		m->all_next = sched.allm;
		sched.allm = m;
		sched.nms++;
		atomic_fetch_add(&sched.live_ms, 1);
		unlock_sched();
		bear(m);
		lock_sched();
	}
	any = sched.allm != NULL;
	unlock_sched();
	return any;
}

/* ---- The end ------------------------------------------------------------ */

/* ThreadSanitizer makes Gs slow, and reports a thread that is abandoned. */
#define ABANDON_NS ((SL_TSAN ? 100 : 1) * 100 * 1000000ll)

/* Ms that are inside a G which does not come back to the scheduler. */
static uint32_t held_ms(void)
{
	uint32_t n = 0;

	for (struct m *m = sched.allm; m; m = m->all_next)
		n += peek(&m->curg) != NULL;
	return n;
}

/* Waits for the Ms to end.  Those that are held after ns are abandoned, with
 * all that they may still use: then false. */
static bool wait_for_ms(int64_t ns)
{
	int64_t deadline = sl_now() + ns;
	uint32_t n;

	while ((n = atomic_load(&sched.live_ms)) > 0) {
		if (sl_now() >= deadline && held_ms() == n)
			return false;
		sl__futex_wait(&sched.live_ms, n, sl_now() + 1000000);
	}
	return true;
}

/* Room for as many Ps as there can be: only those that are used are touched. */
#define ALLP_SIZE (SL_PROCS_MAX * (sizeof *sched.allp + sizeof *sched.seen))

static void clean_up(void)
{
	struct m *m, *next;

	for (m = sched.allm; m; m = next) {
		next = m->all_next;
		pthread_join(m->thread, NULL);
		munmap(m, sizeof *m);
	}
	for (m = sched.unborn; m; m = next) {
		next = m->unborn_next;
		munmap(m, sizeof *m);
	}
	if (!sched.cfg.no_preempt)
		preempt_fini();
	for (int i = 0; i < sched.nallp; i++)
		sl__timers_fini(&sched.allp[i].timers.heap);
	sl__netpoll_fini();
	sl__stacks_fini();
	victims_fini();
	munmap(sched.allp, ALLP_SIZE);
	sched = (struct sched){ 0 };
}

/* Spinning for a wake-up's length costs at most twice the best choice; where
 * Ms share PUs it takes time from those that work. */
static void set_spin(void)
{
	poke(&sched.spin_ns, sched.procs <= CPU_COUNT(&sched.allowed) ? 30000 : 0);
}

static void new_p(int i)
{
	/* The ring's counters come around soon, so that what breaks then breaks early. */
	sched.allp[i].q.head = sched.allp[i].q.tail = 0u - RUNQ / 2;
	sched.allp[i].id = i;
	sched.allp[i].cpu = -1;
	timers_init(&sched.allp[i].timers);
	pidle_put(&sched.allp[i]);
}

static int set_up(const struct sl_config *cfg)
{
	const char *source;
	int err = sl__configure(cfg, &sched.cfg, &source);

	if (err)
		return err;
	sl__asym_init();
	sched.procs = sched.nallp = sched.cfg.procs;
	sched.procs_source = source;
	sched.watch_until = SL_NEVER;
	sched.sysmon.mask.depth = 1;
	sched_getaffinity(0, sizeof sched.allowed, &sched.allowed);
	if (sched.cfg.cpus) {
		CPU_ZERO(&sched.allowed);
		for (int i = 0; i < sched.procs; i++)
			CPU_SET((size_t)sched.cfg.cpus[i], &sched.allowed);
	}
	set_spin();
	sched.slice_ns = sl__env("SCHEDLAB_SLICE_MS", 1, 1000, 10) * 1000000;
	schedtrace_init();
	sched.allp = mmap(NULL, ALLP_SIZE, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sched.allp == MAP_FAILED)
		return -ENOMEM;
	sched.seen = (uint32_t *)(sched.allp + SL_PROCS_MAX);
	if (!victims_init()) {
		munmap(sched.allp, ALLP_SIZE);
		sched.allp = NULL;
		return -ENOMEM;
	}
	for (int i = sched.procs - 1; i >= 0; i--)
		new_p(i);
	if (!sched.cfg.no_preempt && !preempt_init())
		sched.cfg.no_preempt = true;
	sl__stacks_init(sched.cfg.stack_size, sizeof(struct sl_g));
	return 0;
}

int sl_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	static bool busy;
	struct initial initial = { fn, arg };
	pthread_t sysmon;
	uint32_t call;
	struct p *p;
	bool ended;
	int err;

	/* Acquire and release: a run sees all that the one before it left. */
	if (getm() || __atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
		return -EBUSY;
	if (sched.allm) {
		err = -EBUSY;   /* abandoned Gs */
		if (!wait_for_ms(0))
			goto out;
		clean_up();
	}
	err = set_up(cfg);
	if (err)
		goto out;
	err = pthread_create(&sysmon, NULL, sysmon_main, NULL);
	if (err) {
		err = -err;
		clean_up();
		goto out;
	}
	lock_sched();
	p = take_p();
	unlock_sched();
	runq_put(p, new_g(p, run_initial, &initial, 0), true);
	sl__overflow_begin();
	startm(p, false);
	do {
		call = atomic_load(&sched.call);
		if (!bear_ms()) {
			err = -EAGAIN;
			stop_world();
			break;
		}
		if (!atomic_load(&sched.done))
			sl__futex_wait(&sched.call, call, 0);
	} while (!atomic_load(&sched.done));
	pthread_join(sysmon, NULL);
	ended = wait_for_ms(ABANDON_NS);
	report_leaks();
	sl__overflow_end();
	last.procs = sched.procs;
	last.source = sched.procs_source;
	sum_counters(last.counter);
	if (ended)
		clean_up();
out:
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	return err;
}

/* ---- The account ------------------------------------------------------- */

int sl_counters(struct sl_counter *out, int max)
{
	int64_t sum[COUNTERS];
	int n = max < COUNTERS ? max : COUNTERS;

	if (sched.allp)
		sum_counters(sum);
	else
		memcpy(sum, last.counter, sizeof sum);
	for (int i = 0; i < n; i++)
		out[i] = (struct sl_counter){ i < C_COUNT ? counter_name[i] : "switches", sum[i] };
	return n;
}

/* More: new ones, or some that were retired.  Fewer: those that are idle retire
 * at once, the others when their M comes to look, or sysmon makes it. */
static int set_procs(int n)
{
	struct p *idle = NULL, *p;
	int old;

	lock_sched();
	old = sched.procs;
	poke(&sched.procs, n);
	sched.procs_source = "sl_procs";
	set_spin();
	while ((p = pidle_get())) {
		p->idle_next = idle;
		idle = p;
	}
	while ((p = idle)) {
		idle = p->idle_next;
		if (p->id < n)
			pidle_put(p);
		else
			p->retired = true;
	}
	for (int i = old; i < n && i < sched.nallp; i++) {
		if (sched.allp[i].retired) {
			sched.allp[i].retired = false;
			pidle_put(&sched.allp[i]);
		}
	}
	for (int i = sched.nallp; i < n; i++)
		new_p(i);
	/* Release: who sees that there are so many sees them set up. */
	if (n > sched.nallp)
		__atomic_store_n(&sched.nallp, n, __ATOMIC_RELEASE);
	count_busy(0);
	unlock_sched();
	return old;
}

int sl_procs(int n)
{
	const char *source;
	struct m *m = getm();

	if (n > 0) {
		if (!m)
			sl__fatal("sl_procs: called from a thread that is no G");
		mask(m);
		n = set_procs(n < SL_PROCS_MAX ? n : SL_PROCS_MAX);
		submitted();
		unmask();
		sl_yield();     /* from a P that may be one too many */
		return n;
	}
	if (peek(&sched.procs))
		return peek(&sched.procs);
	return last.procs ? last.procs : sl__procs_default(&source);
}

const char *sl_procs_source(void)
{
	const char *source = sched.procs_source ? sched.procs_source : last.source;

	if (!source)
		sl__procs_default(&source);
	return source;
}

int sl_bound_cpu(int p)
{
	return p >= 0 && p < peek(&sched.procs) && p < count_ps() ? peek(&sched.allp[p].cpu) : -1;
}
