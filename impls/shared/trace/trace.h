/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h: traces, for a back end: it begins one with a run and ends it, and records in
 * between what it does with each G.  format.h says what each record means.
 *
 * Whether a program traces is asked for by SCHEDLAB_TRACE=FILE, for each sl_run anew: FILE
 * then has the last of them.
 */
#ifndef SL_TRACE_TRACE_H
#define SL_TRACE_TRACE_H

#include "shared/trace/names.h"
#include "shared/trace/ring.h"

/* At the beginning of a run, before anything is to be recorded: begins a trace if one is
 * wanted.  † if its file cannot be written.  kernel: what the kernel does with the threads
 * that the calling one starts from now on, and with itself, is to be recorded, too. */
void sl__trace_begin(const char *model, int procs, bool kernel);

/* At its end, when nobody records any more; or abandoned: somebody may.  A trace that could
 * not be written whole has said so. */
void sl__trace_end(bool abandoned);

#endif
