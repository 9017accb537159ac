/* SPDX-License-Identifier: Apache-2.0
 *
 * inline.h: what of schedlab.h is inline: paths of a few instructions while nobody
 * waits, and the call of the switch of a G that does (coro/switch.h says why).  The library has
 * each as a function too (inline.c), for those who want its address.  The end of
 * schedlab.h includes it; no program does.
 */
#ifndef SL_INLINE_H
#define SL_INLINE_H

#include "shared/compiler.h"

#ifndef SL__INLINE
#define SL__INLINE SL__ALWAYS
#endif

/* A waiter's record, on its G's stack: see sync/sync.h. */
struct sl__waiter {
	struct sl__waiter *next, *prev; /* prev: of any but the first */
	sl_g *g;
	void *v;                /* channels: the element to send or to fill */
	int64_t since;          /* mutex: when it began to wait */
	struct sl__waiter **served;     /* channels: of a select, the shared word; else NULL */
	bool ok;                /* channels: v was exchanged; mutex: it is handed over */
	bool queued;            /* select, condition variable: it is in its queue */
};

/* Where the calling G is to go, by sl__leave: its context is saved at *save, and to is
 * resumed.  to NULL: it goes on where it is; and with SL__DONE as save, its waiter was
 * not wanted, for the element was exchanged at once. */
struct sl__hop { void **save, *to; };
#define SL__DONE ((void **)1)

/* A thread that is no G has called what only a G may. */
SL__NORETURN void sl__no_g(const char *caller);

#include "backend.h"    /* the back end's: found by -Iimpls/NAME */

/* What only a G may call begins with this, unless it is a short path below: that takes
 * the back end's sl__foreign(), 0 in a G and all ones elsewhere, into its comparison, so
 * that it costs no branch, and fails where there is no G; the long path then says so. */
#define sl__only_g(caller) (__builtin_expect(sl__is_g(), 1) ? (void)0 : sl__no_g(caller))

/* ---- Parking ----------------------------------------------------------- */

struct sl__hop sl__yield(void);
struct sl__hop sl__park(bool (*commit)(sl_g *, void *), void *arg, const char *reason);

SL__INLINE void sl_yield(void)
{
	sl__leave(sl__yield());
}

SL__INLINE void sl_park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	sl__leave(sl__park(commit, arg, reason));
}

/* ---- Channels ---------------------------------------------------------- */

struct sl__hop sl__send(struct sl_chan *, const void *v, struct sl__waiter *);
struct sl__hop sl__recv(struct sl_chan *, void *v, struct sl__waiter *);
SL__NORETURN void sl__send_failed(void);

SL__INLINE void sl_chan_send(struct sl_chan *c, const void *v)
{
	struct sl__waiter w;
	struct sl__hop h = sl__send(c, v, &w);

	if (h.save == SL__DONE)
		return;
	sl__leave(h);
	if (!w.ok)
		sl__send_failed();
}

SL__INLINE bool sl_chan_recv(struct sl_chan *c, void *v)
{
	struct sl__waiter w;
	struct sl__hop h = sl__recv(c, v, &w);

	if (h.save == SL__DONE)
		return true;
	sl__leave(h);
	return w.ok;
}

/* ---- WaitGroup, mutexes, once: sync/ says how they work ------------------ */

struct sl__hop sl__wg_wait(struct sl_wg *, struct sl__waiter *);
void sl__wg_zero(struct sl_wg *, uint64_t state);       /* or below it */

SL__INLINE void sl_wg_add(struct sl_wg *wg, int n)
{
	uint64_t s = sl__add(&wg->state, (uint64_t)(int64_t)n << 32) | sl__foreign();

	/* The count is below zero, or zero and there are waiters. */
	if (s != 0 && (int64_t)s < (int64_t)1 << 32)
		sl__wg_zero(wg, s);
}

SL__INLINE void sl_wg_done(struct sl_wg *wg)
{
	sl_wg_add(wg, -1);
}

SL__INLINE void sl_wg_wait(struct sl_wg *wg)
{
	struct sl__waiter w;

	sl__leave(sl__wg_wait(wg, &w));
}

enum { SL__LOCKED = 1, SL__WAITERS = 2 };        /* of a mutex's state */

void sl__mutex_lock(struct sl_mutex *);
void sl__mutex_unlock(struct sl_mutex *);

SL__INLINE void sl_mutex_lock(struct sl_mutex *m)
{
	if (!sl__cas(&m->state, (uint32_t)sl__foreign(), SL__LOCKED))
		sl__mutex_lock(m);
}

SL__INLINE void sl_mutex_unlock(struct sl_mutex *m)
{
	if (!sl__cas(&m->state, SL__LOCKED | (uint32_t)sl__foreign(), 0))
		sl__mutex_unlock(m);
}

void sl__rwmutex_rlock(struct sl_rwmutex *);
void sl__rwmutex_runlock(struct sl_rwmutex *, int32_t readers);

SL__INLINE void sl_rwmutex_rlock(struct sl_rwmutex *m)
{
	if ((sl__add(&m->readers, 1) | (int32_t)sl__foreign()) < 0)
		sl__rwmutex_rlock(m);
}

SL__INLINE void sl_rwmutex_runlock(struct sl_rwmutex *m)
{
	int32_t n = sl__add(&m->readers, -1) | (int32_t)sl__foreign();

	if (n < 0)
		sl__rwmutex_runlock(m, n);
}

/* Of a once's state: less than any address. */
enum { SL__ONCE_NEW, SL__ONCE_RUNNING, SL__ONCE_DONE };

void sl__once_do(struct sl_once *, void (*fn)(void *), void *arg);

SL__INLINE void sl_once_do(struct sl_once *o, void (*fn)(void *), void *arg)
{
	sl__only_g("sl_once_do");
	if (sl__load(&o->state) != SL__ONCE_DONE)
		sl__once_do(o, fn, arg);
}

#endif
