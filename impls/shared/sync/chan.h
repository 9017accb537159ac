/* SPDX-License-Identifier: Apache-2.0
 *
 * chan.h: a channel, and the steps of which sends, receives and selects are
 * made; after Go's chan.go.
 *
 * Under c->lock: receivers wait only while the buffer is empty, senders only
 * while it is full (with cap 0 it is both).  So a sender that finds a receiver
 * copies straight to it, past the buffer; a receiver that finds a sender takes
 * the oldest element and moves the sender's into the freed place.  FIFO order
 * follows.
 */
#ifndef SL_CHAN_H
#define SL_CHAN_H

#include <string.h>

#include "shared/sync/sync.h"

struct sl_chan {
	uint32_t lock;
	bool closed;
	size_t size, cap;       /* of an element in bytes; of the buffer in elements */
	size_t count;           /* elements in the buffer */
	size_t head;            /* index of the oldest */
	struct sl__waitq recvq, sendq;
	uint64_t random;        /* see select.c */
	_Alignas(max_align_t) char buf[];
};

/* The first waiter that can still be served, and now is: of the records of a
 * select only one can. */
static inline struct sl__waiter *sl__chan_serve(struct sl__waitq *q)
{
	struct sl__waiter *w;

	while ((w = sl__waitq_pop(q)) && sl__unlikely(w->served != NULL)) {
		w->queued = false;
		if (sl__cas(w->served, NULL, w))
			break;
	}
	return w;
}

static inline void sl__chan_copy(const struct sl_chan *c, void *to, const void *from)
{
	if (sl__likely(c->size == sizeof(uint64_t)))
		memcpy(to, from, sizeof(uint64_t));
	else if (c->size)
		memcpy(to, from, c->size);
}

static inline void *sl__chan_slot(struct sl_chan *c, size_t i)
{
	i += c->head;
	if (i >= c->cap)
		i -= c->cap;
	return c->buf + i * c->size;
}

/* Left to itself the compiler calls them: a noticeable part of a message's price. */
#define sl__inline static inline __attribute__((always_inline))

/* Sends if that can be done at once.  *woken: whom to ready when the lock is
 * free, or NULL. */
sl__inline bool sl__chan_send(struct sl_chan *c, const void *v, struct sl__waiter **woken)
{
	struct sl__waiter *w;

	if (sl__unlikely(c->closed))
		sl__fatal("send on closed channel");
	*woken = w = sl__chan_serve(&c->recvq);
	if (w) {
		sl__chan_copy(c, w->v, v);
		w->ok = true;
		return true;
	}
	if (c->count < c->cap) {
		sl__chan_copy(c, sl__chan_slot(c, c->count), v);
		c->count++;
		return true;
	}
	return false;
}

/* Receives if that can be done at once.  *ok: false from a closed channel. */
sl__inline bool sl__chan_recv(struct sl_chan *c, void *v, bool *ok, struct sl__waiter **woken)
{
	struct sl__waiter *w;

	if (c->count > 0) {
		sl__chan_copy(c, v, sl__chan_slot(c, 0));
		if (++c->head == c->cap)
			c->head = 0;
		c->count--;
		w = sl__chan_serve(&c->sendq);
		if (w) {
			sl__chan_copy(c, sl__chan_slot(c, c->count), w->v);
			c->count++;
		}
	} else {
		w = sl__chan_serve(&c->sendq);
		if (w) {
			sl__chan_copy(c, v, w->v);
		} else if (c->closed) {
			if (v)
				memset(v, 0, c->size);
			*ok = false;
			*woken = NULL;
			return true;
		} else {
			return false;
		}
	}
	if (w)
		w->ok = true;
	*woken = w;
	*ok = true;
	return true;
}

#endif
