/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#define LOCK pthread_mutex_t
#define TAKE pthread_mutex_lock
#define GIVE pthread_mutex_unlock
#define COND pthread_cond_t
#define WAIT pthread_cond_wait
#define SIGNAL pthread_cond_signal
#define BROADCAST pthread_cond_broadcast
#define HOLDS 128       /* as mpmc's channel */
#include "buffer.h"

const struct workload wl_channel_native = {
	.name = "channel-native",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION | WL_ORCHESTRATION,
	.summary = "mpmc, by a queue of the C library's own mutex and condition variables",
	.question = "Is the 1:1 back end handicapped by the channels that all share?",
	.metric = "element",
	.params = params,
	.needs = WL_THREADS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
