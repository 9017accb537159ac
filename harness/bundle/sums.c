/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/sums.h"

#include <sys/types.h>

#include <errno.h>
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sum_of(char text[SUM_TEXT], const void *data, size_t n)
{
	SHA256Data(data, n, text);
}

int sums_add(struct contents *c, struct err *e)
{
	const size_t line = SUM_TEXT - 1 + 2 + PIECE_NAME + 1;
	char *list = malloc(line * PIECES_MAX + 1), sum[SUM_TEXT];
	size_t n = 0;

	if (!list)
		return err_set(e, -ENOMEM, "out of memory");
	for (int i = 0; i < c->n; i++) {
		sum_of(sum, c->v[i].data, c->v[i].n);
		n += (size_t)sprintf(list + n, "%s  %s\n", sum, c->v[i].name);
	}
	return contents_add(c, SUMS_NAME, list, n, e);
}

/* Which of them a line "SUM  NAME" is of; -1: of none. */
static int of_line(const char *line, size_t n, const struct summed *v, int count)
{
	for (int i = 0; i < count; i++)
		if (n == SUM_TEXT + 1 + strlen(v[i].name) && !strncmp(line + SUM_TEXT - 1, "  ", 2) &&
		    !strncmp(line + SUM_TEXT + 1, v[i].name, n - SUM_TEXT - 1))
			return i;
	return -1;
}

int sums_check(const char *list, const struct summed *v, int n, struct err *e)
{
	bool seen[PIECES_MAX] = { false };

	while (*list) {
		size_t length = strcspn(list, "\n");
		int i = of_line(list, length, v, n);

		if (i < 0 || seen[i])
			return err_set(e, -EINVAL, "its " SUMS_NAME " has a line '%.100s' for a file that is not there, "
			               "or twice", list);
		seen[i] = true;
		if (strncmp(list, v[i].sum, SUM_TEXT - 1) != 0)
			return err_set(e, -EINVAL, "its %s is not what it was, by " SUMS_NAME, v[i].name);
		list += length;
		list += *list == '\n';
	}
	for (int i = 0; i < n; i++)
		if (!seen[i])
			return err_set(e, -EINVAL, "its %s is not in " SUMS_NAME, v[i].name);
	return 0;
}
