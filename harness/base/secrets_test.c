/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/secrets.h"

static void urls_lose_their_credentials(void **state)
{
	static const struct { const char *before, *after; } cases[] = {
		{ "", "" }, { "://", "://" }, { "://@", "://" }, { "a:b@c", "a:b@c" },
		{ "https://host/x", "https://host/x" },
		{ "https://me:pw@host/x", "https://host/x" },
		{ "https://token@host", "https://host" },
		{ "https://me:p@w:x@host:80/a@b?c=d@e", "https://host:80/a@b?c=d@e" },
		{ "https://a:b@one,direct|http://c:d@two", "https://one,direct|http://two" },
		{ "--out=ssh://me@host:22/x y://z@w", "--out=ssh://host:22/x y://w" },
		{ "https://host?q=a://b@c", "https://host?q=a://c" },
		{ "https://host/a@v1.2", "https://host/a@v1.2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *s = strdup(cases[i].before);

		assert_string_equal(secrets_strip(s), cases[i].after);
		free(s);
	}
}

static void a_topology_loses_what_names_one_machine(void **state)
{
	char xml[] = "<object type=\"Machine\">\n"
		"  <info name=\"DMIProductName\" value=\"X Serial\"/>\n"
		"  <info name=\"DMIProductSerial\" value=\"S1\"/>\n"
		"  <info name=\"DMIProductUUID\" value=\"S2\"/><info name=\"DMIBoardSerial\" value=\"S3\"/>\n"
		"  <info name=\"DMIChassisAssetTag\" value=\"S4\"/>\n"
		"  <info name=\"DMIChassisType\" value=\"17\"/>\n"
		"  <info name=\"DMITorn";

	(void)state;
	assert_string_equal(secrets_strip_topology(xml), "<object type=\"Machine\">\n"
		"  <info name=\"DMIProductName\" value=\"X Serial\"/>\n  \n  \n  \n"
		"  <info name=\"DMIChassisType\" value=\"17\"/>\n  <info name=\"DMITorn");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_lose_their_credentials),
		cmocka_unit_test(a_topology_loses_what_names_one_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
