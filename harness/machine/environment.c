/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/environment.h"

#include <stdlib.h>

const struct variable variables[] = {
	{ "SCHEDLAB_BUILD", true },     /* where it lies; binaries have hashes */
	{ "SCHEDLAB_PROCS", true },     /* the plan says P */
	{ "SCHEDLAB_AGAIN", true },     /* likewise */
	{ "SCHEDLAB_SPARE_PUS", true }, /* these two are set for each cell */
	{ "SCHEDLAB_CELL_PUS", true },
	{ "SCHEDLAB_GUARD", false },
	{ "SCHEDLAB_LEAKS", false },
	{ "SCHEDLAB_PREEMPT", false },
	{ "SCHEDLAB_PREEMPT_SIGNAL", false },
	{ "SCHEDLAB_SCHEDDETAIL", false },
	{ "SCHEDLAB_SCHEDTRACE", false },
	{ "SCHEDLAB_SLICE_MS", false },
	{ "SCHEDLAB_TRACE", false },
	{ "SCHEDLAB_TRACE_ABOUT", true },       /* what a trace says of itself */
	{ "SCHEDLAB_TRACE_CLOCK", false },
	{ "SCHEDLAB_TRACE_MIB", false },
	{ "SCHEDLAB_WITHOUT", false },

	{ "GOGC", false },
	{ "GOMEMLIMIT", false },
	{ "GODEBUG", false },
	{ "GOTRACEBACK", false },
	{ "GOMAXPROCS", true },         /* likewise */
	{ "GOAMD64", true },            /* of a build */
	{ "GOARM64", true },
	{ "GOEXPERIMENT", true },
	{ "GOTOOLCHAIN", true },

	{ "GLIBC_TUNABLES", false },
	{ "MALLOC_ARENA_MAX", false },
	{ "MALLOC_ARENA_TEST", false },
	{ "MALLOC_CHECK_", false },
	{ "MALLOC_CONF", false },              /* jemalloc's */
	{ "MALLOC_MMAP_MAX_", false },
	{ "MALLOC_MMAP_THRESHOLD_", false },
	{ "MALLOC_PERTURB_", false },
	{ "MALLOC_TOP_PAD_", false },
	{ "MALLOC_TRIM_THRESHOLD_", false },

	{ "LD_BIND_NOW", false },
	{ "LD_LIBRARY_PATH", false },
	{ "LD_PRELOAD", false },

	{ "TMPDIR", true },             /* where the workload files has its file: another
	                                   for each session, mostly */
	{ 0 },
};

int environment_facts(struct facts *f)
{
	int rc = 0;

	for (const struct variable *v = variables; v->name && !rc; v++) {
		const char *value = getenv(v->name);

		if (value)
			rc = facts_add(f, "environment", v->name, value);
	}
	return rc;
}
