/* SPDX-License-Identifier: Apache-2.0
 *
 * limits_test.c: what the system grants: threads, and the PUs and the share of them
 * that decide how many Ps there are.  Where it would take a system of its own to
 * refuse something, the functions that ask it are replaced here by ones that do.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "conform/conform.h"

#define MS 1000000ll

/* A sanitizer has replacements of its own. */
#define REPLACED (!SL_ASAN && !SL_TSAN)

static void need_replacements(void)
{
	if (!REPLACED)
		conform_skip("the sanitizer replaces what this would");
}

static struct sl_wg wg;
static _Atomic int count;

/* ---- Threads ----------------------------------------------------------- */

static _Atomic int granted = INT_MAX;   /* threads; below zero: they are refused */
static _Atomic int refused;             /* so often; then */
static _Atomic int given_in = INT_MAX;  /* after so many refusals they are granted */

#if REPLACED
int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (granted != INT_MAX && --granted < 0 && ++refused <= given_in)
		return EAGAIN;
	return real(t, attr, fn, arg);
}
#endif

static void compute_a_bit(void *arg)
{
	int64_t until = sl_now() + random_below(100000);

	(void)arg;
	while (sl_now() < until)
		;
	jitter();
	count++;
	sl_wg_done(&wg);
}

static void call_for_a_ms(void *arg)
{
	(void)arg;
	sl_entersyscall();
	nanosleep(&(struct timespec){ .tv_nsec = MS }, NULL);
	sl_exitsyscall();
	count++;
	sl_wg_done(&wg);
}

static void work_and_call(void *arg)
{
	(void)arg;
	count = 0;
	sl_wg_add(&wg, 40);
	for (int i = 0; i < 40; i++)
		sl_go(i % 4 ? compute_a_bit : call_for_a_ms, NULL);
	sl_wg_wait(&wg);
	check(count == 40);
	sl_sleep(MS);
}

/* Threads that have ended a moment ago may still count. */
TEST_BARE(threads_refused_for_a_while_are_waited_for)
{
	struct sl_config cfg = { .procs = conform.procs };

	need_replacements();
	for (int first = 1; first < 4; first++) {
		granted = first;
		refused = 0;
		given_in = 10;
		check(sl_run(&cfg, work_and_call, NULL) == 0);
		/* Later ones it may do without. */
		if (conform_can("parallel") && first == 1)
			check(refused >= 10);
	}
}

/* For good: with those Ms that there are. */
TEST_BARE(threads_refused_for_good_leave_fewer)
{
	struct sl_config cfg = { .procs = conform.procs };

	need_replacements();
	if (conform_can("threads"))
		conform_skip("a G is a thread");
	for (int n = 2; n < 5; n++) {
		granted = n;
		check(sl_run(&cfg, work_and_call, NULL) == 0);
	}
}

CONFORM_TEST(no_thread_at_all_is_an_error, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	struct sl_config cfg = { .procs = conform.procs };

	need_replacements();
	if (!conform_can("parallel"))
		conform_skip("the model needs no thread");
	granted = 0;
	check(sl_run(&cfg, work_and_call, NULL) == -EAGAIN);
	/* Or one that runs no G. */
	granted = 1;
	if (!conform_can("threads"))
		check(sl_run(&cfg, work_and_call, NULL) == -EAGAIN);
	granted = INT_MAX;
	check(sl_run(&cfg, work_and_call, NULL) == 0);
}

#if REPLACED
TEST_FATAL(no_thread_for_a_g, "fatal error: sl_go: no thread for G *: *; 2 Gs live")
{
	if (!conform_can("threads"))
		conform_skip("a G needs no thread");
	granted = 0;
	sl_go(compute_a_bit, NULL);
}
#endif

/* ---- Memory ------------------------------------------------------------ */

static _Atomic int maps = INT_MAX;      /* mappings to be granted */

#if REPLACED
void *mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (maps != INT_MAX && --maps < 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, at, size, prot, flags, fd, offset);
}
#endif

static void yield_and_call(void *arg)
{
	for (int i = 0; i < 3; i++) {
		sl_yield();
		call_for_a_ms(arg);
	}
}

static void call_together(void *arg)
{
	(void)arg;
	count = 0;
	sl_wg_add(&wg, 12);
	for (int i = 0; i < 4; i++)
		sl_go(yield_and_call, NULL);
	sl_wg_wait(&wg);
	check(count == 12);
}

/* With less and less: it starts, and then goes on with fewer threads if it must; or it
 * says that it cannot, and another may. */
CONFORM_TEST(what_memory_is_refused_is_done_without_or_an_error, NULL, CONFORM_BARE | CONFORM_WAITS)
{
	struct sl_config cfg = { .procs = conform.procs < 2 ? conform.procs : 2 };
	int err = -1, refusals = 0;

	need_replacements();
	for (int granted = 0; granted < 30; granted++) {
		maps = granted;
		count = 0;
		err = sl_run(&cfg, call_together, NULL);
		refusals += maps < 0;
		maps = INT_MAX;
		check(err == 0 || err == -ENOMEM);
		check(count == (err ? 0 : 12));
	}
	check(err == 0);
	check(refusals > 0 || conform_can("threads"));
	conform_run(&cfg, call_together, NULL);
}

/* ---- The number of Ps: from where ---------------------------------------- */

/* What open finds instead of the system's files: name, and contents. */
static const struct file { const char *path, *text; } *files;

#if REPLACED
int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list more;
	int fd, mode;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "open");
	va_start(more, flags);
	mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, int) : 0;
	va_end(more);
	if (!files || (strncmp(path, "/sys/", 5) != 0 && strcmp(path, "/proc/self/cgroup") != 0))
		return real(path, flags, mode);
	for (const struct file *f = files; f->path; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		fd = memfd_create("file", 0);
		check(write(fd, f->text, strlen(f->text)) == (ssize_t)strlen(f->text));
		check(lseek(fd, 0, SEEK_SET) == 0);
		return fd;
	}
	errno = ENOENT;
	return -1;
}
#endif

static void no_procs_set(void)
{
	if (!conform_can("parallel"))
		conform_skip("the model has one P");
	unsetenv("SCHEDLAB_PROCS");
}

static void ask_procs(void *arg)
{
	*(int *)arg = sl_procs(0);
	work_and_call(NULL);
}

static int default_procs(const char *source)
{
	int procs = 0;

	check(sl_run(NULL, ask_procs, &procs) == 0);
	check(strcmp(sl_procs_source(), source) == 0);
	return procs;
}

TEST_BARE(the_affinity_decides_the_default)
{
	cpu_set_t one;

	no_procs_set();
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	check(sched_setaffinity(0, sizeof one, &one) == 0);
	check(default_procs("affinity") == 1);
}

static _Atomic bool settled;
static _Atomic int begun, elsewhere;

static void look_where(void *arg)
{
	(void)arg;
	begun++;
	while (!settled)
		sl_yield();
	elsewhere += conform_pus() != 1;
	sl_wg_done(&wg);
}

static void begin_many(void *n)
{
	for (int i = 0; i < *(int *)n; i++)
		sl_go(look_where, NULL);
	sl_wg_done(&wg);
}

/* A thread that is being made while the number changes has what its maker had. */
TEST(every_thread_keeps_to_the_procs_set_last)
{
	int n = conform_live(24);

	if (!conform_can("threads"))
		conform_skip("the model's threads are not its Gs");
	sl_procs(2);
	if (conform_pus() < 2)
		conform_skip("needs two PUs");
	for (int round = 0; round < conform_n(30, 1000); round++) {
		settled = false;
		begun = 0;
		sl_procs(2);
		sl_wg_add(&wg, n + 1);
		sl_go(begin_many, &n);
		while (begun < round % n)
			sl_yield();
		sl_procs(1);
		settled = true;
		sl_wg_wait(&wg);
		check(elsewhere == 0);
	}
}

#define V2(...) (const struct file[]){ { "/proc/self/cgroup", "0::/a/b\n" }, __VA_ARGS__, { NULL, NULL } }
#define V1(...) (const struct file[]){ { "/proc/self/cgroup", "3:memory:/m\n2:cpu,cpuacct:/a/b\n0::/\n" }, \
                                       __VA_ARGS__, { NULL, NULL } }

/* Of the group, or one that it is in; rounded up. */
TEST_BARE(a_cgroup_quota_decides_the_default)
{
	cpu_set_t all;
	int n;

	need_replacements();
	no_procs_set();
	check(sched_getaffinity(0, sizeof all, &all) == 0);
	n = CPU_COUNT(&all);
	if (n < 2)
		conform_skip("needs two PUs");
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n" });
	check(default_procs("cgroup quota") == 1);
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n" },
	           { "/sys/fs/cgroup/a/cpu.max", "100000 100000\n" });
	check(default_procs("cgroup quota") == 1);
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "110000 100000\n" });
	check(default_procs(n > 2 ? "cgroup quota" : "affinity") == 2);
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n" });
	check(default_procs("affinity") == n);
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "garbage\n" });
	check(default_procs("affinity") == n);
	/* In a container: the path is the host's, the mount its own. */
	files = V2({ "/sys/fs/cgroup/cpu.max", "100000 100000\n" });
	check(default_procs("cgroup quota") == 1);
	files = V1({ "/sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "50000\n" },
	           { "/sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n" });
	check(default_procs("cgroup quota") == 1);
	files = V1({ "/sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n" },
	           { "/sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n" });
	check(default_procs("affinity") == n);
	/* What is asked for comes before what is allowed. */
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n" });
	setenv("SCHEDLAB_PROCS", "2", 1);
	check(default_procs("SCHEDLAB_PROCS") == 2);
}

static bool put(const char *group, const char *file, const char *text)
{
	char path[256];
	int fd;
	bool done;

	snprintf(path, sizeof path, "%s/%s", group, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return done;
}

/* In a group of its own, with half a PU.  77: it may have none. */
static int run_on_half_a_pu(const char *group)
{
	if (!put(group, "cpu.cfs_period_us", "20000") || !put(group, "cpu.cfs_quota_us", "10000") ||
	    !put(group, "cgroup.procs", "0"))
		return 77;
	return default_procs("cgroup quota") == 1 ? 0 : 1;
}

/* The real thing, where version 1 is mounted and may be written to. */
TEST_BARE(half_a_pu_is_one_p_and_no_hang)
{
	char group[64];
	int status;
	pid_t pid;

	no_procs_set();
	snprintf(group, sizeof group, "/sys/fs/cgroup/cpu/schedlab-test-%d", (int)getpid());
	if (mkdir(group, 0755) != 0)
		conform_skip("no cgroup can be made here");
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		exit(run_on_half_a_pu(group));
	check(waitpid(pid, &status, 0) == pid);
	for (int i = 0; rmdir(group) != 0 && i < 100; i++)
		nanosleep(&(struct timespec){ .tv_nsec = MS }, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		conform_skip("no cgroup can be joined here");
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- PUs ----------------------------------------------------------------- */

/* So many are taken to lie before the machine's own, of which there are 64 at most.  A
 * kernel that has more than a set has room for refuses that. */
static size_t before_own;
#define OWN 64

#if REPLACED
int sched_getcpu(void)
{
	unsigned cpu;

	check(syscall(SYS_getcpu, &cpu, NULL, NULL) == 0);
	return (int)(before_own + cpu);
}

int sched_getaffinity(pid_t tid, size_t size, cpu_set_t *set)
{
	cpu_set_t own;

	CPU_ZERO(&own);
	if (8 * size < before_own + OWN) {
		errno = EINVAL;
		return -1;
	}
	if (syscall(SYS_sched_getaffinity, tid, sizeof own, &own) < 0)
		return -1;
	memset(set, 0, size);
	for (size_t i = 0; 8 * size > before_own + i; i++)
		if (CPU_ISSET(i, &own))
			CPU_SET_S(before_own + i, size, set);
	return 0;
}

int sched_setaffinity(pid_t tid, size_t size, const cpu_set_t *set)
{
	cpu_set_t own;

	CPU_ZERO(&own);
	for (size_t i = 0; 8 * size > before_own + i; i++)
		if (CPU_ISSET_S(before_own + i, size, set))
			CPU_SET(i, &own);
	return (int)syscall(SYS_sched_setaffinity, tid, sizeof own, &own);
}
#endif

static void is_bound(void *arg)
{
	int bound = 0;

	work_and_call(NULL);
	if (conform_can("threads"))
		return;
	for (int p = 0; p < sl_procs(0); p++) {
		int cpu = sl_bound_cpu(p);

		check(cpu == ((int *)arg)[p] || cpu == -1);     /* it had nothing to do */
		bound += cpu != -1;
	}
	check(bound > 0);
}

/* On each of n PUs: Ps are bound to them, and may use no others. */
TEST_BARE(numbers_of_pus_beyond_1024_are_pus)
{
	int pus = conform_pus(), cpus[OWN], first = 0;
	struct sl_config cfg = { .procs = pus, .cpus = cpus };
	cpu_set_t own;

	need_replacements();
	if (pus > OWN)
		conform_skip("has more PUs than are moved");
	check(sched_getaffinity(0, sizeof own, &own) == 0);
	before_own = 1500;
	check(conform_pus() == pus);
	for (int i = 0; i < pus; i++, first++) {
		while (!CPU_ISSET((size_t)first, &own))
			first++;
		cpus[i] = 1500 + first;
	}
	check(sl_run(&cfg, is_bound, cpus) == 0);
	check(sl_run(&cfg, is_bound, cpus) == 0);
	if (!conform_can("parallel"))
		return;
	unsetenv("SCHEDLAB_PROCS");
	files = V2({ "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n" });
	check(default_procs("affinity") == pus);
}

/* Not to run there would be to measure something else. */
TEST_BARE(a_pu_that_may_not_be_used_is_refused)
{
	int cpu = sched_getcpu();
	const int none[] = { -1, CPU_SETSIZE - 1, 8191, 8192, INT_MAX, INT_MIN };
	cpu_set_t before, after;

	check(sched_getaffinity(0, sizeof before, &before) == 0);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		int cpus[] = { cpu, none[i] };

		check(sl_run(&(struct sl_config){ .procs = 1, .cpus = &none[i] }, ask_procs, &cpu) == -EINVAL);
		check(sl_run(&(struct sl_config){ .procs = 2, .cpus = cpus }, ask_procs, &cpu) == -EINVAL);
	}
	check(sched_getaffinity(0, sizeof after, &after) == 0);
	check(CPU_EQUAL(&before, &after));
}

/* ---- As many as there can be --------------------------------------------- */

static void count_to(void *arg)
{
	int n = (int)(intptr_t)arg;

	count = 0;
	sl_wg_add(&wg, n);
	for (int i = 0; i < n; i++)
		sl_go(compute_a_bit, NULL);
	sl_wg_wait(&wg);
	check(count == n);
}

TEST_BARE(a_thousand_ps_start)
{
	struct sl_config cfg = { .procs = SL_PROCS_MAX };
	int procs = 0;

	for (int i = 0; i < conform_n(1, 10); i++) {
		conform_run(&cfg, count_to, (void *)(intptr_t)conform_live(conform_n(200, 5000)));
		/* A thousand threads may take longer to end than they are waited for. */
		conform_run(&cfg, ask_procs, &procs);
		check(procs == (conform_can("parallel") ? SL_PROCS_MAX : 1));
	}
}
