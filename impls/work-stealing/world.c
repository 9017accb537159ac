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

#include "shared/fault/overflow.h"
#include "shared/fault/trace.h"
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

/* Held by whoever sets up or takes away what the account reads, and by a thread that is
 * no G while it reads.  A G need not: the run that it belongs to is not over. */
static uint32_t account;

static void lock_account(void)
{
	if (!getm())
		sl__lock_thread(&account);
}

static void unlock_account(void)
{
	if (!getm())
		sl__unlock_thread(&account);
}

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
	wake_sysmon();
}

SL_FOOT void run_initial(void *arg)
{
	struct initial *i = arg;

	i->fn(i->arg);
	mask(getm());
	if (getm()->dq.bottom)
		sl__fatal("a G ended before it joined what it had forked");
	trace_g(getm(), TRACE_ENDED, 0, getm()->curg, 0);
	stop_world();
	atomic_store(&sched.done, 1);
	atomic_fetch_add(&sched.call, 1);
	sl__futex_wake(&sched.call, 1);
	leave_for_good(getm());
}

/* ---- New Ms ------------------------------------------------------------- */

#define RETRY_NS 1000000
#define TRIES    500            /* as long as there is no M at all */

static void add_m(struct m *m, int n)   /* or removes it, the last that was added: n = -1 */
{
	lock_sched();
	if (n > 0)
		m->all_next = sched.allm;
	sched.allm = n > 0 ? m : m->all_next;
	sched.nms += n;
	unlock_sched();
	atomic_fetch_add(&sched.live_ms, (uint32_t)n);
}

/* An M with a thread, for p or, if p is NULL, one that will be idle.  0 or -errno. */
static int newm(struct p *p)
{
	struct m *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err;

	if (m == MAP_FAILED)
		return -ENOMEM;
	m->nextp = p;
	m->spinning = p && p->new_m_spins;
	m->mask.depth = 1;
	m->last_cpu = NO_CPU;
	m->rand = (uint32_t)(uintptr_t)m >> 12 | 1;
	/* Only this thread counts them. */
	m->number = sched.nms + 1;
	sl__ring_init(&m->ring, TRACE_M, (uint32_t)m->number);
	add_m(m, 1);
	err = pthread_create(&m->thread, NULL, mstart, m);
	if (err) {
		add_m(m, -1);
		munmap(m, sizeof *m);
	}
	return -err;
}

/* No M can be made.  True: it is done without, for it was to be idle, or meanwhile another
 * M is idle, which gets its P, or the world stops. */
static bool do_without_m(struct p *p)
{
	bool yes;

	lock_sched();
	yes = !p || peek(&sched.stopping) || start_idle_m(p, p->new_m_spins);
	unlock_sched();
	return yes;
}

/* 0; -errno: there is no M at all. */
static int start_new_ms(void)
{
	static _Atomic uint32_t never;
	int tries = 0;

	for (;;) {
		struct p *p;
		bool idle;
		int err;

		lock_sched();
		p = sched.new_m_ps;
		idle = !p && sched.new_idle_m;
		if (p)
			sched.new_m_ps = p->idle_next;
		else
			sched.new_idle_m = false;
		unlock_sched();
		if (!p && !idle)
			return 0;
		/* A limit is reached: perhaps another's threads, or memory, go soon. */
		while ((err = newm(p)) && !do_without_m(p)) {
			if (!sched.allm && ++tries == TRIES)
				return err;
			sl__futex_wait(&never, 0, sl_now() + RETRY_NS);
		}
	}
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

	lock_account();
	for (m = sched.allm; m; m = next) {
		next = m->all_next;
		pthread_join(m->thread, NULL);
		preempt_end(m);
		munmap(m, sizeof *m);
	}
	if (!sched.cfg.no_preempt)
		preempt_fini();
	for (int i = 0; i < sched.nallp; i++)
		sl__timers_fini(&sched.allp[i].timers.heap);
	sl__netpoll_fini();
	sl__stacks_fini();
	sl__records_fini();
	victims_fini();
	munmap(sched.allp, ALLP_SIZE);
	sched = (struct sched){ 0 };
	unlock_account();
}

/* Spinning for a wake-up's length costs at most twice the best choice; where
 * Ms share PUs it takes time from those that work. */
void set_spin(void)
{
	poke(&sched.spin_ns, sched.maxprocs <= sl__cpus_count(&sched.allowed) ? 30000 : 0);
}

void new_p(int i)
{
	/* The ring's counters come around soon, so that what breaks then breaks early. */
	sched.allp[i].q.head = sched.allp[i].q.tail = 0u - RUNQ / 2;
	sched.allp[i].id = i;
	sched.allp[i].cpu = -1;
	sl__ring_init(&sched.allp[i].ring, TRACE_P, (uint32_t)i);
	timers_init(&sched.allp[i].timers);
	pidle_put(&sched.allp[i]);
}

/* The thread in sl_run, and so all that it starts, is to be on cfg.cpus alone. */
static int bind_to_cpus(struct sl__cpus *before)
{
	sched.tid = gettid();
	sl__affinity(0, before);
	sched.allowed = *before;
	if (!sched.cfg.cpus)
		return 0;
	if (!sl__cpus_of(&sched.allowed, sched.cfg.cpus, sched.cfg.procs))
		return -EINVAL;
	return sl__affinity_narrow(&sched.allowed, before);
}

static bool alloc_ps(void)
{
	sched.allp = mmap(NULL, ALLP_SIZE, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sched.allp == MAP_FAILED)
		return false;
	sched.seen = (uint32_t *)(sched.allp + SL_PROCS_MAX);
	if (victims_init())
		return true;
	munmap(sched.allp, ALLP_SIZE);
	return false;
}

/* Of SCHEDLAB_WITHOUT, which is names with commas between them. */
static unsigned read_without(void)
{
	static const struct { const char *name; unsigned bit; } known[] = {
		{ "alone", H_ALONE }, { "judge", H_JUDGE }, { "stuck", H_STUCK },
		{ "share", H_SHARE }, { "elsewhere", H_ELSEWHERE },
	};
	const char *list = getenv("SCHEDLAB_WITHOUT");
	unsigned without = 0;
	size_t len;

	for (; list && *list; list += len, list += *list == ',') {
		size_t i = 0;

		len = strcspn(list, ",");
		while (i < sizeof known / sizeof *known &&
		       (strlen(known[i].name) != len || strncmp(known[i].name, list, len)))
			i++;
		if (i == sizeof known / sizeof *known)
			sl__fatal("SCHEDLAB_WITHOUT: there is no '%.*s'", (int)len, list);
		without |= known[i].bit;
	}
	return without;
}

/* *before: the affinity that the calling thread had. */
static int set_up(const struct sl_config *cfg, struct sl__cpus *before)
{
	struct timespec tick;
	const char *source;
	int err = sl__configure(cfg, &sched.cfg, &source);

	if (!err)
		err = bind_to_cpus(before);
	if (err)
		return err;
	sl__asym_init();
	sched.without = read_without();
	sched.maxprocs = sched.procs = sched.nallp = sched.cfg.procs;
	sched.procs_source = source;
	sched.watch_until = SL_NEVER;
	sched.sysmon.mask.depth = 1;
	sl__ring_init(&sched.sysmon.ring, TRACE_SYSMON, 0);
	set_spin();
	sched.slice_ns = sl__env("SCHEDLAB_SLICE_MS", 1, 1000, 10) * 1000000;
	sched.tick_ns = clock_getres(CLOCK_MONOTONIC_COARSE, &tick) ? 0 : tick.tv_nsec;
	schedtrace_init();
	if (!alloc_ps()) {
		sl__affinity_restore(&sched.allowed, before);
		return -ENOMEM;
	}
	for (int i = sched.procs - 1; i >= 0; i--)
		new_p(i);
	if (!sched.cfg.no_preempt && !preempt_init())
		sched.cfg.no_preempt = true;
	sl__stacks_init(sched.cfg.stack_size);
	sl__records_init(sizeof(struct sl_g));
	return 0;
}

int sl_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	static bool busy;
	struct initial initial = { fn, arg };
	struct sl__cpus before;
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
	lock_account();
	err = set_up(cfg, &before);
	if (err)
		sched = (struct sched){ 0 };
	unlock_account();
	if (err)
		goto out;
	lock_sched();
	p = take_p();
	unlock_sched();
	/* The initial G's: later ones end the program if there is none for them. */
	err = more_gs(p) && more_stacks(p) ? -pthread_create(&sysmon, NULL, sysmon_main, NULL) : -ENOMEM;
	if (err) {
		sl__affinity_restore(&sched.allowed, &before);
		clean_up();
		goto out;
	}
	sl__trace_begin(SL_MODEL, sched.procs, false);
	runq_put(p, new_g(p, run_initial, &initial, 0), true);
	sl__overflow_begin();
	startm(p, false);
	do {
		call = atomic_load(&sched.call);
		err = start_new_ms();
		if (err) {
			stop_world();
			break;
		}
		if (!atomic_load(&sched.done))
			sl__futex_wait(&sched.call, call, 0);
	} while (!atomic_load(&sched.done));
	pthread_join(sysmon, NULL);
	ended = wait_for_ms(ABANDON_NS);
	sl__trace_end(!ended);
	report_leaks();
	sl__overflow_end();
	last.procs = sched.maxprocs;
	last.source = sched.procs_source;
	sum_counters(last.counter);
	sl__affinity_restore(&sched.allowed, &before);
	if (ended)
		clean_up();
out:
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	return err;
}

/* ---- The account ------------------------------------------------------- */

int64_t sl_gcount(void)
{
	int64_t n = 0;

	lock_account();
	/* Ends first: a G between the two sums counts as living. */
	for (int i = 0; i < count_ps(); i++)
		n -= peek(&sched.allp[i].ended);
	for (int i = 0; i < count_ps(); i++)
		n += peek(&sched.allp[i].counter[C_SPAWNS]);
	unlock_account();
	return n;
}

int sl_counters(struct sl_counter *out, int max)
{
	int64_t sum[COUNTERS];
	int n = max < COUNTERS ? max : COUNTERS;

	lock_account();
	if (sched.allp)
		sum_counters(sum);
	else
		memcpy(sum, last.counter, sizeof sum);
	unlock_account();
	for (int i = 0; i < n; i++)
		out[i] = (struct sl_counter){ i < C_COUNT ? counter_name[i] : "switches", sum[i] };
	return n;
}

int sl_procs(int n)
{
	const char *source;
	struct m *m = getm();

	if (n > 0) {
		if (!m)
			sl__no_g("sl_procs");
		mask(m);
		n = set_maxprocs(n < SL_PROCS_MAX ? n : SL_PROCS_MAX);
		submitted();
		unmask();
		sl_yield();     /* from a P that may be one too many */
		return n;
	}
	lock_account();
	n = peek(&sched.maxprocs);
	if (!n)
		n = last.procs;
	unlock_account();
	return n ? n : sl__procs_default(&source);
}

const char *sl_procs_source(void)
{
	const char *source;

	lock_account();
	source = peek(&sched.procs_source);
	if (!source)
		source = last.source;
	unlock_account();
	if (!source)
		sl__procs_default(&source);
	return source;
}

int sl_bound_cpu(int p)
{
	int cpu = -1;

	lock_account();
	if (p >= 0 && p < peek(&sched.procs) && p < count_ps())
		cpu = peek(&sched.allp[p].cpu);
	unlock_account();
	return cpu;
}
