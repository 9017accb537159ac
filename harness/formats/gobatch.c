/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/gobatch.h"

#include <stdlib.h>
#include <string.h>

#include "formats/varint.h"

#define GENERATION 1
#define BATCH_MAX  (60u << 10)          /* of 64 KiB */
#define EVENT_MAX  (1 + 6 * VARINT_MAX)
#define STRING_MAX_ 1000                /* of 1024 */

void go_begin(FILE *out)
{
	static const char head[16] = "go 1.22 trace";

	fwrite(head, 1, sizeof head, out);
}

static void put_batch(FILE *out, uint64_t m, uint64_t time, const uint8_t *byte, size_t n)
{
	uint8_t head[1 + 4 * VARINT_MAX];
	size_t k = 0;

	head[k++] = GO_EVENT_BATCH;
	k += varint_put(head + k, GENERATION);
	k += varint_put(head + k, m);
	k += varint_put(head + k, time);
	k += varint_put(head + k, n);
	fwrite(head, 1, k, out);
	fwrite(byte, 1, n, out);
}

void go_frequency(FILE *out, uint64_t per_s)
{
	uint8_t byte[1 + VARINT_MAX] = { GO_FREQUENCY };

	put_batch(out, GO_NO_M, 1, byte, 1 + varint_put(byte + 1, per_s));
}

void go_flush(struct go_batch *b, FILE *out)
{
	if (b->n)
		put_batch(out, b->m, b->first, b->byte, b->n);
	b->n = 0;
}

void go_event(struct go_batch *b, FILE *out, uint64_t time, enum go_event what, int nargs, const uint64_t *args)
{
	if (b->n + EVENT_MAX > BATCH_MAX)
		go_flush(b, out);
	if (b->n + EVENT_MAX > b->room) {
		size_t more = b->room ? 4 * b->room : 256;
		uint8_t *grown = realloc(b->byte, more);

		if (!grown) {
			b->full = true;
			return;
		}
		b->byte = grown;
		b->room = more;
	}
	if (!b->n)
		b->first = b->last = time;
	b->byte[b->n++] = (uint8_t)what;
	b->n += varint_put(b->byte + b->n, time - b->last);
	for (int i = 0; i < nargs; i++)
		b->n += varint_put(b->byte + b->n, args[i]);
	b->last = time;
}

void go_strings(FILE *out, const char *const *text, size_t n)
{
	uint8_t byte[BATCH_MAX];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		size_t len = strnlen(text[i], STRING_MAX_);

		if (!k)
			byte[k++] = GO_STRINGS;
		byte[k++] = GO_STRING;
		k += varint_put(byte + k, i + 1);
		k += varint_put(byte + k, len);
		memcpy(byte + k, text[i], len);
		k += len;
		if (i + 1 == n || k + 2 * STRING_MAX_ > sizeof byte) {
			put_batch(out, GO_NO_M, 1, byte, k);
			k = 0;
		}
	}
}

void go_stacks(FILE *out, const uint64_t *string, size_t n)
{
	uint8_t byte[BATCH_MAX];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		/* The number, how many frames; of each an address, function, file, line. */
		const uint64_t arg[] = { i + 1, 1, i + 1, string[i], 0, 0 };

		if (!k)
			byte[k++] = GO_STACKS;
		byte[k++] = GO_STACK;
		for (size_t j = 0; j < sizeof arg / sizeof *arg; j++)
			k += varint_put(byte + k, arg[j]);
		if (i + 1 == n || k + 1 + 6 * VARINT_MAX > sizeof byte) {
			put_batch(out, GO_NO_M, 1, byte, k);
			k = 0;
		}
	}
}
