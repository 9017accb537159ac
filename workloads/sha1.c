/* SPDX-License-Identifier: Apache-2.0 */
#include "sha1.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 64

static uint32_t rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint32_t load_be(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_be(unsigned char *p, uint32_t x)
{
	p[0] = x >> 24;
	p[1] = x >> 16;
	p[2] = x >> 8;
	p[3] = x;
}

/* Written as the Go twin's is, loop by loop. */
#define ROUND(f, k) do { \
		uint32_t x = rol(a, 5) + ((f) + e + (k) + w[t]); \
		e = d; d = c; c = rol(b, 30); b = a; a = x; \
	} while (0)

static void absorb(uint32_t h[5], const unsigned char *block)
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
	int t;

	for (t = 0; t < 16; t++)
		w[t] = load_be(block + 4 * t);
	for (; t < 80; t++)
		w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (t = 0; t < 20; t++)
		ROUND(d ^ (b & (c ^ d)), 0x5a827999);
	for (; t < 40; t++)
		ROUND(b ^ c ^ d, 0x6ed9eba1);
	for (; t < 60; t++)
		ROUND((b & c) | ((b | c) & d), 0x8f1bbcdc);
	for (; t < 80; t++)
		ROUND(b ^ c ^ d, 0xca62c1d6);
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void sha1(const void *msg, size_t len, unsigned char digest[SHA1_SIZE])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint64_t bits = (uint64_t)len * 8;
	const unsigned char *p = msg;
	unsigned char tail[2 * BLOCK] = { 0 };
	size_t padded;

	for (; len >= BLOCK; p += BLOCK, len -= BLOCK)
		absorb(h, p);
	/* What is left, a one bit, zeros, and the length in the last eight bytes. */
	memcpy(tail, p, len);
	tail[len] = 0x80;
	padded = len + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	store_be(tail + padded - 8, bits >> 32);
	store_be(tail + padded - 4, (uint32_t)bits);
	for (size_t i = 0; i < padded; i += BLOCK)
		absorb(h, tail + i);
	for (int i = 0; i < 5; i++)
		store_be(digest + 4 * i, h[i]);
}
