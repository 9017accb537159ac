/* SPDX-License-Identifier: Apache-2.0 */
#include "shared/internal.h"

int64_t sl_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}
