/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/conditions.h"

int options_bad_flag(int answer, char **argv, const struct option *longs, struct err *e)
{
	const char *word = argv[optind - 1];    /* the flag, if it is a long one */
	struct nearest near = { 0 };
	char name[64], hint[100] = "";

	if (answer == ':' && optopt < 256)
		return err_set(e, -EINVAL, "-%c needs a value", optopt);
	if (answer == ':')
		return err_set(e, -EINVAL, "%.60s needs a value", word);
	if (optopt >= 256 || (optopt == 'h' && !strncmp(word, "--help=", 7)))
		return err_set(e, -EINVAL, "%.60s: this flag takes no value", word);
	if (optopt)
		return err_set(e, -EINVAL, "unknown flag -%c; see --help", optopt);
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	near.word = name;
	for (const struct option *l = longs; l->name; l++)
		nearest_try(&near, l->name);
	if (near.best)
		snprintf(hint, sizeof hint, ", did you mean --%s?", near.best);
	return err_set(e, -EINVAL, "unknown flag --%s%s", name, hint);
}

/* ---- Values --------------------------------------------------------------- */

static int bad_value(struct err *e, const char *flag, const char *value, const char *wants)
{
	if (!*value)
		return err_set(e, -EINVAL, "%s is empty: it wants %s", flag, wants);
	return err_set(e, -EINVAL, "%s %.60s: not %s", flag, value, wants);
}

static int take_words(struct words *w, const char *flag, const char *value, struct err *e)
{
	char bad[64];
	int rc = words_split(w, value, bad);

	if (rc == -EINVAL)
		return *value ? err_set(e, rc, "%s %.60s: an item of the list is empty", flag, value)
		              : err_set(e, rc, "%s is empty", flag);
	if (rc == -EEXIST)
		return err_set(e, rc, "%s %.60s: %s comes twice", flag, value, bad);
	return rc ? err_set(e, rc, "out of memory") : 0;
}

static int take_procs(struct options *o, const char *value, struct err *e)
{
	struct words w;
	int rc = take_words(&w, "-p", value, e);

	for (int i = 0; i < w.n && !rc; i++) {
		int64_t p = 0;

		if (parse_int(w.v[i], 1, PROCS_MAX, &p))
			rc = bad_value(e, "-p", w.v[i], "a number of processors from 1 to 1024");
		for (int j = 0; j < o->nprocs && !rc; j++)
			if (o->procs[j] == p)
				rc = err_set(e, -EINVAL, "-p %.60s: %d comes twice", value, (int)p);
		if (!rc)
			o->procs[o->nprocs++] = (int)p;
	}
	words_free(&w);
	return rc;
}

/* "0,2,4" is one policy, a list of PUs; "none,cores" are two. */
static int take_pins(struct words *w, const char *value, struct err *e)
{
	int rc = take_words(w, "--pin", value, e);
	bool numbers = true;
	int64_t n;

	if (rc)
		return rc;
	for (int i = 0; i < w->n; i++)
		numbers &= parse_int(w->v[i], 0, INT32_MAX, &n) == 0;
	if (!numbers || w->n == 1)
		return 0;
	strcpy(w->text, value);
	w->v[0] = w->text;
	w->v[1] = NULL;
	w->n = 1;
	return 0;
}

static int take_sweep(struct sweep *s, int *n, const char *flag, const char *value, struct err *e)
{
	char label[100];
	size_t keylen;
	int rc;

	if (parse_pair(value, &keylen))
		return bad_value(e, flag, value, "key=value");
	if (*n == CELL_PAIRS)
		return err_set(e, -E2BIG, "%s is given more than %d times", flag, CELL_PAIRS);
	for (int i = 0; i < *n; i++)
		if (strlen(s[i].key) == keylen && !strncmp(s[i].key, value, keylen))
			return err_set(e, -EINVAL, "%s %s is given twice; separate values with commas",
			               flag, s[i].key);
	s += *n;
	snprintf(label, sizeof label, "%s %.*s", flag, (int)(keylen < 60 ? keylen : 60), value);
	rc = take_words(&s->values, label, value + keylen + 1, e);
	if (rc)
		return rc;
	s->key = strndup(value, keylen);
	if (!s->key) {
		words_free(&s->values);
		return err_set(e, -ENOMEM, "out of memory");
	}
	++*n;
	return 0;
}

static int take_knob(struct options *o, const char *flag, const char *value, struct err *e)
{
	const struct sweep *s = &o->opt[o->nopt];
	int rc = take_sweep(o->opt, &o->nopt, flag, value, e);
	struct conditions ignored = { 0 };

	/* These are ours; what others may be, a cell knows. */
	for (int i = 0; !rc && is_condition(s->key) && i < s->values.n; i++)
		rc = conditions_knob(&ignored, s->key, s->values.v[i], e);
	return rc;
}

static int take_text(const char **out, const char *flag, const char *value, struct err *e)
{
	*out = value;
	return *value ? 0 : err_set(e, -EINVAL, "%s is empty", flag);
}

int options_percent(double *out, const char *flag, const char *value, struct err *e)
{
	if (parse_decimal(value, 0, 1000, out))
		return bad_value(e, flag, value, "a percentage from 0 to 1000");
	*out /= 100;
	return 0;
}

/* "90s", "10m", "1.5h". */
static int take_duration(double *s, const char *flag, const char *value, struct err *e)
{
	static const struct { char name; double s; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	size_t n = strlen(value);
	char number[32];

	for (size_t i = 0; n && n < sizeof number && i < sizeof units / sizeof *units; i++) {
		if (value[n - 1] != units[i].name)
			continue;
		memcpy(number, value, n - 1);
		number[n - 1] = '\0';
		if (parse_decimal(number, BUDGET_S_LEAST / units[i].s, BUDGET_S_MOST / units[i].s, s) == 0) {
			*s *= units[i].s;
			return 0;
		}
	}
	return bad_value(e, flag, value, "a time such as 90s, 10m or 2h");
}

static int take(struct options *o, int flag, const char *name, const char *value, struct err *e)
{
	int64_t n;

	switch (flag) {
	case 'b':
		return take_words(&o->backends, name, value, e);
	case 'w':
		return take_words(&o->workloads, name, value, e);
	case 'p':
		return take_procs(o, value, e);
	case OPT_PIN:
		return take_pins(&o->pins, value, e);
	case OPT_SET:
		return take_sweep(o->set, &o->nset, name, value, e);
	case OPT_OPT:
		return take_knob(o, name, value, e);
	case OPT_PRESET:
		return take_text(&o->preset, name, value, e);
	case 'o':
	case OPT_OUT:
		return take_text(&o->out, name, value, e);
	case OPT_RESUME:
		return take_text(&o->resume, name, value, e);
	case OPT_RETRY:
		return take_words(&o->retry, name, value, e);
	case OPT_AGAINST:
		return take_text(&o->against, name, value, e);
	case OPT_FLOOR:
		o->has_floor = true;
		return options_percent(&o->floor, name, value, e);
	case OPT_FAIL_ABOVE:
		o->has_fail_above = true;
		return options_percent(&o->fail_above, name, value, e);
	case OPT_MARKDOWN:
		o->markdown = true;
		return 0;
	case OPT_JSON:
		return take_text(&o->json, name, value, e);
	case OPT_REPS:
		if (parse_int(value, 1, REPS_MAX, &n))
			return bad_value(e, name, value, "a number of repetitions from 1 to 100000");
		o->reps = (int)n;
		return 0;
	case OPT_AGAIN:
		if (parse_int(value, 0, AGAIN_MAX, &n))
			return bad_value(e, name, value, "a number from 0 to 9");
		o->again = (int)n;
		o->has_again = true;
		return 0;
	case OPT_RUNS:
		if (parse_int(value, 2, OPT_RUNS_MAX, &n))
			return bad_value(e, name, value, "a number of runs from 2 to 100");
		o->runs = (int)n;
		return 0;
	case OPT_GAP:
		if (parse_decimal(value, 0, OPT_GAP_MAX, &o->gap_s))
			return bad_value(e, name, value, "a number of seconds from 0 to 1000000");
		o->has_gap = true;
		return 0;
	case OPT_LAYOUTS:
		if (strcmp(value, "off") != 0 && parse_int(value, 1, LAYOUTS_MAX, &n))
			return bad_value(e, name, value, "off, or a number of layouts from 1 to 1000");
		o->layouts = strcmp(value, "off") ? (int)n : 0;
		o->has_layouts = true;
		return 0;
	case OPT_TRACES:
		o->traces = !strcmp(value, "on");
		o->has_traces = true;
		return o->traces || !strcmp(value, "off") ? 0 : bad_value(e, name, value, "on or off");
	case OPT_BUDGET:
		return take_duration(&o->budget_s, name, value, e);
	case OPT_SEED:
		if (parse_int(value, 0, SEED_MAX, &n))
			return bad_value(e, name, value, "a number from 0 to 9007199254740991");
		o->seed = (uint64_t)n;
		o->has_seed = true;
		return 0;
	case OPT_TIMEOUT:
		if (parse_decimal(value, TIMEOUT_LEAST, TIMEOUT_MOST, &o->timeout_s))
			return bad_value(e, name, value, "a number of seconds from 0.01 to 1000000");
		return 0;
	case OPT_MIN_TIME:
		if (parse_decimal(value, MIN_TIME_LEAST, MIN_TIME_MOST, &o->min_time_s))
			return bad_value(e, name, value, "a number of seconds from 0.000001 to 3600");
		return 0;
	case OPT_DRY_RUN:
		o->dry_run = true;
		return 0;
	case OPT_FIRST:
		o->first = true;
		return 0;
	case OPT_AS_JSON:
		o->as_json = true;
		return 0;
	default:
		o->help = true;
		return 0;
	}
}

/* Without the arguments that no flag takes: they are behind optind then. */
static int take_flags(struct options *o, int argc, char **argv, const char *shorts,
                      const struct option *longs, struct err *e)
{
	bool seen[512] = { false };
	int flag, index = -1;

	memset(o, 0, sizeof *o);
	opterr = 0;
	optind = 1;
	while ((flag = getopt_long(argc, argv, shorts, longs, &index)) != -1) {
		char name[32];
		int rc;

		if (flag == '?' || flag == ':')
			return options_bad_flag(flag, argv, longs, e);
		if (flag < 256)
			snprintf(name, sizeof name, "-%c", flag);
		else
			snprintf(name, sizeof name, "--%s", longs[index].name);
		if (seen[flag] && flag != OPT_SET && flag != OPT_OPT)
			return err_set(e, -EINVAL, "%s is given twice", name);
		seen[flag] = true;
		rc = take(o, flag, name, optarg, e);
		if (rc)
			return rc;
		if (o->help)
			return 0;
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, const char *shorts,
                  const struct option *longs, struct err *e)
{
	int rc = take_flags(o, argc, argv, shorts, longs, e);

	if (!rc && !o->help && optind < argc)
		return err_set(e, -EINVAL, "'%.60s' is not wanted here; see --help", argv[optind]);
	return rc;
}

int options_parse_folders(struct options *o, int most, int argc, char **argv, const char *shorts,
                          const struct option *longs, struct err *e)
{
	int rc = take_flags(o, argc, argv, shorts, longs, e), n = argc - optind;

	if (rc || o->help)
		return rc;
	if (n > most)
		return err_set(e, -EINVAL, "%s takes %s, not %d", argv[0], most == 1 ? "one run's folder" :
		               "two folders at most", n);
	for (int i = 0; i < n && !rc; i++)
		rc = take_text(&o->folders[i], "the folder's name", argv[optind + i], e);
	return rc;
}

void options_free(struct options *o)
{
	words_free(&o->backends);
	words_free(&o->workloads);
	words_free(&o->pins);
	words_free(&o->retry);
	for (int i = 0; i < o->nset; i++) {
		free(o->set[i].key);
		words_free(&o->set[i].values);
	}
	for (int i = 0; i < o->nopt; i++) {
		free(o->opt[i].key);
		words_free(&o->opt[i].values);
	}
}
