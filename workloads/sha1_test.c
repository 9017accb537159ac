/* SPDX-License-Identifier: Apache-2.0
 *
 * The examples of FIPS 180-4, and every length around the padding's borders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sha1.h"

static void expect(const char *msg, size_t len, const char *hex)
{
	unsigned char digest[SHA1_SIZE];
	char text[2 * SHA1_SIZE + 1];

	sha1(msg, len, digest);
	for (int i = 0; i < SHA1_SIZE; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	assert_string_equal(text, hex);
}

static void published_examples(void **state)
{
	static char million[1000000];

	(void)state;
	memset(million, 'a', sizeof million);
	expect("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	expect("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	       "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	expect("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 112,
	       "a49b2446a02c645bf419f995b67091253a04a259");
	expect(million, sizeof million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* Where the length no longer fits the block, and where a block is just full. */
static void borders_of_the_padding(void **state)
{
	static char a[64];

	(void)state;
	memset(a, 'a', sizeof a);
	expect(a, 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
	expect(a, 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699");
	expect(a, 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
	expect(a, 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_examples),
		cmocka_unit_test(borders_of_the_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
