/* SPDX-License-Identifier: Apache-2.0
 *
 * What lies where a file is expected may be anything; nobody is kept waiting.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"

static char dir[] = "/tmp/files_test.XXXXXX";

static int set_up(void **state)
{
	(void)state;
	alarm(20);
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	alarm(0);
	dir_remove(dir);
	return 0;
}

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
	char path[PATH_MAX], *text;
	struct err e = { "" };
	size_t n;

	(void)state;
	assert_int_equal(file_put(dir, "five", "ab\0cd", 5, &e), 0);
	path_join(path, dir, "five");
	assert_int_equal(file_get(path, 5, &text, &n, &e), 0);
	assert_int_equal(n, 5);
	assert_memory_equal(text, "ab\0cd", 6);
	free(text);
	assert_int_equal(file_get(path, 4, &text, &n, &e), -EFBIG);
	assert_non_null(strstr(e.msg, "five: File too large"));
	/* The kernel says of its own that they are empty. */
	assert_int_equal(file_get("/proc/self/status", 1 << 20, &text, &n, &e), 0);
	assert_true(n > 100);
	free(text);
}

static void a_huge_file_is_not_begun(void **state)
{
	char path[PATH_MAX], *text;
	struct err e = { "" };
	int fd = open(path_join(path, dir, "huge"), O_WRONLY | O_CREAT, 0666);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	assert_int_equal(file_get(path, (size_t)1 << 30, &text, NULL, &e), -EFBIG);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char fifo[PATH_MAX], link[PATH_MAX], hash[FILE_HASH], *text;
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err e = { "" };

	(void)state;
	assert_int_equal(mkfifo(path_join(fifo, dir, "fifo"), 0666), 0);
	assert_int_equal(symlink(fifo, path_join(link, dir, "link")), 0);
	strcpy(at.sun_path, dir);
	strcat(at.sun_path, "/socket");
	assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof at), 0);
	const char *const paths[] = { fifo, link, at.sun_path, dir, "/dev/zero", "/dev/null" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		e.msg[0] = '\0';
		assert_int_equal(file_get(paths[i], 1 << 20, &text, NULL, &e), -EINVAL);
		assert_non_null(strstr(e.msg, paths[i]));
		assert_non_null(strstr(e.msg, "is no regular file"));
		assert_int_equal(file_hash(paths[i], hash, &e), -EINVAL);
	}
	close(s);
	assert_int_equal(file_get("/tmp/files_test.none", 1, &text, NULL, &e), -ENOENT);
}

/* The file beside it that is renamed in the end may have been put there, too. */
static void nothing_is_written_into_what_is_no_file(void **state)
{
	char fifo[PATH_MAX];
	struct err e = { "" };

	(void)state;
	assert_int_equal(mkfifo(path_join(fifo, dir, ".row.tmp"), 0666), 0);
	assert_int_equal(file_put(dir, "row", "x", 1, &e), -EINVAL);
	assert_non_null(strstr(e.msg, ".row.tmp: it is no regular file"));
	int reader = open(fifo, O_RDONLY | O_NONBLOCK);
	assert_int_equal(file_put(dir, "row", "x", 1, &e), -EINVAL);
	close(reader);
	unlink(fifo);
	assert_int_equal(file_put(dir, "row", "x", 1, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole_up_to_its_limit),
		cmocka_unit_test(a_huge_file_is_not_begun),
		cmocka_unit_test(what_is_no_regular_file_is_refused_at_once),
		cmocka_unit_test(nothing_is_written_into_what_is_no_file),
	};

	return cmocka_run_group_tests_name("files", tests, set_up, tear_down);
}
