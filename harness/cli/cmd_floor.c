/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab floor: by how much runs of one build differ on this machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/presets.h"
#include "cli/several.h"
#include "machine/host.h"
#include "plan/options.h"
#include "run/runner.h"

#define RUNS 5
#define GAP_S 600

static const struct option flags[] = {
	{ "preset", required_argument, NULL, OPT_PRESET },
	{ "backend", required_argument, NULL, 'b' },
	{ "workload", required_argument, NULL, 'w' },
	{ "procs", required_argument, NULL, 'p' },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "set", required_argument, NULL, OPT_SET },
	{ "opt", required_argument, NULL, OPT_OPT },
	{ "reps", required_argument, NULL, OPT_REPS },
	{ "layouts", required_argument, NULL, OPT_LAYOUTS },
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "again", required_argument, NULL, OPT_AGAIN },
	{ "gap", required_argument, NULL, OPT_GAP },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "min-time", required_argument, NULL, OPT_MIN_TIME },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", required_argument, NULL, OPT_RESUME },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: schedlab floor [FLAGS]\n"
	"\n"
	"Measures, once for a machine, by how much two runs of one build differ: five\n"
	"short runs, ten minutes from the end of one to the next.  Processes of one run\n"
	"have more in common than those of two, and no run shows by how much; compare\n"
	"finds what was measured here by itself, if it lies beside one of the runs or\n"
	"in results/, and judges runs of this machine by it, cell by cell.  Cells that\n"
	"were not among those measured have no floor.\n"
	"\n"
	"  --runs N               how many runs (5)\n"
	"  --gap S                seconds from the end of a run to the next (600)\n"
	"  --preset NAME          what they measure (floor); see schedlab list\n"
	"  --out DIR              where they go (default: results/TIME-floor)\n"
	"  --resume DIR           goes on with one that was stopped\n"
	"\n"
	"The other flags are those of matrix: -b -w -p --pin --set --opt --reps\n"
	"--layouts --again --seed --timeout --min-time.\n"
	"\n"
	"Exit status: 0 all rows are ok or na; 1 a row is wrong, failed, crashed or\n"
	"timed out; 2 bad usage, or the runs could not be written; 130 interrupted.\n"
	"\n"
	"Examples:\n"
	"  schedlab floor\n"
	"  schedlab floor -b single-p,work-stealing -w echo,sieve --runs 8\n"
	"  schedlab floor --preset standard --gap 1800\n";

static int resume(const struct options *o, struct catalog *c, const struct topo *topo, int argc, char **argv,
                  struct err *e)
{
	const struct again nothing = { 0 };
	struct runs_plan runs;

	if (argc != 3 && !(argc == 2 && strchr(argv[1], '='))) {
		err_set(e, -EINVAL, "--resume goes on with the floor's own plan and takes no other flag");
		return cmd_fail(e);
	}
	if (runs_planned(o->resume, &runs, e))
		return cmd_fail(e);
	if (!runs.runs || !(runs.gap_s >= 0)) {
		err_set(e, -EINVAL, "%.300s holds no floor: schedlab matrix --resume goes on with other runs", o->resume);
		return cmd_fail(e);
	}
	return several_resume(o->resume, &runs, &nothing, c, topo, argc, argv, TELL_NOTHING, e);
}

static int start(const struct options *o, struct catalog *c, const struct topo *topo, int argc, char **argv,
                 struct err *e)
{
	const struct runs_plan runs = { o->runs ? o->runs : RUNS, o->has_gap ? o->gap_s : GAP_S };
	const struct preset *preset = preset_find(o->preset ? o->preset : "floor", e);
	char out[PATH_MAX];
	const char *source;
	struct plan p;
	int status;

	if (!preset || plan_make(&p, o, preset, c, topo, host_usable(&source), e))
		return cmd_fail(e);
	results_new_dir(out, "floor");
	if (o->out)
		snprintf(out, sizeof out, "%s", o->out);
	status = several_start(out, &runs, &p, c, topo, argc, argv, TELL_NOTHING, e);
	plan_free(&p);
	return status;
}

static int start_or_resume(const struct options *o, struct catalog *c, const struct topo *topo, int argc, char **argv,
                           struct err *e)
{
	return (o->resume ? resume : start)(o, c, topo, argc, argv, e);
}

int cmd_floor(int argc, char **argv)
{
	return cmd_measure(argc, argv, flags, help, start_or_resume);
}
