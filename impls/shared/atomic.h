/* SPDX-License-Identifier: Apache-2.0
 *
 * atomic.h: the operations of sync/ for back ends whose Gs run in parallel.
 */
#ifndef SL_ATOMIC_H
#define SL_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#define sl__load(p)      __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define sl__store(p, v)  __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define sl__add(p, n)    __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST)
#define sl__cas(p, o, n) __extension__({ \
	__typeof__(*(p)) sl__o = (o); \
	__atomic_compare_exchange_n(p, &sl__o, n, false, \
	                            __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE); })

#endif
