/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.h: an archive, which may be anybody's, into a folder.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "base/err.h"

/* Puts what commands read of a bundle into dir, which is ours alone.  The rest is read and
 * checked, and written nowhere.  0; or -errno with how the archive is not a bundle, or
 * cannot be read or written, as a sentence goes on; what is in dir then is for nobody. */
int unpack(const char *file, const char *dir, struct err *);

#endif
