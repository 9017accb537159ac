/* SPDX-License-Identifier: Apache-2.0
 *
 * judge.h: what must hold of all that is read, and of all that is said of it.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/* Says what does not hold, and aborts. */
_Noreturn void broken(const char *what, const char *text);

#define MUST(condition, text) ((condition) ? (void)0 : broken(#condition, text))

/* Writes dir/name, without the care that results take; returns its path. */
const char *fuzz_put(const char *dir, const char *name, const void *data, size_t n);

/* It is a sentence: a line that can be printed. */
void fuzz_sentence(const struct err *);

/* A stream for what a command would print; its end checks that all lines can be. */
FILE *fuzz_out(void);
void fuzz_out_end(FILE *);

#endif
