# SPDX-License-Identifier: Apache-2.0
# key.gp: one line below the title: the back ends, and what else has_ideal and
# some_flat say there is to explain.

key_x = 24
key_y = y_at(height - 54)
do for [i = 1 : nbackends] {
	set label 9 + i backend(i) at screen x_at(key_x), key_y left offset 0.9, -0.15 \
		point pt solid(colour(i)) ps 1 lc rgb color(colour(i))
	key_x = key_x + 36 + letter * strlen(backend(i))
}
if (has_ideal) {
	set arrow 1 from screen x_at(key_x - 6), key_y to screen x_at(key_x + 22), key_y \
		nohead lw 1.2 dt 2 lc rgb grey
	set label 9 + nbackends + 1 "ideal" at screen x_at(key_x + 22), key_y left offset 0.9, -0.15 \
		point pt 0 lc rgb "#ffffff"
	key_x = key_x + 60 + letter * 5
}
if (some_flat) {
	set label 9 + nbackends + 2 "hollow: as at fewer Ps, the model has no more" \
		at screen x_at(key_x), key_y left offset 0.9, -0.15 point pt 6 ps 1 lc rgb grey
}
