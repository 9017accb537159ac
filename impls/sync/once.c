/* SPDX-License-Identifier: Apache-2.0
 *
 * once.c: after the first time, one load.  A mutex held while fn runs would do,
 * as in Go, but hands the waiters on one by one; here they all go at once.
 */
#include "sync.h"

void sl__once_do(struct sl_once *o, void (*fn)(void *), void *arg)
{
	struct sl__waiter w, *first;

	sl__lock(&o->lock);
	if (o->state == SL__ONCE_RUNNING) {
		w.g = sl_self();
		sl__waitq_push(&o->q, &w);
		sl__leave(sl__park_unlock(&o->lock, "once"));
		return;
	}
	if (o->state == SL__ONCE_DONE) {
		sl__unlock(&o->lock);
		return;
	}
	sl__store(&o->state, SL__ONCE_RUNNING);
	sl__unlock(&o->lock);

	fn(arg);

	sl__lock(&o->lock);
	sl__store(&o->state, SL__ONCE_DONE);
	first = sl__waitq_take_all(&o->q);
	sl__unlock(&o->lock);
	sl__ready_all(first);
}
