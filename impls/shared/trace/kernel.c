/* SPDX-License-Identifier: Apache-2.0
 *
 * kernel.c: The kernel puts its records into a piece of memory that we map, one for each CPU,
 * and moves head; we read up to there and move tail.  It stamps them with CLOCK_MONOTONIC, so
 * that they fit to the trace's clock by what that shows at the same moments.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

#include "shared/trace/kernel.h"

#define PAGES 128       /* for each CPU: what an unprivileged user may have with the default
                           of perf_event_mlock_kb; 16,000 switches */

static struct cpu {
	int fd;
	struct perf_event_mmap_page *page;      /* and behind it the data */
	uint64_t size;                          /* of the data, a power of two */
	struct sl__ring ring;
} *cpus;
static int ncpus;
static struct sl__trace_tick begin;

/* sample_id of PERF_RECORD_SWITCH, with the sample_type below. */
struct sample { uint32_t pid, tid; uint64_t ns; uint32_t cpu, reserved; };

static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof attr, .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU, .sample_id_all = 1,
		.context_switch = 1, .inherit = 1, .exclude_kernel = 1, .exclude_hv = 1,
		.use_clockid = 1, .clockid = CLOCK_MONOTONIC,
	};

	return sl__above_stdio((int)syscall(SYS_perf_event_open, &attr, 0, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

static bool map_event(struct cpu *c, size_t page)
{
	for (size_t n = PAGES; n > 0; n /= 2) {
		void *p = mmap(NULL, (n + 1) * page, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);

		if (p != MAP_FAILED) {
			c->page = p;
			c->size = n * page;
			return true;
		}
	}
	return false;
}

static bool refused(const char *what, int cpu, char *why, size_t size)
{
	int error = errno;

	snprintf(why, size, "%s of CPU %d: %s%s", what, cpu, strerror(error),
	         error == EACCES || error == EPERM ? " (kernel.perf_event_paranoid, or a filter of system calls)" : "");
	sl__kernel_end();
	return false;
}

bool sl__kernel_begin(struct sl__trace_tick start, char *why, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	long n = sysconf(_SC_NPROCESSORS_CONF);
	void *p = mmap(NULL, (size_t)n * sizeof *cpus, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	begin = start;
	ncpus = 0;
	if (p == MAP_FAILED)
		return refused("memory", 0, why, size);
	cpus = p;
	for (int i = 0; i < n; i++) {
		struct cpu *c = &cpus[ncpus];

		c->fd = open_event(i);
		if (c->fd < 0 && errno == ENODEV)
			continue;       /* it is off */
		ncpus++;
		if (c->fd < 0)
			return refused("perf_event_open", i, why, size);
		if (!map_event(c, page))
			return refused("mmap of the event", i, why, size);
		sl__ring_init(&c->ring, TRACE_KERNEL, (uint32_t)i);
	}
	return true;
}

static uint64_t to_ticks(uint64_t ns, struct sl__trace_tick now)
{
	double ticks = (double)((int64_t)ns - begin.ns) * (double)now.time / (double)(now.ns - begin.ns);

	return ticks < 0 ? 0 : (uint64_t)ticks;
}

/* It may lie at the end of the data, and go on at the beginning. */
static void copy(const struct cpu *c, uint64_t at, void *to, size_t n)
{
	const char *data = (const char *)c->page + c->page->data_offset;
	size_t from = at & (c->size - 1), first = n < c->size - from ? n : c->size - from;

	memcpy(to, data + from, first);
	memcpy((char *)to + first, data, n - first);
}

static void take(struct cpu *c, uint64_t at, const struct perf_event_header *h, struct sl__trace_tick now)
{
	struct sample s;
	uint64_t lost[2];

	if (h->type == PERF_RECORD_SWITCH && h->size >= sizeof *h + sizeof s) {
		bool out = h->misc & PERF_RECORD_MISC_SWITCH_OUT;

		copy(c, at + sizeof *h, &s, sizeof s);
		sl__record_at(&c->ring, to_ticks(s.ns, now), out ? TRACE_OFF_CPU : TRACE_ON_CPU,
		              out && h->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT ? TRACE_PREEMPTED : TRACE_BLOCKED,
		              s.tid, s.cpu);
	} else if (h->type == PERF_RECORD_LOST && h->size >= sizeof *h + sizeof lost) {
		copy(c, at + sizeof *h, lost, sizeof lost);
		sl__record_at(&c->ring, c->ring.last, TRACE_KERNEL_LOST, 0, 0,
		              lost[1] < 0xffffff ? (uint32_t)lost[1] : 0xffffff);
	}
}

void sl__kernel_read(struct sl__trace_tick now)
{
	for (struct cpu *c = cpus; c < cpus + ncpus; c++) {
		/* Acquire: what lies before it is whole. */
		uint64_t head = __atomic_load_n(&c->page->data_head, __ATOMIC_ACQUIRE);
		uint64_t at = c->page->data_tail;

		while (at < head) {
			struct perf_event_header h;

			copy(c, at, &h, sizeof h);
			if (h.size < sizeof h)
				break;
			take(c, at, &h, now);
			at += h.size;
		}
		/* Release: from here on the kernel writes over it. */
		__atomic_store_n(&c->page->data_tail, head, __ATOMIC_RELEASE);
	}
}

void sl__kernel_end(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (struct cpu *c = cpus; c < cpus + ncpus; c++) {
		if (c->page)
			munmap(c->page, c->size + page);
		if (c->fd >= 0)
			close(c->fd);
	}
	if (cpus)
		munmap(cpus, (size_t)sysconf(_SC_NPROCESSORS_CONF) * sizeof *cpus);
	cpus = NULL;
	ncpus = 0;
}
