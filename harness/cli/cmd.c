/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <stdio.h>

#include "plan/catalog.h"
#include "plan/options.h"
#include "topo/topo.h"

int cmd_fail(const struct err *e)
{
	fflush(stdout);
	fprintf(stderr, "schedlab: %s\n", e->msg);
	return EXIT_USAGE;
}

int cmd_measure(int argc, char **argv, const struct option *flags, const char *help,
                int (*measure)(const struct options *, struct catalog *, const struct topo *, int argc, char **argv,
                               struct err *))
{
	struct topo *topo = NULL;
	struct catalog c;
	struct options o;
	struct err e;
	int status;

	if (options_parse(&o, argc, argv, ":b:w:p:h", flags, &e)) {
		status = cmd_fail(&e);
	} else if (o.help) {
		fputs(help, stdout);
		status = EXIT_GOOD;
	} else if (catalog_read(&c, &e)) {
		status = cmd_fail(&e);
	} else {
		status = topo_open(&topo, NULL, NULL, &e) ? cmd_fail(&e) : measure(&o, &c, topo, argc, argv, &e);
		topo_close(topo);
		catalog_free(&c);
	}
	options_free(&o);
	return status;
}
