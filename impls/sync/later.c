/* SPDX-License-Identifier: Apache-2.0
 *
 * later.c: what schedlab.h declares and no back end has yet.
 */
#include "internal.h"

#define LATER(type, name, ...) \
	type name(__VA_ARGS__) { sl__fatal(#name ": not yet"); }

#pragma GCC diagnostic ignored "-Wunused-parameter"

LATER(void, sl_wg_go, struct sl_wg *wg, void (*fn)(void *), void *arg)
LATER(void, sl_rwmutex_rlock, struct sl_rwmutex *m)
LATER(bool, sl_rwmutex_tryrlock, struct sl_rwmutex *m)
LATER(void, sl_rwmutex_runlock, struct sl_rwmutex *m)
LATER(void, sl_rwmutex_lock, struct sl_rwmutex *m)
LATER(bool, sl_rwmutex_trylock, struct sl_rwmutex *m)
LATER(void, sl_rwmutex_unlock, struct sl_rwmutex *m)
LATER(void, sl_cond_wait, struct sl_cond *c, struct sl_mutex *m)
LATER(bool, sl_cond_wait_until, struct sl_cond *c, struct sl_mutex *m, int64_t deadline_ns)
LATER(void, sl_cond_signal, struct sl_cond *c)
LATER(void, sl_cond_broadcast, struct sl_cond *c)
LATER(void, sl_once_do, struct sl_once *o, void (*fn)(void *), void *arg)
LATER(int, sl_select, struct sl_case *cases, int n, bool block)
LATER(int, sl_select_until, struct sl_case *cases, int n, int64_t deadline_ns)
