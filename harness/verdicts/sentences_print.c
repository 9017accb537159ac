/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "verdicts/sentences.h"

void sentences_print(const struct sentences *s, FILE *out)
{
	int said = 0;

	for (int i = 0; i < s->n; i++)
		if (s->v[i].verdict != SENTENCE_NO_DATA) {
			fprintf(out, "%s- ", said++ ? "" : "\nWhat it costs, and what it buys; in parentheses the intervals (95 %)\n\n");
			text_wrap(s->v[i].text, 2, 2, out);
		}
	for (int i = 0; said && i < s->n; i++) {
		/* Without any row it was not asked: silence says so; failures are news. */
		if (s->v[i].verdict == SENTENCE_NO_DATA && s->v[i].nparts) {
			fputs("- ", out);
			text_wrap(s->v[i].text, 2, 2, out);
		}
	}
}
