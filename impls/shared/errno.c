/* SPDX-License-Identifier: Apache-2.0
 *
 * errno.c: where a compiler sees errno twice it keeps the address, and a G may have
 * changed threads in between.  So these are functions of a file of their own.
 */
#include <errno.h>

#include "shared/internal.h"

int sl__errno(void)
{
	return errno;
}

void sl__set_errno(int value)
{
	errno = value;
}
