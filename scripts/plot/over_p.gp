# SPDX-License-Identifier: Apache-2.0
#
# over_p.gp: a panel a workload, a line a back end, against P.  Loaded after style.gp by
# a figure that has set title, tick(v) (the name of a place on the axis), and ideal(x).
# Both axes double at each step: half as much is as far from 1 as twice as much.

has_ideal = 1
# As wide as the longest name above it needs; lower where there are many.
panel = max(nrows > 20 ? 120 : 170, letter * longest)
panel_height = nrows > 20 ? 84 : 132
left = 68; gap = 18; between = nrows > 20 ? 30 : 34
columns = int(max(1, min(min(nrows, nrows > 20 ? 7 : 5), (1100 - left) / (panel + gap))))
rows = (nrows + columns - 1) / columns
width = max(left + columns * (panel + gap), 880)
@measure
height = top + bottom + rows * (panel_height + between) - between + 12
@begin

fewest = 1e9; most = 0
do for [k = 1 : nprocs] {
	fewest = min(fewest, real(word(procs, k)))
	most = max(most, real(word(procs, k)))
}
log2(x) = log(x) / log(2)
bottom_y = min(lowest, 0.5) / 1.1
top_y = max(highest, ideal(most)) * 1.1
first = ceil(log2(bottom_y))
last = floor(log2(top_y))
step = 1
while ((last - first) / step > 5) { step = step * 2 }
set logscale xy 2
set xrange [fewest / 1.2 : most * 1.2]
set yrange [bottom_y : top_y]
set samples 2                   # straight lines
set xtics () nomirror
set ytics nomirror
set grid ytics lt 1 lw 0.6 lc rgb faint

# Side by side where lines meet, and within the panel.
apart = 1 + min(0.035, 0.3 / nbackends)
x(i) = column("procs") * apart ** (i - (nbackends + 1) / 2.0)
here(i) = text("backend") eq backend(i) && column("row") == r && given("value")
known(i) = here(i) ? column("value") : NaN
measured(i) = here(i) && text("state") ne "flat" ? column("value") : NaN
extended(i) = here(i) && text("state") eq "flat" ? column("value") : NaN

set multiplot
do for [r = 0 : nrows - 1] {
	start = left + (r % columns) * (panel + gap)
	above = top + (r / columns) * (panel_height + between)
	set lmargin at screen x_at(start)
	set rmargin at screen x_at(start + panel)
	set tmargin at screen y_at(height - above)
	set bmargin at screen y_at(height - above - panel_height)
	if (r == 0) { @page } else { @no_page }
	set ytics ()
	do for [e = step * ceil(1.0 * first / step) : last : step] {
		set ytics add ((r % columns == 0 ? tick(e) : "") 2.0 ** e)
	}
	set label 4 Label[r + 1] at screen x_at(start), y_at(height - above + 12) left
	# All of them have their place, and some their name: below the last.
	set xtics ()
	do for [k = 1 : nprocs] {
		set xtics add ((r + columns >= nrows && k % (nprocs / 9 + 1) == 1 % (nprocs / 9 + 1) ? word(procs, k) : "") real(word(procs, k)))
	}
	set xlabel (r + columns >= nrows ? "P" : "") offset 0, 0.4
	plot ideal(x) with lines lw 1.2 dt 2 lc rgb grey, \
		1 with lines lw 1 lc rgb grey, \
		for [i = 1 : nbackends] data using (x(i)):(known(i)) \
			with lines lw 1.4 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (x(i)):(measured(i)):(column("low")):(column("high")) \
			with yerrorbars pt solid(colour(i)) ps mark * 0.9 lw 1.3 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (x(i)):(extended(i)) \
			with points pt hollow(colour(i)) ps mark * 1.2 lw 1 lc rgb color(colour(i))
}
unset multiplot
