/* SPDX-License-Identifier: Apache-2.0 */
#define LOCK struct sl_mutex
#define TAKE sl_mutex_lock
#define GIVE sl_mutex_unlock
#include "turns.h"

const struct workload wl_mutex = {
	.name = "mutex",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "a few Gs take turns at one counter under a mutex",
	.question = "What does it cost to take turns?",
	.metric = "lock and unlock",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
