/* SPDX-License-Identifier: Apache-2.0 */
#define LOCK struct sl_mutex
#define TAKE sl_mutex_lock
#define GIVE sl_mutex_unlock
#include "contended.h"

const struct workload wl_mutex_contended = {
	.name = "mutex-contended",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "a few Gs want one mutex all the time, and whoever has it yields; see jain_permille",
	.question = "What does it cost to take turns, and who gets how many?",
	.metric = "turn",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
