/* SPDX-License-Identifier: Apache-2.0
 *
 * cell_run.c: the order of events in a cell.
 *
 * Google Benchmark, on the main thread's stack, makes attempts with more and
 * more iterations.  Each attempt is a whole sl_run: the scheduler starts, its
 * initial G sets the workload up, runs it once to warm up, runs it as often as
 * asked with the clocks on, and checks the result; the scheduler ends.  So the
 * clocks never see a scheduler start or stop.  What happens on the initial G
 * needs little stack, for a G has little.
 */
#include "cell/cell_run.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cell/gbench.h"
#include "noise/neighbour.h"
#include "noise/run_delay.h"
#include "shared/wait/plant.h"
#include "stats/stats.h"

struct attempt {
	const struct cell_args *args;
	struct gb_loop *loop;           /* NULL: one iteration, unmeasured */
	struct cell_result *r;
	struct wl w;
	struct { uint64_t executed, checksum; } first, due;     /* of the warm-up; of all so far */
	int64_t warmups;
	uint64_t uneven;                /* not 0: some iteration was not like the warm-up */
	int status;
	uint32_t planted;               /* what makes it slow_pct slower; 0: not known yet */
	struct err *e;
};

#define FAIL(a, code, ...) ((a)->status = (code), (void)err_set((a)->e, 0, __VA_ARGS__))

/* ---- Counters ---------------------------------------------------------- */

/* All but the last three, which are no difference. */
static int read_counters(const struct attempt *a, struct sl_counter out[CELL_COUNTERS])
{
	const struct workload *wl = a->args->workload;
	const int max = CELL_COUNTERS - 3;
	/* Threads that end take their account with them. */
	int64_t delay = a->args->threads ? -1 : run_delay_ns();
	struct rusage ru;
	int n = 0;

	getrusage(RUSAGE_SELF, &ru);
	out[n++] = (struct sl_counter){ "nvcsw", ru.ru_nvcsw };
	out[n++] = (struct sl_counter){ "nivcsw", ru.ru_nivcsw };
	if (delay >= 0)
		out[n++] = (struct sl_counter){ "run_delay_ns", delay };
	if (wl->counters)
		n += wl->counters(&a->w, out + n, max - n);
	n += sl_counters(out + n, max - n);
	return n;
}

static void keep_difference(struct cell_result *r, const struct sl_counter *before, int n)
{
	for (int i = 0; i < r->ncounters; i++)
		for (int j = 0; j < n; j++)
			if (!strcmp(r->counters[i].name, before[j].name))
				r->counters[i].value -= before[j].value;
}

/* The high-water mark of this program's memory.  Not ru_maxrss: that one
 * survives exec, and shows what the parent had. */
static int64_t peak_rss_bytes(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long long kib = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %lld kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

/* ---- On the initial G -------------------------------------------------- */

/* Each iteration is to add what the first did: what one lost and a later one made
 * up for is not to be seen in their sum. */
static inline void run(struct attempt *a)
{
	a->args->workload->run(&a->w);
	a->due.executed += a->first.executed;
	a->due.checksum += a->first.checksum;
	a->uneven |= (a->w.executed ^ a->due.executed) | (a->w.checksum ^ a->due.checksum);
}

/* The warm-up is slower than what follows, hence 4,000 for a share of at most
 * one in a thousand. */
static bool long_enough_to_clock(int64_t iteration_ns)
{
	int64_t start = sl_now();

	for (int i = 0; i < 100; i++)
		sl_now();
	return iteration_ns >= (sl_now() - start) * 2 * 4000 / 100;
}

static void clocked(struct attempt *a, bool keep)
{
	int64_t start = sl_now(), end;

	run(a);
	end = sl_now();
	if (keep)
		a->r->iteration_ns[a->r->nsamples++] = end - start;
}

/* After how many iterations each a sample is taken, for there to be no more of them. */
static int64_t every(const struct attempt *a, int64_t most)
{
	return (gb_iterations(a->loop) + most - 1) / most;
}

/* Of few iterations there are several glances after each. */
static void look_at_core(struct attempt *a, struct glances *glances)
{
	gb_pause(a->loop);
	for (int64_t i = 0; i * gb_iterations(a->loop) < GLANCES; i++)
		glance(glances);
	gb_resume(a->loop);
}

/* With one P the core that it runs on is looked at now and then.  With more, the others
 * would fall asleep meanwhile, and have to be woken. */
static struct glances loop(struct attempt *a, bool clock)
{
	const bool look = a->w.procs == 1;
	int64_t keep_every = every(a, CELL_SAMPLES), look_every = look ? every(a, GLANCES) : INT64_MAX;
	struct glances glances = { 0 };

	for (int64_t i = 0, left = look_every; gb_keep_running(a->loop); i++) {
		if (clock)
			clocked(a, i % keep_every == 0);
		else
			run(a);
		if (--left == 0) {
			look_at_core(a, &glances);
			left = look_every;
		}
	}
	return glances;
}

static void timed_loop(struct attempt *a, int64_t warm_up_ns)
{
	struct sl_counter before[CELL_COUNTERS];
	struct glances glances;
	int n = read_counters(a, before);
	bool clock = long_enough_to_clock(warm_up_ns);

	a->r->nsamples = 0;
	a->w.timed = true;
	a->w.executed -= a->args->plant == PLANT_UNEVEN;
	glances = loop(a, clock);
	a->r->ncounters = read_counters(a, a->r->counters);
	keep_difference(a->r, before, n);
	if (glances_ppm(&glances) >= 0)
		a->r->counters[a->r->ncounters++] = (struct sl_counter){ "neighbour_ppm", glances_ppm(&glances) };
	a->w.executed += a->args->plant == PLANT_UNEVEN;
	a->r->iterations = gb_iterations(a->loop);
}

/* A G that has told a WaitGroup of its end may still be on its way out.  No sleep: not
 * every back end has timers. */
static int64_t leaked(void)
{
	int64_t deadline = sl_now() + 2000000000;

	while (sl_gcount() > 1 && sl_now() < deadline)
		sl_yield();
	return sl_gcount() - 1;
}

static void note_procs(struct attempt *a)
{
	struct cell_result *r = a->r;

	r->procs = a->w.procs;
	for (int p = 0; p < r->procs; p++)
		r->bound[p] = sl_bound_cpu(p);
	r->procs_source = sl_procs_source();
	r->executed = a->w.executed;
	r->conditions = conditions_read();
}

/* The first iteration, whose time it returns.  Where no earlier attempt has warmed the
 * process up, as many as take a tenth of the time that is then measured. */
static int64_t warm_up(struct attempt *a)
{
	int64_t start = sl_now(), until = start + (int64_t)(a->args->min_time_s * 1e8), first;

	a->args->workload->run(&a->w);
	first = sl_now() - start;
	a->first.executed = a->due.executed = a->w.executed;
	a->first.checksum = a->due.checksum = a->w.checksum;
	a->uneven = 0;
	a->warmups = 1;
	if (!a->loop)
		return first;
	a->r->checksum = a->w.checksum;
	for (; a->args->iterations && sl_now() < until; a->warmups++)
		run(a);
	return first;
}

/* ---- A planted slowdown ------------------------------------------------ */

/* What the scheduler does for nothing at each decision (wait/plant.h) is adjusted until
 * iterations take so much longer, in pairs of stretches with and without it, which the
 * machine's own changes of speed disturb alike. */
enum { PAIRS = 9, STRETCH_NS = 15000000, ROUNDS = 6 };

static int64_t stretch(struct attempt *a, int64_t iterations, uint32_t planted)
{
	int64_t start = sl_now();

	__atomic_store_n(&sl__planted, planted, __ATOMIC_RELAXED);
	for (int64_t i = 0; i < iterations; i++)
		run(a);
	a->warmups += iterations;
	return sl_now() - start;
}

/* By how much longer a stretch takes with it: the median of some pairs. */
static double slowdown(struct attempt *a, int64_t iterations, uint32_t planted, int pairs)
{
	double by[PAIRS];

	for (int i = 0; i < pairs; i++) {
		int64_t with = stretch(a, iterations, planted);

		by[i] = (double)with / (double)stretch(a, iterations, 0) - 1;
	}
	return stats_quantile(by, pairs, 0.5);
}

/* Looks for a delay until one has been seen to make it as slow as wanted, to 1 % of the
 * time or a tenth of the slowdown.  false: none was. */
static bool find_delay(struct attempt *a)
{
	const double wanted = (double)a->args->slow_pct / 100;
	int64_t iterations = 1;
	double by, delay = 256;

	while (stretch(a, iterations, 0) < STRETCH_NS)
		iterations *= 2;
	while ((by = slowdown(a, iterations, (uint32_t)delay, 3)) < wanted / 2)
		if ((delay *= 4) > UINT32_MAX)
			return false;
	for (int i = 0; i < ROUNDS; i++) {
		delay = fmax(fmin(delay * wanted / fmax(by, wanted / 4), UINT32_MAX), 1);
		by = slowdown(a, iterations, (uint32_t)delay, PAIRS);
		if (fabs(by - wanted) <= fmax(0.01, wanted / 10)) {
			a->planted = (uint32_t)delay;
			return true;
		}
	}
	return false;
}

static bool slow_down(struct attempt *a)
{
	if (!a->planted && !find_delay(a))
		return false;
	__atomic_store_n(&sl__planted, a->planted, __ATOMIC_RELAXED);
	return true;
}

static void run_and_verify(struct attempt *a)
{
	const struct workload *wl = a->args->workload;
	int64_t first = warm_up(a), iterations;
	char why[200] = "";

	if (a->loop && a->args->slow_pct && !slow_down(a))
		FAIL(a, CELL_BAD, "%s: cannot be made slower: it asks too little of the scheduler, or others "
		     "disturb it too much", wl->name);
	iterations = a->warmups;
	if (a->loop && a->status == CELL_OK) {
		a->r->warmups = a->warmups;
		timed_loop(a, first);
		__atomic_store_n(&sl__planted, 0, __ATOMIC_RELAXED);
		iterations += a->r->iterations;
		note_procs(a);
	}
	if (leaked() > 0) {
		FAIL(a, CELL_WRONG, "%s: %" PRId64 " Gs still live after the last iteration",
		     wl->name, sl_gcount() - 1);
		return;
	}
	a->w.checksum ^= a->args->plant == PLANT_WRONG;
	if (!wl->verify(&a->w, iterations, why, sizeof why))
		FAIL(a, CELL_WRONG, "%s: wrong result: %s", wl->name, why);
	else if (a->uneven)
		FAIL(a, CELL_WRONG, "%s: wrong result: an iteration did less than it should, and a later one "
		     "made up for it", wl->name);
	if (wl->teardown)
		wl->teardown(&a->w);
}

static void initial_g(void *arg)
{
	struct attempt *a = arg;
	const struct workload *wl = a->args->workload;
	int rc;

	/* Read back, before a workload changes it.  A planted one is to be found out
	 * by what it does. */
	if (sl_procs(0) != a->w.procs && a->args->plant != PLANT_ONE_P) {
		FAIL(a, CELL_WRONG, "the scheduler runs at P = %d, not %d", sl_procs(0), a->w.procs);
		return;
	}
	rc = wl->setup ? wl->setup(&a->w) : 0;
	if (rc)
		FAIL(a, CELL_BAD, "%s: cannot set up: %s", wl->name, strerror(-rc));
	else
		run_and_verify(a);
}

/* ---- On the main thread ------------------------------------------------ */

int cell_procs(const struct cell_args *args)
{
	return args->procs ? args->procs : sl_procs(0);
}

static void turn_off(const struct cell_args *args)
{
	char list[80] = "";
	size_t n = 0;

	for (int k = KNOB_ALONE; k < KNOBS; k++)
		if (args->off[k])
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? "," : "", cell_knobs[k].name);
	if (n)
		setenv("SCHEDLAB_WITHOUT", list, 1);
}

static int attempt(struct attempt *a)
{
	const struct cell_args *args = a->args;
	const struct sl_config config = {
		.procs = args->plant == PLANT_ONE_P ? 1 : args->procs,
		.cpus = args->cpus,
		.distance = args->steal_random ? NULL : args->distance,
		.no_preempt = args->plant == PLANT_NO_PREEMPT,
		.stack_size = (size_t)args->stack_kib * 1024,
	};
	int rc;

	a->status = CELL_OK;
	a->w = (struct wl){
		.param = args->param, .procs = cell_procs(args), .seed = args->seed,
		.out = a->loop ? NULL : stdout, .no_lock = args->plant == PLANT_NO_LOCK,
	};
	if (args->slice_ms) {
		char ms[24];

		snprintf(ms, sizeof ms, "%" PRId64, args->slice_ms);
		setenv("SCHEDLAB_SLICE_MS", ms, 1);
	}
	turn_off(args);
	rc = sl_run(&config, initial_g, a);
	if (rc)
		FAIL(a, CELL_BAD, "the scheduler did not start: %s", strerror(-rc));
	return a->status;
}

static int measured_attempt(struct gb_loop *loop, void *arg)
{
	struct attempt *a = arg;
	const struct workload *wl = a->args->workload;
	struct cell_result *r = a->r;
	int64_t ops;

	a->loop = loop;
	if (attempt(a))
		return a->status;
	ops = wl->ops(&a->w);
	gb_ns_per_op(loop, (double)ops);
	r->counters[r->ncounters++] = (struct sl_counter){ "ops", ops };
	r->counters[r->ncounters++] = (struct sl_counter){ "peak_rss_bytes", peak_rss_bytes() };
	for (int i = 0; i < r->ncounters; i++)
		gb_counter(loop, r->counters[i].name, (double)r->counters[i].value);
	return CELL_OK;
}

int cell_measure(const struct cell_args *args, struct cell_result *r, char **json, struct err *e)
{
	struct attempt a = { .args = args, .r = r, .e = e };
	int status;

	*r = (struct cell_result){ 0 };
	r->bound = calloc(cell_procs(args), sizeof *r->bound);
	if (!r->bound) {
		err_set(e, 0, "out of memory");
		return CELL_BAD;
	}
	status = gb_run(args->workload->name, args->min_time_s, args->iterations, measured_attempt, &a, json);
	if (status == -ENOMEM) {
		err_set(e, 0, "out of memory for the report");
		status = CELL_BAD;
	}
	if (status)
		cell_result_free(r);
	return status;
}

void cell_result_free(struct cell_result *r)
{
	free(r->bound);
	r->bound = NULL;
}

int cell_once(const struct cell_args *args, struct err *e)
{
	struct attempt a = { .args = args, .e = e };
	int status;

	/* A write for each line, as in Go: what others write meanwhile comes between. */
	setvbuf(stdout, NULL, _IONBF, 0);
	status = attempt(&a);
	if ((fflush(stdout) != 0 || ferror(stdout)) && !status) {
		err_set(e, 0, "cannot write to standard output: %s", strerror(errno));
		status = CELL_BAD;
	}
	return status;
}
