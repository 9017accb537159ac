# SPDX-License-Identifier: Apache-2.0
# key.gp: below the title, on as many lines as it takes: the back ends, and what else
# has_ideal and some_flat say there is to explain.  Unless drawing, only key_line, the
# number of the last line, is found.

key_x = 24; key_line = 0
# What is so wide goes to the next line, if it must.
place_key = "if (key_x > 24 && key_x + key_w > width) { key_x = 24; key_line = key_line + 1 }; \
	key_y = drawing ? y_at(height - 54 - 20 * key_line) : 0"

do for [i = 1 : nbackends] {
	key_w = 36 + letter * strlen(shown(backend(i)))
	@place_key
	if (drawing) {
		set label 9 + i shown(backend(i)) at screen x_at(key_x), key_y left offset 0.9, -0.15 \
			point pt solid(colour(i)) ps 1 lc rgb color(colour(i))
	}
	key_x = key_x + key_w
}
if (has_ideal) {
	key_w = 60 + letter * 5
	@place_key
	if (drawing) {
		set arrow 1 from screen x_at(key_x - 6), key_y to screen x_at(key_x + 22), key_y \
			nohead lw 1.2 dt 2 lc rgb grey
		set label 9 + nbackends + 1 "ideal" at screen x_at(key_x + 22), key_y left offset 0.9, -0.15 \
			point pt 0 lc rgb "#ffffff"
	}
	key_x = key_x + key_w
}
if (some_flat) {
	key_w = 16 + letter * 43
	@place_key
	if (drawing) {
		set label 9 + nbackends + 2 "hollow: as at fewer Ps, the model has no more" \
			at screen x_at(key_x), key_y left offset 0.9, -0.15 point pt 6 ps 1 lc rgb grey
	}
}
