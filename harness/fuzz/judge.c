/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/judge.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/plain.h"

void broken(const char *what, const char *text)
{
	fprintf(stderr, "fuzz: %s does not hold: %s\n", what, text);
	abort();
}

const char *fuzz_put(const char *dir, const char *name, const void *data, size_t n)
{
	static char path[PATH_MAX];
	int fd = open(path_join(path, dir, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	MUST(fd >= 0 && write_all(fd, data, n) == 0, path);
	close(fd);
	return path;
}

void fuzz_sentence(const struct err *e)
{
	MUST(*e->msg, "no sentence");
	MUST(text_is_plain(e->msg, strlen(e->msg)), e->msg);
}

static char *text;
static size_t size;

FILE *fuzz_out(void)
{
	FILE *f = open_memstream(&text, &size);

	MUST(f, "no memory");
	return f;
}

void fuzz_out_end(FILE *f)
{
	MUST(fclose(f) == 0, "no memory");
	MUST(strlen(text) == size, "a NUL in what is printed");
	for (char *line = text, *end; *line; line = end) {
		size_t n = strcspn(line, "\n\t");

		MUST(text_is_plain(line, n), line);
		end = line + n + (line[n] != '\0');
	}
	free(text);
	text = NULL;
}
