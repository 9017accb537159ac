/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include <stdio.h>

int cmd_fail(const struct err *e)
{
	fflush(stdout);
	fprintf(stderr, "schedlab: %s\n", e->msg);
	return EXIT_USAGE;
}
