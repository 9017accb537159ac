/* SPDX-License-Identifier: Apache-2.0 */
#include "results/sentence.h"

#include <stdlib.h>

const char *sentence_verdict_name(enum sentence_verdict v)
{
	static const char *const names[] = { "no data", "cannot tell", "holds" };

	return names[v];
}

const char *part_verdict_name(enum part_verdict v)
{
	static const char *const names[] = {
		[PART_NO_DATA] = "no data", [PART_TOO_FEW] = "too few", [PART_CANNOT_TELL] = "cannot tell",
		[PART_SAME] = "same", [PART_MORE] = "more", [PART_LESS] = "less", [PART_NOT_MORE] = "not more",
		[PART_LEADS] = "leads",
		[PART_STOPS_ITSELF] = "stops itself", [PART_STOPS_SOME] = "stops some", [PART_STOPS_ALL] = "stops all",
	};

	return names[v];
}

void sentences_free(struct sentences *s)
{
	for (int i = 0; i < s->n; i++) {
		free(s->v[i].text);
		free(s->v[i].reason);
		free(s->v[i].parts);
	}
	free(s->v);
	*s = (struct sentences){ 0 };
}
