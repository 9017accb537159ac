/* SPDX-License-Identifier: Apache-2.0
 *
 * run_delay.h: how long this process's threads could have run and were kept waiting.
 */
#ifndef RUN_DELAY_H
#define RUN_DELAY_H

#include <stdint.h>

/* Of all threads there are, since each one's start; -1 where the kernel does not say.
 * Opens a file for each, and so looks at the first hundred alone. */
int64_t run_delay_ns(void);

#endif
