/* SPDX-License-Identifier: Apache-2.0
 *
 * orphans.h: what a child started and left behind.  A process whose parent has
 * died becomes ours, in whatever process group or session it is; so when our
 * child is reaped, all of its descendants can be found among our children, or
 * below them, and ended.
 */
#ifndef ORPHANS_H
#define ORPHANS_H

#include <stdbool.h>

#include "base/err.h"

/* From now on (true), orphans of ours come to us, or no longer (false). */
void orphans_adopt(bool);

/* Kills and reaps children of this process until it has none: it must have no
 * others.  -EBUSY with a sentence when one does not die. */
int orphans_end(struct err *);

#endif
