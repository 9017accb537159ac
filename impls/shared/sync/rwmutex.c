/* SPDX-License-Identifier: Apache-2.0
 *
 * rwmutex.c: one addition to lock and one to unlock for a reader while no writer
 * is about.  The way of Go's sync/rwmutex.go.
 *
 * readers: how many hold it or wait for it, less WRITER for the writer that holds it
 * or waits; so a reader's own addition tells it whether to wait.  A writer first takes
 * m->writers, so no two of them are on the way in; then it subtracts, and waits for
 * what it found to leave.  Readers that come later wait for its unlock, which lets in
 * all that its addition finds, before the next writer.
 *
 * THE LAST TOUCH.  That addition lets in whoever comes, and a reader that finds there
 * what it waited for may free the rwmutex at once.  So it comes last, after m->writers
 * has been unlocked; after it only those are let in that it has found waiting, and
 * while one of them waits, here or for m->writers, nobody frees anything.  The next writer can therefore
 * subtract before it, and then readers are less than WRITER below zero: it waits for
 * the one before as for a reader, and is told under m->lock what else to wait for.
 *
 * Under m->lock: the queue; leaving, whom the writer still waits for, below zero for
 * those that left before it has added what it found; the writer, once it is parked;
 * and admitted, readers that were let in before they had queued.
 */
#include "shared/sync/sync.h"

#define WRITER (1 << 29)        /* twice that, and what is below zero by mistake, fit */

void sl__rwmutex_rlock(struct sl_rwmutex *m)
{
	struct sl__waiter w;

	sl__only_g("sl_rwmutex_rlock");
	sl__lock(&m->lock);
	if (m->admitted > 0) {
		m->admitted--;
		sl__unlock(&m->lock);
		return;
	}
	w.g = sl_self();
	sl__waitq_push(&m->q, &w);
	sl__leave(sl__park_unlock(&m->lock, "rwmutex read"));
}

bool sl_rwmutex_tryrlock(struct sl_rwmutex *m)
{
	int32_t n;

	sl__only_g("sl_rwmutex_tryrlock");
	do {
		n = sl__load(&m->readers);
		if (n < 0)
			return false;
	} while (!sl__cas(&m->readers, n, n + 1));
	return true;
}

/* Under m->lock.  The writer to be readied when that is free, or NULL. */
static struct sl__waiter *leave(struct sl_rwmutex *m)
{
	struct sl__waiter *w = NULL;

	if (--m->leaving == 0) {
		w = m->writer;
		m->writer = NULL;
	}
	return w;
}

void sl__rwmutex_runlock(struct sl_rwmutex *m, int32_t n)
{
	struct sl__waiter *w;

	sl__only_g("sl_rwmutex_runlock");
	if (n == -1 || n == -1 - WRITER || n == -1 - 2 * WRITER)
		sl__fatal("runlock of an rwmutex that no reader holds");
	sl__lock(&m->lock);
	w = leave(m);
	sl__unlock(&m->lock);
	if (w)
		sl_ready(w->g);
}

/* Waits until n have left. */
static void await_leaving(struct sl_rwmutex *m, int32_t n)
{
	struct sl__waiter w;

	sl__lock(&m->lock);
	m->leaving += n;
	if (m->leaving == 0) {
		sl__unlock(&m->lock);
		return;
	}
	w.g = sl_self();
	m->writer = &w;
	sl__leave(sl__park_unlock(&m->lock, "rwmutex write"));
}

void sl_rwmutex_lock(struct sl_rwmutex *m)
{
	int32_t n;

	sl__only_g("sl_rwmutex_lock");
	sl_mutex_lock(&m->writers);
	n = sl__add(&m->readers, -WRITER) + WRITER;
	if (n)
		await_leaving(m, n > 0 ? n : 1);
}

bool sl_rwmutex_trylock(struct sl_rwmutex *m)
{
	sl__only_g("sl_rwmutex_trylock");
	if (!sl_mutex_trylock(&m->writers))
		return false;
	if (sl__cas(&m->readers, 0, -WRITER))
		return true;
	sl_mutex_unlock(&m->writers);
	return false;
}

/* Lets n readers in, which wait or are about to; and if next, the next writer has come,
 * and is to wait for them instead of for the caller. */
static void admit(struct sl_rwmutex *m, int32_t n, bool next)
{
	struct sl__waiter *first, *w = NULL;
	int32_t readers = n;

	sl__lock(&m->lock);
	first = sl__waitq_take(&m->q, &n);
	m->admitted += n;
	if (next) {
		m->leaving += readers;
		w = leave(m);
	}
	sl__unlock(&m->lock);
	sl__ready_all(first);
	if (w)
		sl_ready(w->g);
}

void sl_rwmutex_unlock(struct sl_rwmutex *m)
{
	struct sl__waiter *w;
	int32_t n;

	sl__only_g("sl_rwmutex_unlock");
	if (sl__load(&m->readers) >= 0)
		sl__fatal("unlock of an rwmutex that no writer holds");
	w = sl__mutex_release(&m->writers);
	n = sl__add(&m->readers, WRITER);
	if (n)
		admit(m, n < 0 ? n + WRITER : n, n < 0);
	/* After the readers: to wake it first keeps them out for that long. */
	if (w)
		sl_ready(w->g);
}
