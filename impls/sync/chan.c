/* SPDX-License-Identifier: Apache-2.0
 *
 * chan.c: channels, after Go's chan.go.
 *
 * Under c->lock: receivers wait only while the buffer is empty, senders only
 * while it is full (with cap 0 it is both).  So a sender that finds a receiver
 * copies straight to it, past the buffer; a receiver that finds a sender takes
 * the oldest element and moves the sender's into the freed place.  FIFO order
 * follows.
 */
#include <errno.h>
#include <string.h>

#include "sync.h"

struct sl_chan {
	uint32_t lock;
	bool closed;
	size_t size, cap;       /* of an element in bytes; of the buffer in elements */
	size_t count;           /* elements in the buffer */
	size_t head;            /* index of the oldest */
	struct sl__waitq recvq, sendq;
	_Alignas(max_align_t) char buf[];
};

struct sl_chan *sl_chan_make(size_t elem_size, size_t cap)
{
	struct sl_chan *c;

	if (elem_size != 0 && cap > (SIZE_MAX / 2 - sizeof *c) / elem_size)
		return NULL;
	c = calloc(1, sizeof *c + elem_size * cap);
	if (c) {
		c->size = elem_size;
		c->cap = cap;
	}
	return c;
}

void sl_chan_free(struct sl_chan *c)
{
	free(c);
}

static inline void copy(const struct sl_chan *c, void *to, const void *from)
{
	if (sl__likely(c->size == sizeof(uint64_t)))
		memcpy(to, from, sizeof(uint64_t));
	else if (c->size)
		memcpy(to, from, c->size);
}

static inline void *slot(struct sl_chan *c, size_t i)
{
	i += c->head;
	if (i >= c->cap)
		i -= c->cap;
	return c->buf + i * c->size;
}

static _Noreturn void block_for_ever(const char *reason)
{
	for (;;)
		sl_park(NULL, NULL, reason);
}

/* Sends if it can be done at once; releases the lock if so. */
static inline bool send_locked(struct sl_chan *c, const void *v)
{
	struct sl__waiter *w;

	if (sl__unlikely(c->closed))
		sl__fatal("send on closed channel");
	w = sl__waitq_pop(&c->recvq);
	if (w) {
		copy(c, w->v, v);
		w->ok = true;
		sl__unlock(&c->lock);
		sl_ready(w->g);
		return true;
	}
	if (c->count < c->cap) {
		copy(c, slot(c, c->count), v);
		c->count++;
		sl__unlock(&c->lock);
		return true;
	}
	return false;
}

void sl_chan_send(struct sl_chan *c, const void *v)
{
	struct sl__waiter w;

	if (!c)
		block_for_ever("chan send (NULL channel)");
	sl__lock(&c->lock);
	if (send_locked(c, v))
		return;
	w.g = sl_self();
	w.v = (void *)v;
	sl__waitq_push(&c->sendq, &w);
	sl__park_unlock(&c->lock, "chan send");
	if (sl__unlikely(!w.ok))
		sl__fatal("send on closed channel");
}

bool sl_chan_trysend(struct sl_chan *c, const void *v)
{
	if (!c)
		return false;
	sl__lock(&c->lock);
	if (send_locked(c, v))
		return true;
	sl__unlock(&c->lock);
	return false;
}

/* Receives if it can be done at once; releases the lock if so. */
static inline bool recv_locked(struct sl_chan *c, void *v, bool *ok)
{
	struct sl__waiter *w = NULL;

	if (c->count > 0) {
		copy(c, v, slot(c, 0));
		if (++c->head == c->cap)
			c->head = 0;
		c->count--;
		w = sl__waitq_pop(&c->sendq);
		if (w) {
			copy(c, slot(c, c->count), w->v);
			c->count++;
		}
	} else {
		w = sl__waitq_pop(&c->sendq);
		if (w) {
			copy(c, v, w->v);
		} else if (c->closed) {
			sl__unlock(&c->lock);
			if (v)
				memset(v, 0, c->size);
			*ok = false;
			return true;
		} else {
			return false;
		}
	}
	if (w)
		w->ok = true;
	sl__unlock(&c->lock);
	if (w)
		sl_ready(w->g);
	*ok = true;
	return true;
}

bool sl_chan_recv(struct sl_chan *c, void *v)
{
	struct sl__waiter w;
	bool ok;

	if (!c)
		block_for_ever("chan receive (NULL channel)");
	sl__lock(&c->lock);
	if (recv_locked(c, v, &ok))
		return ok;
	w.g = sl_self();
	w.v = v;
	sl__waitq_push(&c->recvq, &w);
	sl__park_unlock(&c->lock, "chan receive");
	return w.ok;
}

bool sl_chan_tryrecv(struct sl_chan *c, void *v, bool *ok)
{
	if (!c)
		return false;
	sl__lock(&c->lock);
	if (recv_locked(c, v, ok))
		return true;
	sl__unlock(&c->lock);
	return false;
}

void sl_chan_close(struct sl_chan *c)
{
	struct sl__waiter *w, *first = NULL, **end = &first;

	if (!c)
		sl__fatal("close of a NULL channel");
	sl__lock(&c->lock);
	if (c->closed)
		sl__fatal("close of closed channel");
	c->closed = true;
	for (w = c->recvq.head; w; w = w->next)
		if (w->v)
			memset(w->v, 0, c->size);
	while ((w = sl__waitq_pop(&c->recvq)) || (w = sl__waitq_pop(&c->sendq))) {
		w->ok = false;
		*end = w;
		end = &w->next;
	}
	*end = NULL;
	sl__unlock(&c->lock);
	while ((w = first)) {
		first = w->next;
		sl_ready(w->g);
	}
}
