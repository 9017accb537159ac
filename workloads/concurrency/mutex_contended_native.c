/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#define LOCK pthread_mutex_t
#define TAKE pthread_mutex_lock
#define GIVE pthread_mutex_unlock
#include "contended.h"

const struct workload wl_mutex_contended_native = {
	.name = "mutex-contended-native",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "mutex-contended, with the C library's own lock: what threads use without this suite",
	.question = "Is the 1:1 back end handicapped by the mutex that all share, where many want it?",
	.metric = "turn",
	.params = params,
	.needs = WL_THREADS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
