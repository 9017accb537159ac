/* SPDX-License-Identifier: Apache-2.0 */
#include "run/lastwords.h"

#include <string.h>

#include "base/plain.h"

static void end_line(struct lastwords *w)
{
	while (w->n && w->line[w->n - 1] == ' ')
		w->n--;
	w->line[w->n] = '\0';
	text_plain(w->line);
	if (w->n) {
		strcpy(w->last, w->line);
		if (!*w->fatal && (!strncmp(w->line, "fatal error: ", 13) ||
		                   !strncmp(w->line, "panic: ", 7)))
			strcpy(w->fatal, w->line);
	}
	w->n = 0;
}

void lastwords_feed(struct lastwords *w, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == '\n')
			end_line(w);
		else if (w->n < WORDS_MAX - 1 && (w->n || c > ' '))
			w->line[w->n++] = c < ' ' || c == 127 ? ' ' : (char)c;
	}
}

const char *lastwords_end(struct lastwords *w)
{
	end_line(w);
	return *w->fatal ? w->fatal : w->last;
}
