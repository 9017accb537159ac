/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/walk.h"

#include <inttypes.h>
#include <stdio.h>

#include "shared/trace/format.h"

const char *mark_name(const struct trace_mark *m)
{
	static const char *const names[] = {
		[TRACE_P_START] = "P start", [TRACE_P_STOP] = "P stop", [TRACE_P_LOST] = "P handed off",
		[TRACE_STEAL] = "steal", [TRACE_ASKED] = "asked to yield", [TRACE_M_START] = "M start",
		[TRACE_M_PARK] = "M park", [TRACE_M_WOKEN] = "M woken", [TRACE_M_WAKE] = "M wake",
		[TRACE_NETPOLL] = "netpoll", [TRACE_TIMERS] = "timers", [TRACE_PROCS] = "Ps changed",
	};

	return m->kind < sizeof names / sizeof *names && names[m->kind] ? names[m->kind] : "unknown";
}

const char *mark_detail(const struct trace *t, const struct trace_mark *m, char buf[64])
{
	char g[80];

	*buf = '\0';
	switch (m->kind) {
	case TRACE_P_START: case TRACE_M_WAKE: snprintf(buf, 64, "M %" PRIu32, m->arg); break;
	case TRACE_P_LOST: case TRACE_ASKED: snprintf(buf, 64, "P %" PRIu32, m->arg); break;
	case TRACE_STEAL:
		if (m->g == TRACE_NONE)
			snprintf(buf, 64, "a task from P %" PRIu32, m->arg);
		else
			snprintf(buf, 64, "%.32s from P %" PRIu32, trace_g_name(t, m->g, g), m->arg);
		break;
	case TRACE_NETPOLL: case TRACE_TIMERS: snprintf(buf, 64, "%" PRIu32 " Gs", m->arg); break;
	case TRACE_PROCS: snprintf(buf, 64, "P = %" PRIu32, m->arg); break;
	}
	return buf;
}
