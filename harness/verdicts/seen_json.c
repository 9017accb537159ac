/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "verdicts/seen.h"

json_t *seen_json(const struct seen *s)
{
	if (!s->m.n)
		return json_null();
	return json_pack("{s:i,s:f,s:f,s:f,s:f,s:i,s:i}", "n", s->m.n, "median", s->m.median, "low", s->m.low,
	                 "high", s->m.high, "coverage", s->m.coverage, "samples", s->samples,
	                 "disturbed", s->disturbed);
}
