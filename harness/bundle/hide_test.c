/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "bundle/hide.h"

static void names_are_hidden_where_they_are_words(void **state)
{
	static const struct { const char *text, *hidden; } cases[] = {
		{ "vm7.lab.example: no", "host: no" },
		{ "results/20261123T181405Z-vm7", "results/20261123T181405Z-host" },
		{ "vm7", "host" },
		{ "vm7x xvm7 vm7_a vm70", NULL },
		{ "by jo, or jo.", "by user, or user." },
		{ "join banjo jo_1", NULL },
		{ "/home/ann/x:/home/b/y:/Users/Cy", "/home/user/x:/home/user/y:/Users/user" },
		{ "/home/user/x", NULL },
		{ "/home/", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "root runs /root/x", NULL },
	};
	struct names names = { .n = 0 };

	(void)state;
	names_add_host(&names, "vm7.lab.example");
	names_add_user(&names, "jo");
	names_add_user(&names, "root");
	names_add_user(&names, "x");
	names_add_user(&names, "");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *hidden = names_hide(&names, cases[i].text);

		if (cases[i].hidden)
			assert_string_equal(hidden ? hidden : "nothing", cases[i].hidden);
		else
			assert_null(hidden);
		free(hidden);
	}
}

static void what_is_hidden_has_room(void **state)
{
	struct names names = { .n = 0 };
	char text[3001] = "", *hidden;

	(void)state;
	names_add_user(&names, "jo");
	for (int i = 0; i < 1000; i++)
		strcat(text, "jo,");
	hidden = names_hide(&names, text);
	assert_int_equal(strlen(hidden), 5000);
	free(hidden);
	*text = '\0';
	for (int i = 0; i < 300; i++)
		strcat(text, "/home/a");
	hidden = names_hide(&names, text);
	assert_int_equal(strlen(hidden), 3000);
	free(hidden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_hidden_where_they_are_words),
		cmocka_unit_test(what_is_hidden_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
