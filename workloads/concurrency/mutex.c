/* SPDX-License-Identifier: Apache-2.0 */
#define LOCK struct sl_mutex
#define TAKE sl_mutex_lock
#define GIVE sl_mutex_unlock
#include "turns.h"

const struct workload wl_mutex = {
	.name = "mutex",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "a few Gs lock and unlock one mutex around an addition; at one P nobody finds it taken",
	.question = "What does a mutex cost, at one P while nobody else wants it?",
	.metric = "lock and unlock",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
