/* SPDX-License-Identifier: Apache-2.0
 *
 * sync.h: what the primitives are made of.
 *
 * They are written once, over sl_park and sl_ready and the operations that
 * each back end's backend.h defines:
 *
 *     sl__load(p)         *p; later accesses stay after it (acquire)
 *     sl__store(p, v)     *p = v; earlier accesses stay before it (release)
 *     sl__cas(p, o, n)    if *p == o then *p = n; true if so (seq_cst)
 *     sl__add(p, n)       *p += n, and the sum (seq_cst)
 *     sl__lock(p), sl__unlock(p)
 *     sl__can_spin()      whether another G may be running at this moment
 *
 * on single-p these are plain operations: its Gs change places nowhere else
 * than in sl_park and sl_yield.  A waiter is a record (inline.h) on the waiting G's
 * stack.  It is linked while the queue's lock is held and unlinked, under the
 * same lock, by the G that wakes it; after sl_ready it is its owner's alone.
 *
 * A select waits in several queues at once, with a record in each; the records
 * share one word, which says which of them was served.  It goes from NULL to that
 * record once, and only who brings it there wakes the G.
 */
#ifndef SL_SYNC_H
#define SL_SYNC_H

#include "shared/internal.h"

static inline void sl__waitq_push(struct sl__waitq *q, struct sl__waiter *w)
{
	w->next = NULL;
	w->prev = q->tail;
	if (q->tail)
		q->tail->next = w;
	else
		q->head = w;
	q->tail = w;
}

static inline void sl__waitq_push_front(struct sl__waitq *q, struct sl__waiter *w)
{
	w->next = q->head;
	if (q->head)
		q->head->prev = w;
	else
		q->tail = w;
	q->head = w;
}

static inline struct sl__waiter *sl__waitq_pop(struct sl__waitq *q)
{
	struct sl__waiter *w = q->head;

	if (w) {
		q->head = w->next;
		if (!q->head)
			q->tail = NULL;
	}
	return w;
}

static inline void sl__waitq_remove(struct sl__waitq *q, struct sl__waiter *w)
{
	if (q->head == w)
		q->head = w->next;
	else
		w->prev->next = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		q->tail = q->head ? w->prev : NULL;
}

/* Takes the first *n out: a list, linked by next.  *n: how many were missing. */
static inline struct sl__waiter *sl__waitq_take(struct sl__waitq *q, int32_t *n)
{
	struct sl__waiter *w, *first = NULL, **end = &first;

	for (; *n > 0 && (w = sl__waitq_pop(q)); --*n) {
		*end = w;
		end = &w->next;
	}
	*end = NULL;
	return first;
}

static inline struct sl__waiter *sl__waitq_take_all(struct sl__waitq *q)
{
	struct sl__waiter *first = q->head;

	*q = (struct sl__waitq){ NULL, NULL };
	return first;
}

/* sl_mutex_unlock but for the last step: whom to ready when there is time, or NULL.  Who
 * waits on a mutex keeps it from being freed. */
struct sl__waiter *sl__mutex_release(struct sl_mutex *);

/* Readies a list of waiters.  What they waited for may be gone as soon as the
 * first of them runs. */
static inline void sl__ready_all(struct sl__waiter *w)
{
	while (w) {
		struct sl__waiter *next = w->next;

		sl_ready(w->g);
		w = next;
	}
}

#endif
