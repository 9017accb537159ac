/* SPDX-License-Identifier: Apache-2.0
 *
 * target_bundle.c: bundles, packed or not.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"

#define BLOCK 512

/* Each header of a tar archive has a sum over itself, which a change makes wrong: then
 * nobody looks at the rest of it. */
static void mend_headers(uint8_t *data, size_t n)
{
	for (size_t at = 0; at + BLOCK <= n; at += BLOCK) {
		uint8_t *header = data + at;
		unsigned sum = 0;

		if (memcmp(header + 257, "ustar", 5) != 0)
			continue;
		memset(header + 148, ' ', 8);
		for (int i = 0; i < BLOCK; i++)
			sum += header[i];
		snprintf((char *)header + 148, 8, "%06o", sum);
	}
}

/* What is in a folder beside the bundle itself. */
static bool has_others(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool others = false;

	MUST(d, dir);
	while ((entry = readdir(d)))
		others = others || (*entry->d_name != '.' && strcmp(entry->d_name, "bundle.tar.gz") != 0);
	closedir(d);
	return others;
}

bool fuzz_bundle(const char *dir, const uint8_t *data, size_t n)
{
	uint8_t *mended = malloc(n + 1);
	struct results r;
	struct err e;
	bool taken;

	MUST(mended, "no memory");
	memcpy(mended, data, n);
	mend_headers(mended, n);
	setenv("TMPDIR", dir, 1);
	taken = bundle_read(&r, fuzz_put(dir, "bundle.tar.gz", mended, n), &e) == 0;
	if (taken)
		results_free(&r);
	else
		fuzz_sentence(&e);
	MUST(!has_others(dir), "nothing is left of it");
	free(mended);
	return taken;
}
