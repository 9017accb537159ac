/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "timeline/trace_summary.h"

#define P_ROWS 16

static double share(int64_t part, int64_t of)
{
	return of > 0 ? 100.0 * (double)part / (double)of : 0;
}

static int64_t all_time(const struct trace_summary *s)
{
	int64_t sum = 0;

	for (int i = 0; i < TRACE_STATES; i++)
		sum += s->state[i].time;
	return sum;
}

static void time_right(int64_t ns, int columns, FILE *out)
{
	char text[16];

	print_right(time_text((double)ns, text), columns, out);
}

/* Of a state, what its steps were for, the most time first: indices, of which there are n. */
static int reasons_by_time(const struct trace_summary *s, int state, int *by)
{
	int n = 0;

	for (int i = 0; i < s->t->nreasons; i++) {
		int at = n;

		if (!s->reason[state][i].n)
			continue;
		while (at > 0 && s->reason[state][by[at - 1]].time < s->reason[state][i].time) {
			by[at] = by[at - 1];
			at--;
		}
		by[at] = i;
		n++;
	}
	return n;
}

static void time_line(const char *indent, const char *name, const struct summary_time *t, int64_t all, FILE *out)
{
	fprintf(out, "%s%-*.*s", indent, 34 - (int)strlen(indent), 33, name);
	time_right(t->time, 10, out);
	fprintf(out, "%6.1f %%%12" PRIu64, share(t->time, all), t->n);
	time_right(t->longest, 13, out);
	fputc('\n', out);
}

static void times(const struct trace_summary *s, FILE *out)
{
	int *by = calloc((size_t)s->t->nreasons + 1, sizeof *by);
	int64_t all = all_time(s);

	fputs("\nWhere the time of all Gs went:                              times     longest\n", out);
	for (int i = 0; i < TRACE_STATES; i++) {
		int n = by ? reasons_by_time(s, i, by) : 0;

		if (!s->state[i].n)
			continue;
		time_line("  ", trace_state_name[i], &s->state[i], all, out);
		for (int j = 0; j < n; j++)
			if (by[j] != REASON_NONE)
				time_line("    ", s->t->reason[by[j]], &s->reason[i][by[j]], all, out);
	}
	free(by);
}

static void delay(const char *name, const struct summary_delay *d, FILE *out)
{
	if (!d->n)
		return;
	fprintf(out, "  %-24s", name);
	time_right(d->median, 10, out);
	time_right(d->p90, 10, out);
	time_right(d->p99, 10, out);
	time_right(d->longest, 10, out);
	fprintf(out, "%12" PRIu64 "\n", d->n);
}

static void over_time(const struct trace_summary *s, FILE *out)
{
	static const char *const block[] = { " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };
	int full = s->procs > s->most ? s->procs : s->most;

	fputs("  over time    ", out);
	for (int i = 0; i < SUMMARY_BUCKETS; i++) {
		int height = full ? (int)(s->bucket[i] / full * 8 + 0.5) : 0;

		fputs(block[height < 8 ? (height == 0 && s->bucket[i] > 0 ? 1 : height) : 8], out);
	}
	fputc('\n', out);
}

static void at_once(const struct trace_summary *s, FILE *out)
{
	fprintf(out, "\nRunning at once: %.2f on average, %d at most", s->average, s->most);
	if (s->procs > s->t->procs)
		fprintf(out, "; P = %d at most", s->procs);
	fputc('\n', out);
	for (int k = 0; k <= s->most; k++) {
		if (!s->at_once[k])
			continue;
		fprintf(out, "  %-11d", k);
		time_right(s->at_once[k], 10, out);
		fprintf(out, "%6.1f %%  ", share(s->at_once[k], s->t->length));
		for (int i = 0; i < (int)(share(s->at_once[k], s->t->length) * 0.45 + 0.5); i++)
			fputc('#', out);
		fputc('\n', out);
	}
	over_time(s, out);
}

static void ps(const struct trace_summary *s, FILE *out)
{
	int rows = 0, used = 0;

	for (int p = 0; p < s->t->ps; p++)
		used += s->p[p].n > 0 || (!s->t->on_cpus && p < s->t->procs);
	if (!used)
		return;
	fprintf(out, "\nUse of each %s:\n", s->t->on_cpus ? "CPU" : "P");
	for (int p = 0; p < s->t->ps; p++) {
		if (!s->p[p].n && (s->t->on_cpus || p >= s->t->procs))
			continue;
		if (rows++ == P_ROWS) {
			fprintf(out, "  and %d more\n", used - P_ROWS);
			break;
		}
		fprintf(out, "  %-11d", p);
		time_right(s->p[p].time, 10, out);
		fprintf(out, "%6.1f %%  in %" PRIu64 " run%s\n", share(s->p[p].time, s->t->length), s->p[p].n,
		        s->p[p].n == 1 ? "" : "s");
	}
}

/* "1.20 ms" and more digits: a place in the trace, that can be found again. */
static const char *when(int64_t ns, char buf[32])
{
	snprintf(buf, 32, "%.3f ms", (double)ns / 1e6);
	return buf;
}

static void wait_line(const struct trace_summary *s, const struct summary_step *w, FILE *out)
{
	const struct trace *t = s->t;
	const struct trace_step *st = &t->step[w->step];
	char text[400], g[80], at[32], by[120], who[120];

	if (st->next == TRACE_NONE)
		snprintf(by, sizeof by, ", to the end");
	else if (st->reason == REASON_KERNEL || st->reason == REASON_CALL)
		*by = '\0';
	else
		snprintf(by, sizeof by, "; ended by %.100s", trace_by(t, &t->step[st->next], who));
	snprintf(text, sizeof text, "%s, from %s on: %.150s%s", trace_g_name(t, st->g, g), when(st->at, at), t->reason[st->reason],
	         by);
	fputs("  ", out);
	time_right(w->time, 9, out);
	fputs("  ", out);
	text_wrap(text, 13, 13, out);
}

static void late_line(const struct trace_summary *s, const struct summary_step *w, FILE *out)
{
	const struct trace_step *st = &s->t->step[w->step];
	char text[400], g[80], at[32], by[120], idle[16];
	const char *what = st->reason == REASON_READIED ? "readied by " : st->reason == REASON_CREATED ? "created by " :
	                   st->reason == REASON_SLEPT || st->reason == REASON_DESCRIPTOR ? "woken by " : "";

	snprintf(text, sizeof text, "%s, from %s on, %s%s", trace_g_name(s->t, st->g, g), when(st->at, at), what,
	         trace_by(s->t, st, by));
	if (w->beside_idle > w->time / 20)
		snprintf(text + strlen(text), sizeof text - strlen(text), "; a P was idle for %s of it",
		         time_text((double)w->beside_idle, idle));
	fputs("  ", out);
	time_right(w->time, 9, out);
	fputs("  ", out);
	text_wrap(text, 13, 13, out);
}

static void longest(const struct trace_summary *s, FILE *out)
{
	if (s->wait[0].step != TRACE_NONE)
		fputs("\nLongest waits:\n", out);
	for (int i = 0; i < SUMMARY_TOP && s->wait[i].step != TRACE_NONE; i++)
		wait_line(s, &s->wait[i], out);
	if (s->late[0].step != TRACE_NONE)
		fputs("\nLongest in a run queue:\n", out);
	for (int i = 0; i < SUMMARY_TOP && s->late[i].step != TRACE_NONE; i++)
		late_line(s, &s->late[i], out);
}

static void late(const struct trace_summary *s, FILE *out)
{
	char limit[16], sum[16], text[200];

	if (!s->nlate)
		return;
	snprintf(text, sizeof text, "Late: %" PRIu64 " time%s a G was Runnable beside an idle P for more than %s, %s in all. The "
	         "longest of these:", s->nlate, s->nlate == 1 ? "" : "s", time_text(SUMMARY_LATE_NS, limit),
	         time_text((double)s->late_time, sum));
	fputc('\n', out);
	text_wrap(text, 0, 0, out);
	late_line(s, &s->latest, out);
}

static void critical(const struct trace_summary *s, FILE *out)
{
	char work[16], span[16], text[400];

	if (!s->span)
		return;
	snprintf(text, sizeof text, "Work %s, span %s: the longest chain of what happened one after the other because one G "
	         "created or readied the next. So no number of Ps makes it faster than %.2f times one P. (A forked task that "
	         "nobody stole is part of the G that joined it.)", time_text((double)s->work, work),
	         time_text((double)s->span, span), (double)s->work / (double)s->span);
	fputc('\n', out);
	text_wrap(text, 0, 0, out);
}

void trace_summary_print(const struct trace_summary *s, FILE *out)
{
	char title[160], length[16];

	fprintf(out, "%s\n%s, %" PRIu64 " records; %u Gs created, %u ended; %" PRIu64 " steals, %" PRIu64 " hand-offs\n",
	        trace_title(s->t, title), time_text((double)s->t->length, length), s->t->records, s->created, s->ended,
	        s->steals, s->handoffs);
	times(s, out);
	if (s->queue.n) {
		fputs("\nFrom Runnable to Running:      half of   9 of 10 99 of 100   longest       times\n", out);
		delay("all", &s->queue, out);
		delay("after a wait", &s->wakeup, out);
	}
	at_once(s, out);
	ps(s, out);
	longest(s, out);
	critical(s, out);
	late(s, out);
}
