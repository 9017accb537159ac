/* SPDX-License-Identifier: Apache-2.0 */
#define SL__INLINE
#include "schedlab.h"
