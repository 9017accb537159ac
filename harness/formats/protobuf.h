/* SPDX-License-Identifier: Apache-2.0
 *
 * protobuf.h: a message of Protocol Buffers, as it is written: small, and within others.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include <string.h>

#include "formats/varint.h"

/* What does not fit is left out; nothing that is written here comes near. */
struct message {
	size_t n;
	uint8_t byte[1024];
};

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

static inline void message_uint(struct message *m, unsigned field, uint64_t v)
{
	if (m->n + 2 * VARINT_MAX > sizeof m->byte)
		return;
	m->n += varint_put(m->byte + m->n, (uint64_t)field << 3 | WIRE_VARINT);
	m->n += varint_put(m->byte + m->n, v);
}

static inline void message_fixed64(struct message *m, unsigned field, uint64_t v)
{
	if (m->n + VARINT_MAX + 8 > sizeof m->byte)
		return;
	m->n += varint_put(m->byte + m->n, (uint64_t)field << 3 | WIRE_FIXED64);
	for (int i = 0; i < 8; i++)
		m->byte[m->n++] = (uint8_t)(v >> 8 * i);
}

static inline void message_bytes(struct message *m, unsigned field, const void *data, size_t n)
{
	if (m->n + 2 * VARINT_MAX + n > sizeof m->byte)
		return;
	m->n += varint_put(m->byte + m->n, (uint64_t)field << 3 | WIRE_BYTES);
	m->n += varint_put(m->byte + m->n, n);
	memcpy(m->byte + m->n, data, n);
	m->n += n;
}

static inline void message_text(struct message *m, unsigned field, const char *text)
{
	message_bytes(m, field, text, strlen(text));
}

static inline void message_put(struct message *m, unsigned field, const struct message *inner)
{
	message_bytes(m, field, inner->byte, inner->n);
}

#endif
