/* SPDX-License-Identifier: Apache-2.0
 *
 * libfuzzer.c: clang's fuzzer on one reader; which, the program's name says:
 * fuzz-rows.  It has a main of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets.h"

static const struct target *target;
static char dir[] = "/tmp/schedlab-fuzz.XXXXXX";

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = strrchr((*argv)[0], '-');

	(void)argc;
	for (const struct target *t = targets; name && t->name; t++)
		if (!strcmp(t->name, name + 1))
			target = t;
	if (!target || !mkdtemp(dir)) {
		fprintf(stderr, "%s: named after no reader, or no folder in /tmp\n", (*argv)[0]);
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	target->run(dir, data, n);
	return 0;
}
