/* SPDX-License-Identifier: Apache-2.0
 *
 * doctor_json.c: the findings for programs.
 */
#include <errno.h>
#include <jansson.h>

#include "doctor/doctor.h"

int doctor_put(const struct doctor *d, FILE *out)
{
	json_t *list = json_array(), *o;
	int rc;

	for (int i = 0; i < d->n; i++) {
		const struct finding *f = &d->v[i];

		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s}", "id", f->id,
		                                      "severity", severity_name(f->severity), "what", f->what,
		                                      "effect", f->effect, "fix", f->fix));
	}
	o = json_pack("{s:o}", "findings", list);
	if (!o)
		return -ENOMEM;
	errno = 0;
	rc = json_dumpf(o, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF ? 0 : errno ? -errno : -EIO;
	json_decref(o);
	return rc;
}
