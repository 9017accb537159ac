# SPDX-License-Identifier: Apache-2.0
#
# panels.gp: a grid of panels of one size.  Loaded after style.gp by a figure that has set
# title, npanels, across (so many side by side belong together), panel and panel_height,
# left (room for the names of the vertical axis) and has_ideal; afterwards the figure draws
# each panel n, from 1, after panel_n, a macro.

gap = 22; between = 58
columns = int(max(1, (1080 - left) / (panel + gap)))
columns = int(min(npanels, columns > across ? columns / across * across : across))
# Where all that fits is one lot, it takes the room there is.
if (columns == across) { panel = max(panel, min(380, (1080.0 - left) / across - gap)) }
lines = (npanels + columns - 1) / columns
width = int(max(left + columns * (panel + gap), 880))
@measure
height = int(top + bottom + lines * (panel_height + between) - between)
@begin
panel_n = "start = left + ((n - 1) % columns) * (panel + gap); \
	above = top + ((n - 1) / columns) * (panel_height + between); \
	set lmargin at screen x_at(start); \
	set rmargin at screen x_at(start + panel); \
	set tmargin at screen y_at(height - above); \
	set bmargin at screen y_at(height - above - panel_height); \
	if (n == 1) { @page } else { @no_page }; \
	first_column = (n - 1) % columns == 0; \
	last_line = n + columns > npanels"
