/* SPDX-License-Identifier: Apache-2.0 */
#define LOCK struct sl_mutex
#define TAKE sl_mutex_lock
#define GIVE sl_mutex_unlock
#define COND struct sl_cond
#define WAIT sl_cond_wait
#define SIGNAL sl_cond_signal
#define BROADCAST sl_cond_broadcast
#define HOLDS 8
#include "buffer.h"

const struct workload wl_cond = {
	.name = "cond",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION | WL_ORCHESTRATION,
	.summary = "producers and consumers share a small buffer, of a mutex and two condition variables",
	.question = "What does it cost to wait for a state of shared memory?",
	.metric = "element",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
