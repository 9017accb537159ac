/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "shared/coro/records.h"
#include "shared/lock.h"

#define MAX_CHUNKS (1 << 16)
enum { RECORD_CHUNK = 256 << 10 };       /* an enum: debuggers read it too */

static struct {
	uint32_t lock;
	size_t record_size;
	char **chunks;                  /* a table of MAX_CHUNKS, reserved once */
	int nchunks;
	size_t chunk_used;
} pool;

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void sl__records_init(size_t record_size)
{
	pool.record_size = record_size;
	if (!pool.chunks)
		pool.chunks = map(MAX_CHUNKS * sizeof *pool.chunks);
}

void *sl__records_more(int n)
{
	size_t size = (size_t)n * pool.record_size;
	char *p = NULL;

	sl__lock_thread(&pool.lock);
	if (pool.nchunks == 0 || pool.chunk_used + size > RECORD_CHUNK) {
		char *chunk = pool.chunks && pool.nchunks < MAX_CHUNKS ? map(RECORD_CHUNK) : NULL;

		if (!chunk)
			goto out;
		pool.chunks[pool.nchunks] = chunk;
		pool.chunk_used = 0;
		/* Release: handlers and reports look without the lock, for they may
		 * have interrupted its holder. */
		__atomic_store_n(&pool.nchunks, pool.nchunks + 1, __ATOMIC_RELEASE);
	}
	p = pool.chunks[pool.nchunks - 1] + pool.chunk_used;
	pool.chunk_used += size;
out:
	sl__unlock_thread(&pool.lock);
	return p;
}

void sl__records_each(void (*fn)(void *, void *), void *arg)
{
	int n = __atomic_load_n(&pool.nchunks, __ATOMIC_ACQUIRE);

	for (int i = 0; i < n; i++) {
		size_t used = i == n - 1 ? pool.chunk_used :
		              RECORD_CHUNK / pool.record_size * pool.record_size;

		for (size_t at = 0; at + pool.record_size <= used; at += pool.record_size)
			fn(pool.chunks[i] + at, arg);
	}
}

void sl__records_fini(void)
{
	for (int i = 0; i < pool.nchunks; i++)
		munmap(pool.chunks[i], RECORD_CHUNK);
	pool.nchunks = 0;
	pool.chunk_used = 0;
}
