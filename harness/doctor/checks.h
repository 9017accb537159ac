/* SPDX-License-Identifier: Apache-2.0
 *
 * checks.h: what the checks share.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include "doctor/doctor.h"
#include "doctor/probes.h"
#include "machine/facts.h"

struct examination {
	struct doctor *d;
	const struct doctor_asked *asked;
	const struct facts *facts;
	struct probes cost;
};

/* A fact about the machine; "": not known. */
const char *known(const struct examination *, const char *fact);

/* The finding with this id, to be filled in; what is not is "". */
struct finding *found(struct examination *, const char *id, enum severity);

/* Writes a part of a finding, as printf does, and makes it plain. */
#define SAY(part, ...) say(part, sizeof(part), __VA_ARGS__)
void say(char *part, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* checks_clock.c */
void check_governor(struct examination *);
void check_turbo(struct examination *);
void check_clock_source(struct examination *);
void check_timer_slack(struct examination *);
void check_wakeup(struct examination *);

/* checks_memory.c */
void check_aslr(struct examination *);
void check_environment(struct examination *);
void check_huge_pages(struct examination *);
void check_numa_balancing(struct examination *);

/* checks_limits.c */
void check_smt(struct examination *);
void check_mitigations(struct examination *);
void check_cpu_quota(struct examination *);
void check_memory(struct examination *);
void check_threads(struct examination *);
void check_nice(struct examination *);
void check_counters(struct examination *);

/* checks_load.c: looks for asked->sample_s. */
void check_load(struct examination *);

/* checks_tools.c */
void check_tools(struct examination *);

#endif
