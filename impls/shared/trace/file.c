/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>

#include "shared/trace/file.h"
#include "shared/trace/names.h"

#define PIECES 64       /* in a write */

static struct {
	int fd;
	const char *path;               /* the program's, or its environment's */
	int error;                      /* what the first write that failed said */
	uint32_t named;                 /* names that are in the file */
	struct sl__trace_tick first, last;
	uint64_t off_ns;
	uint64_t records, lost;
} file;

/* ---- Writing ------------------------------------------------------------------ */

static void fail(int error)
{
	file.error = error;
	sl__warn("SCHEDLAB_TRACE: cannot write %.200s: %s; the trace ends there", file.path, strerror(error));
}

static bool write_pieces(struct iovec *v, int n)
{
	while (n > 0 && !file.error) {
		ssize_t done = writev(file.fd, v, n);

		if (done < 0) {
			if (errno != EINTR)
				fail(errno);
			continue;
		}
		if (done == 0)
			fail(EIO);
		for (; n > 0 && (size_t)done >= v->iov_len; v++, n--)
			done -= (ssize_t)v->iov_len;
		if (n > 0) {
			v->iov_base = (char *)v->iov_base + done;
			v->iov_len -= (size_t)done;
		}
	}
	return !file.error;
}

static bool write_chunk(enum sl__trace_what what, const void *bytes, size_t n)
{
	static const char zeros[8];
	struct sl__trace_chunk head = { .magic = SL__TRACE_CHUNK, .what = (uint16_t)what };
	struct iovec v[3] = {
		{ &head, sizeof head }, { (void *)bytes, n }, { (void *)zeros, -n % 8 },
	};

	head.bytes = (uint32_t)(n + -n % 8);
	return write_pieces(v, 3);
}

/* ---- Names --------------------------------------------------------------------- */

struct names { char bytes[4096]; size_t n; };

static void flush_names(struct names *l)
{
	if (l->n)
		write_chunk(TRACE_NAMES, l->bytes, l->n);
	l->n = 0;
}

static void put_names(void)
{
	struct names list;
	char buf[128];
	const char *text;
	uint32_t id;

	list.n = 0;
	while ((id = sl__trace_next_name(&file.named, buf, sizeof buf, &text))) {
		struct sl__trace_name name = { id, (uint32_t)strnlen(text, 1000) };
		size_t padded = (name.len + 7u) & ~7u;

		if (list.n + sizeof name + padded > sizeof list.bytes)
			flush_names(&list);
		memcpy(list.bytes + list.n, &name, sizeof name);
		memset(list.bytes + list.n + sizeof name, 0, padded);
		memcpy(list.bytes + list.n + sizeof name, text, name.len);
		list.n += sizeof name + padded;
	}
	flush_names(&list);
}

/* ---- Records --------------------------------------------------------------------- */

static void put_records(const struct sl__buffer *b)
{
	struct iovec v[PIECES];
	int n = 0;

	for (; b && !file.error; b = b->next) {
		v[n++] = (struct iovec){ (void *)&b->head, sizeof b->head + b->head.bytes };
		file.records += b->head.bytes / sizeof *b->record;
		file.lost += b->head.lost;
		if (n == PIECES || !b->next) {
			write_pieces(v, n);
			n = 0;
		}
	}
}

/* ---- The clock -------------------------------------------------------------------- */

static double ns_per_tick(void)
{
	uint64_t ticks = file.last.time - file.first.time;

	return ticks ? (double)(file.last.ns - file.first.ns) / (double)ticks : 0;
}

/* By how much the reading before this one is beside the line from the first to this. */
static void check_clock(struct sl__trace_tick before)
{
	double line = (double)(before.time - file.first.time) * ns_per_tick();
	double off = line - (double)(before.ns - file.first.ns);
	uint64_t ns = (uint64_t)(off < 0 ? -off : off);

	if (ns > file.off_ns)
		file.off_ns = ns;
}

static void put_clock(struct sl__trace_tick now)
{
	struct sl__trace_tick before = file.last;

	file.last = now;
	if (before.time > file.first.time)
		check_clock(before);
	write_chunk(TRACE_CLOCK, &now, sizeof now);
}

/* ---- From the beginning to the end ---------------------------------------------------- */

static void put_command(void)
{
	char text[4096] = "command\t";
	size_t n = strlen(text);
	int fd = sl__open("/proc/self/cmdline");
	ssize_t got = fd < 0 ? -1 : read(fd, text + n, sizeof text - n - 1);

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return;
	/* Words end with a NUL each.  A line has no other line's end. */
	for (ssize_t i = 0; i < got; i++)
		if (strchr("\n\t", text[n + (size_t)i]))
			text[n + (size_t)i] = ' ';
	n += (size_t)got;
	while (text[n - 1] == ' ')
		n--;
	text[n++] = '\n';
	sl__file_about(text, n);
}

void sl__file_about(const char *lines, size_t n)
{
	write_chunk(TRACE_ABOUT, lines, n);
}

void sl__file_begin(const char *path, enum sl__trace_clock clock, struct sl__trace_tick start, int64_t wall_ns,
                    const char *model, int procs)
{
	const char *about = getenv("SCHEDLAB_TRACE_ABOUT");
	struct sl__trace_file head = {
		.magic = SL__TRACE_MAGIC, .version = SL__TRACE_VERSION, .endian = SL__TRACE_ENDIAN,
		.clock = clock, .procs = (uint32_t)procs, .ticks = start.time, .wall_ns = wall_ns, .pid = getpid(),
		.backend = SL_BACKEND,
	};
	struct iovec v = { &head, sizeof head };

	_Static_assert(sizeof head == 128 && sizeof(SL_BACKEND) <= sizeof head.backend, "as in format.h");
	snprintf(head.model, sizeof head.model, "%s", model);
	file.fd = sl__above_stdio(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
	if (file.fd < 0)
		sl__fatal("SCHEDLAB_TRACE: cannot write %.200s: %s", path, strerror(errno));
	file.path = path;
	file.error = 0;
	file.named = 0;
	file.off_ns = file.records = file.lost = 0;
	start.time = 0;
	file.first = file.last = start;
	write_pieces(&v, 1);
	write_chunk(TRACE_CLOCK, &start, sizeof start);
	put_command();
	if (about && *about)
		sl__file_about(about, strlen(about));
}

bool sl__file_put(const struct sl__buffer *list, struct sl__trace_tick now)
{
	if (file.error)
		return false;
	put_names();
	put_records(list);
	put_clock(now);
	return !file.error;
}

bool sl__file_end(struct sl__trace_counts made)
{
	double each = ns_per_tick();
	/* Those of the last buffers, for which there was no room, are in no chunk. */
	uint64_t lost = made.lost > file.lost ? made.lost : file.lost;
	struct sl__trace_end end = {
		.records = file.records, .lost = lost,
		.ticks_per_s = each > 0 ? (uint64_t)(1e9 / each + 0.5) : 0, .off_ns = file.off_ns,
	};

	if (!file.error)
		write_chunk(TRACE_END, &end, sizeof end);
	if (close(file.fd) != 0 && !file.error)
		fail(errno);
	return !file.error;
}
