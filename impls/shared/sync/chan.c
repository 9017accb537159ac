/* SPDX-License-Identifier: Apache-2.0
 *
 * chan.c: channels.  chan.h says how they work.
 */
#include "shared/sync/chan.h"

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

static _Noreturn void block_for_ever(const char *reason)
{
	for (;;)
		sl_park(NULL, NULL, reason);
}

struct sl__hop sl__send(struct sl_chan *c, const void *v, struct sl__waiter *w)
{
	struct sl__waiter *woken;

	sl__only_g("sl_chan_send");
	if (!c)
		block_for_ever("chan send (NULL channel)");
	sl__lock(&c->lock);
	if (sl__chan_send(c, v, &woken)) {
		sl__unlock(&c->lock);
		if (woken)
			sl_ready(woken->g);
		return (struct sl__hop){ SL__DONE, NULL };
	}
	w->g = sl_self();
	w->v = (void *)v;
	w->served = NULL;
	sl__waitq_push(&c->sendq, w);
	return sl__park_unlock(&c->lock, "chan send");
}

void sl__send_failed(void)
{
	sl__fatal("send on closed channel");
}

bool sl_chan_trysend(struct sl_chan *c, const void *v)
{
	struct sl__waiter *woken = NULL;
	bool done;

	sl__only_g("sl_chan_trysend");
	if (!c)
		return false;
	sl__lock(&c->lock);
	done = sl__chan_send(c, v, &woken);
	sl__unlock(&c->lock);
	if (woken)
		sl_ready(woken->g);
	return done;
}

struct sl__hop sl__recv(struct sl_chan *c, void *v, struct sl__waiter *w)
{
	struct sl__waiter *woken;

	sl__only_g("sl_chan_recv");
	if (!c)
		block_for_ever("chan receive (NULL channel)");
	sl__lock(&c->lock);
	if (sl__chan_recv(c, v, &w->ok, &woken)) {
		sl__unlock(&c->lock);
		if (woken)
			sl_ready(woken->g);
		return (struct sl__hop){ w->ok ? SL__DONE : NULL, NULL };
	}
	w->g = sl_self();
	w->v = v;
	w->served = NULL;
	sl__waitq_push(&c->recvq, w);
	return sl__park_unlock(&c->lock, "chan receive");
}

bool sl_chan_tryrecv(struct sl_chan *c, void *v, bool *ok)
{
	struct sl__waiter *woken = NULL;
	bool done;

	sl__only_g("sl_chan_tryrecv");
	if (!c)
		return false;
	sl__lock(&c->lock);
	done = sl__chan_recv(c, v, ok, &woken);
	sl__unlock(&c->lock);
	if (woken)
		sl_ready(woken->g);
	return done;
}

void sl_chan_close(struct sl_chan *c)
{
	struct sl__waiter *w, *first = NULL, **end = &first;

	sl__only_g("sl_chan_close");
	if (!c)
		sl__fatal("close of a NULL channel");
	sl__lock(&c->lock);
	if (c->closed)
		sl__fatal("close of closed channel");
	c->closed = true;
	while ((w = sl__chan_serve(&c->recvq))) {
		if (w->v)
			memset(w->v, 0, c->size);
		w->ok = false;
		*end = w;
		end = &w->next;
	}
	while ((w = sl__chan_serve(&c->sendq))) {
		w->ok = false;
		*end = w;
		end = &w->next;
	}
	*end = NULL;
	sl__unlock(&c->lock);
	sl__ready_all(first);
}
