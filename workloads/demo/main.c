/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c: demo-BACKEND NAME P runs a demo on P processors; P = 0: as many as the
 * program would have without being told.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

/* What we were started without, the scheduler's own descriptors would become. */
static void open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	struct sl_config config = { 0 };

	open_standard();
	/* What is printed is read while it comes, and kept if the process dies. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 3) {
		fprintf(stderr, "usage: %s NAME P\n", argv[0]);
		return 2;
	}
	config.procs = atoi(argv[2]);
	for (const struct demo *d = demos; d->name; d++)
		if (!strcmp(d->name, argv[1]))
			return sl_run(&config, d->run, NULL) == 0 ? 0 : 2;
	fprintf(stderr, "%s: no demo '%s'\n", argv[0], argv[1]);
	return 2;
}
