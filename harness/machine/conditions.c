/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/conditions.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/parse.h"

const char *const condition_knobs[] = { "timer_slack_ns", "huge_pages", "quota_pct", "counters", "neighbours", NULL };

#define STACK_LIMIT (8 << 20)
#define SLACK_MAX 1000000000
#define QUOTA_MAX 102400

struct conditions conditions_read(void)
{
	struct rlimit stack = { 0 };
	struct conditions c = {
		.timer_slack_ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0),
		.huge_pages = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 0,
		.nice = getpriority(PRIO_PROCESS, 0),
	};

	getrlimit(RLIMIT_STACK, &stack);
	c.stack_limit = stack.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)stack.rlim_cur;
	return c;
}

struct conditions conditions_default(void)
{
	struct conditions c = conditions_read();
	struct rlimit stack = { .rlim_max = STACK_LIMIT };

	getrlimit(RLIMIT_STACK, &stack);
	c.timer_slack_ns = 1;
	c.huge_pages = false;
	c.stack_limit = stack.rlim_max < STACK_LIMIT ? (int64_t)stack.rlim_max : STACK_LIMIT;
	return c;
}

bool is_condition(const char *knob)
{
	for (const char *const *k = condition_knobs; *k; k++)
		if (!strcmp(*k, knob))
			return true;
	return false;
}

int conditions_knob(struct conditions *c, const char *knob, const char *value, struct err *e)
{
	if (!strcmp(knob, "timer_slack_ns"))
		return parse_int(value, 1, SLACK_MAX, &c->timer_slack_ns) == 0 ? 0 :
		       err_set(e, -EINVAL, "--opt timer_slack_ns=%.60s: not a number of nanoseconds from 1 to %d",
		               value, SLACK_MAX);
	if (!strcmp(knob, "quota_pct"))
		return parse_int(value, 1, QUOTA_MAX, &c->quota_pct) == 0 ? 0 :
		       err_set(e, -EINVAL, "--opt quota_pct=%.60s: not a percentage of one processor, from 1 to %d",
		               value, QUOTA_MAX);
	if (!strcmp(knob, "counters")) {
		if (strcmp(value, "off") != 0 && strcmp(value, "on") != 0)
			return err_set(e, -EINVAL, "--opt counters=%.60s: not off or on", value);
		c->counters = !strcmp(value, "on");
		return 0;
	}
	if (!strcmp(knob, "neighbours")) {
		static const char *const names[] = { "wait", "insist", "ignore" };

		for (int i = 0; i < 3; i++)
			if (!strcmp(value, names[i])) {
				c->neighbours_are = (enum neighbours_are)i;
				return 0;
			}
		return err_set(e, -EINVAL, "--opt neighbours=%.60s: not wait, insist or ignore", value);
	}
	if (strcmp(value, "off") != 0 && strcmp(value, "system") != 0)
		return err_set(e, -EINVAL, "--opt huge_pages=%.60s: not off or system", value);
	c->huge_pages = !strcmp(value, "system");
	return 0;
}

int conditions_apply(const struct conditions *c, struct err *e)
{
	struct rlimit stack;

	if (getrlimit(RLIMIT_STACK, &stack) != 0)
		return err_set(e, -errno, "cannot read the limit of stacks: %s", strerror(errno));
	stack.rlim_cur = (rlim_t)c->stack_limit;
	if (setrlimit(RLIMIT_STACK, &stack) != 0)
		return err_set(e, -errno, "cannot set the limit of stacks: %s", strerror(errno));
	if (prctl(PR_SET_TIMERSLACK, c->timer_slack_ns, 0, 0, 0) != 0)
		return err_set(e, -errno, "cannot set the timer slack: %s", strerror(errno));
	/* A kernel that has no huge pages may not know how to be without. */
	if (prctl(PR_SET_THP_DISABLE, !c->huge_pages, 0, 0, 0) != 0 && errno != EINVAL)
		return err_set(e, -errno, "cannot set the use of huge pages: %s", strerror(errno));
	return 0;
}
