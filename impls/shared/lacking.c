/* SPDX-License-Identifier: Apache-2.0
 *
 * lacking.c: the parts of the API that a back end may be without: channels, timers,
 * fork and join, descriptors (the capabilities of its backend.mk).  Programs call them
 * all the same, and every cell and the conformance suite are linked with them; so each
 * has a weak definition here, which the back end's own replaces, and which says what is
 * missing; where that is no surprise, the conformance suite skips the test.
 */
#include "shared/internal.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define LACKING(part, type, name, parameters) \
	__attribute__((weak)) type name parameters \
	{ \
		sl__fatal("%s: this back end has no " part, #name); \
	}

LACKING("channels", struct sl_chan *, sl_chan_make, (size_t elem_size, size_t cap))
LACKING("channels", void, sl_chan_free, (struct sl_chan *c))
LACKING("channels", struct sl__hop, sl__send, (struct sl_chan *c, const void *v, struct sl__waiter *w))
LACKING("channels", struct sl__hop, sl__recv, (struct sl_chan *c, void *v, struct sl__waiter *w))
LACKING("channels", void, sl__send_failed, (void))
LACKING("channels", bool, sl_chan_trysend, (struct sl_chan *c, const void *v))
LACKING("channels", bool, sl_chan_tryrecv, (struct sl_chan *c, void *v, bool *ok))
LACKING("channels", void, sl_chan_close, (struct sl_chan *c))
LACKING("channels", int, sl_select, (struct sl_case *cases, int n, bool block))
LACKING("channels", int, sl_select_until, (struct sl_case *cases, int n, int64_t deadline_ns))

LACKING("timers", void, sl_sleep, (int64_t ns))
LACKING("timers", bool, sl_cond_wait_until, (struct sl_cond *c, struct sl_mutex *m, int64_t deadline_ns))

LACKING("fork-join", void, sl_fork, (struct sl_task *t, void (*fn)(void *), void *arg))
LACKING("fork-join", void, sl_join, (struct sl_task *t))

LACKING("descriptors", int, sl_fd, (int fd))
LACKING("descriptors", int, sl_close, (int fd))
LACKING("descriptors", ssize_t, sl_read, (int fd, void *buf, size_t n))
LACKING("descriptors", ssize_t, sl_write, (int fd, const void *buf, size_t n))
LACKING("descriptors", int, sl_accept, (int fd, struct sockaddr *a, socklen_t *len))
LACKING("descriptors", int, sl_connect, (int fd, const struct sockaddr *a, socklen_t len))
LACKING("descriptors", int, sl_wait_fd, (int fd, int events, int64_t deadline_ns))
