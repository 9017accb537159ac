/* SPDX-License-Identifier: Apache-2.0
 *
 * rwmutex.c: one addition to lock and one to unlock for a reader while no writer
 * is about.  The way of Go's sync/rwmutex.go.
 *
 * readers: how many hold it or wait for it, less WRITER while a writer holds it
 * or waits; so a reader's own addition tells it whether to wait.  Writers first
 * take m->writers, so there is one at a time; it then waits for the readers that
 * its subtraction found to leave.  Readers that come later wait for its unlock,
 * which lets in all that its addition finds, before the next writer.
 *
 * Under m->lock: the queue; leaving, the readers that the writer still waits
 * for, below zero for those that left before it has added what it found; and
 * admitted, readers that were let in before they had queued.
 */
#include "sync.h"

#define WRITER (1 << 30)

void sl__rwmutex_rlock(struct sl_rwmutex *m)
{
	struct sl__waiter w;

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

	do {
		n = sl__load(&m->readers);
		if (n < 0)
			return false;
	} while (!sl__cas(&m->readers, n, n + 1));
	return true;
}

void sl__rwmutex_runlock(struct sl_rwmutex *m, int32_t n)
{
	struct sl__waiter *w = NULL;

	if (n == -1 || n == -1 - WRITER)
		sl__fatal("runlock of an rwmutex that no reader holds");
	sl__lock(&m->lock);
	if (--m->leaving == 0)
		w = m->writer;
	sl__unlock(&m->lock);
	if (w)
		sl_ready(w->g);
}

static void await_readers(struct sl_rwmutex *m, int32_t n)
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

	sl_mutex_lock(&m->writers);
	n = sl__add(&m->readers, -WRITER) + WRITER;
	if (n)
		await_readers(m, n);
}

bool sl_rwmutex_trylock(struct sl_rwmutex *m)
{
	if (!sl_mutex_trylock(&m->writers))
		return false;
	if (sl__cas(&m->readers, 0, -WRITER))
		return true;
	sl_mutex_unlock(&m->writers);
	return false;
}

static void admit(struct sl_rwmutex *m, int32_t n)
{
	struct sl__waiter *first;

	sl__lock(&m->lock);
	first = sl__waitq_take(&m->q, &n);
	m->admitted += n;
	sl__unlock(&m->lock);
	sl__ready_all(first);
}

void sl_rwmutex_unlock(struct sl_rwmutex *m)
{
	int32_t n = sl__add(&m->readers, WRITER);

	if (n >= WRITER)
		sl__fatal("unlock of an rwmutex that no writer holds");
	if (n)
		admit(m, n);
	sl_mutex_unlock(&m->writers);
}
