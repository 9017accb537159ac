/* SPDX-License-Identifier: Apache-2.0
 *
 * temp_dir_test.h: a folder for the files of a group of tests, and its end:
 *
 *     return cmocka_run_group_tests(tests, make_dir, remove_dir);
 */
#ifndef TEMP_DIR_TEST_H
#define TEMP_DIR_TEST_H

#include <stdlib.h>

#include "base/files.h"

static char dir[PATH_MAX];

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(path_temporary(dir, "test")) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	dir_remove(dir);
	return 0;
}

#endif
