/* SPDX-License-Identifier: Apache-2.0
 *
 * watch.c: the watcher, an idle M that naps while others are at work: whether a P's
 * queue is worth waking up for.  Why there is one, and who wakes it, is in proc.c.
 *
 * A P that has only just come to a long queue seems slow, and so does any to a new
 * watcher: before it steals, it looks once more, for as long as 64 switches take or,
 * if they take longer, 25 µs; unless the last came a while ago, it judges by these.
 * And one that was quick until a moment ago may have come to a G that computes on: if
 * it has a queue it is to move once more before the next nap.  Otherwise what it was
 * given then waits for two of them: 130 µs in the median, 190 at the 99th percentile,
 * and now 60 and 120.
 * Dropped: to judge by a P's pace over its last switches, which one long G among small
 * ones deceives (1,000 small Gs at two Ps: 250 ns each).
 *
 * Gs that talk to each other all the time and have come to lie on two Ps are slower
 * than on one.  They come together again when one of the two is out of work for a
 * moment, the sooner the less it costs to become idle (needs_fence), and the watcher
 * leaves them alone.  Dropped: to give a P up if many of those it readies last ran
 * elsewhere (made no difference).
 */
#include "ws.h"

#define NAP_NS 50000            /* between two looks */

/* The P whose queue is the furthest behind, and by how much: SL_NEVER if it does not
 * move, or if the watcher is new and has nothing to compare with.  NULL: no P has a
 * queue.  *active: does any P move, or have work? */
static struct p *behind(int64_t now, int64_t *worst, bool *active)
{
	struct p *found = NULL;

	*worst = 0;
	*active = false;
	for (int i = 0; i < count_ps(); i++) {
		struct p *p = &sched.allp[i];
		uint32_t tick = peek(&p->tick), moved = tick - sched.seen[i];
		int64_t n = runq_length(p), lag;

		if (n > 0 || moved > 0)
			*active = true;
		lag = n == 0 ? 0 : moved && sched.seen_at ? n * (now - sched.seen_at) / moved
		                                         : SL_NEVER;
		if (lag > *worst) {
			*worst = lag;
			found = p;
		}
		sched.seen[i] = tick;
	}
	sched.seen_at = now;
	return found;
}

/* Now that the watcher m is awake it looks closer: late, at the next switches, if they
 * come soon; else whether there is one.  Until it has been handed a P: that it has been
 * woken (wake) can be of before it came to its post, and to steal for that kept mpmc on
 * two Ps, at 70 ns a message and not 7. */
static bool still_behind(struct p *p, struct m *m, bool late)
{
	uint32_t first = peek(&p->tick), tick = first, enough = late ? 64 : 1;
	int64_t since = sl_now(), now = since, moved = since, n;
	int64_t until = since + LAG_NS / (late ? 2 : 4);

	/* Where Ms share PUs it would keep p from moving. */
	while (now < until && tick - first < enough && peek(&sched.spin_ns) &&
	       !peek(&m->nextp)) {
		sl__pause(10);
		now = sl_now();
		if (peek(&p->tick) != tick) {
			tick = peek(&p->tick);
			moved = now;
		}
	}
	n = runq_length(p);
	return n > 0 && (tick == first ||
	                 (late && (now - moved >= LAG_NS / 4 ||
	                           n * (now - since) / (tick - first) > LAG_NS)));
}

/* Lets go of sched.lock meanwhile, so m may have been handed a P. */
static bool look_closer(struct m *m, struct p *victim, bool late)
{
	bool behind;

	poke(&sched.watching, true);    /* submits can leave it to m */
	unlock_sched();
	behind = still_behind(victim, m, late);
	lock_sched();
	return behind && m->idle && sched.npidle;
}

enum look watch(struct m *m, struct p **victim, int64_t *until)
{
	int64_t now = sl_now(), next, lag;
	struct p *slow;
	bool active, due, late;

	*victim = NULL;
	if (!sched.npidle) {
		/* Nothing that it could do; who makes a P idle tells it. */
		poke(&sched.watching, false);
		poke(&sched.watch_until, SL_NEVER);
		*until = SL_NEVER;
		return LOOK_NAP;
	}
	slow = behind(now, &lag, &active);
	late = lag > LAG_NS;
	due = now >= timers_next() || any_work();
	/* What is due is not to wait for a sign of life. */
	if (slow && (late || (!due && !sched.looked && peek(&sched.spin_ns)))) {
		sched.looked = true;
		if (!look_closer(m, slow, late))
			return LOOK_AGAIN;
		*victim = slow;
		return LOOK_TAKE;
	}
	sched.looked = false;
	if (due)
		return LOOK_TAKE;
	/* What moved before every P went idle moves no more. */
	active = active && sched.npidle < sched.procs;
	/* Once it is announced that it sleeps, submits and new timers wake it, or
	 * somebody; those that came before are seen after.  Before a nap it does
	 * without that fence, which interrupts those at work: what is missed is
	 * seen when it ends. */
	poke(&sched.watching, active);
	poke(&sched.watch_until, active ? now + NAP_NS : SL_NEVER);
	if (!active) {
		asym_heavy();
		if (any_work())
			return LOOK_TAKE;
		active = any_queued();
		poke(&sched.watching, active);
	}
	next = timers_next();
	if (active && next > now + NAP_NS)
		next = now + NAP_NS;
	poke(&sched.watch_until, next);
	*until = next;
	return LOOK_NAP;
}

/* The watcher's sleep if a G waits on a descriptor; sched.lock is held before
 * and after. */
void sleep_polling(struct m *m, int64_t until)
{
	struct sl__fd_waiter *w;

	poke(&sched.poller, m);
	unlock_sched();
	w = sl__netpoll(until);
	lock_sched();
	/* Seq_cst, as the look at the waiters that follows: see DESCRIPTORS in proc.c. */
	__atomic_store_n(&sched.poller, NULL, __ATOMIC_SEQ_CST);
	if (atomic_load_explicit(&m->wake, memory_order_acquire))
		sl__netpoll_mend();
	globq_put_waiters(w);
	/* There may be a new watcher, which could not poll while this M did. */
	if (!m->idle && sched.watcher && fds_wanted())
		wake_m_elsewhere(sched.watcher);
}

void take_watch(struct m *m)
{
	poke(&sched.watcher, m);
	/* Every P may have moved. */
	for (int i = 0; i < count_ps(); i++)
		sched.seen[i] = peek(&sched.allp[i].tick) - 1;
	sched.seen_at = 0;
	sched.looked = false;
}
