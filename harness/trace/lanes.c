/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/lanes.h"

#include <stdlib.h>
#include <string.h>

bool lanes_begin(struct lanes *l, const struct trace *t)
{
	*l = (struct lanes){ .ps = t->ps, .of = malloc((t->ng + 1) * sizeof *l->of) };
	if (l->of)
		memset(l->of, 0xff, (t->ng + 1) * sizeof *l->of);
	return l->of;
}

void lanes_end(struct lanes *l)
{
	free(l->g);
	free(l->of);
}

static int take_free(struct lanes *l, uint32_t g)
{
	int i = 0;

	while (i < l->n && l->g[i] != TRACE_NONE)
		i++;
	if (i == l->room) {
		int room = l->room ? 2 * l->room : 16;
		uint32_t *grown = realloc(l->g, (size_t)room * sizeof *grown);

		if (!grown)
			return -2;
		l->g = grown;
		l->room = room;
	}
	l->n = i == l->n ? i + 1 : l->n;
	l->g[i] = g;
	return l->ps + i;
}

int lanes_step(struct lanes *l, const struct trace_step *s, int *to)
{
	int from = l->of[s->g];

	if (from >= l->ps)
		l->g[from - l->ps] = TRACE_NONE;
	*to = s->state != TRACE_IS_RUNNING ? -1 : s->p >= 0 ? s->p : take_free(l, s->g);
	l->of[s->g] = *to;
	return *to == -2 ? -2 : from;
}
