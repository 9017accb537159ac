/* SPDX-License-Identifier: Apache-2.0
 *
 * presets.h: the matrices that have a name.
 */
#ifndef PRESETS_H
#define PRESETS_H

#include "plan/plan.h"

extern const struct preset presets[];           /* ended by a NULL name */

/* NULL, with a sentence, where there is none of that name; of no name: the first. */
const struct preset *preset_find(const char *name, struct err *);

#endif
