# SPDX-License-Identifier: Apache-2.0
# noise.gp: how quiet the machine was, repetition by repetition: fixed work without a
# scheduler, all cells, and how many rows others disturbed; a panel each, a line for each P.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Noise over the run, by repetition"
width = 880; left = 70; panel_height = 130; between = 48
top = 104
height = int(top + bottom + 3 * (panel_height + between) - between)
@begin

last_x = 0; deviation = 0
quantity(k) = word("calibration_pct cells_pct disturbed_pct", k)
see_x(x, low, high) = (last_x = max(last_x, x), deviation = max(deviation, max(100 - low, high - 100)), 0)
stats data using (given("value") && text("quantity") ne "disturbed_pct" ? see_x(column("x"), column("low"), column("high")) : 0) nooutput
# What is beyond that is told by a mark at the edge.
edge = min(100, max(5, 1.1 * deviation))
clip(v) = max(100 - edge, min(100 + edge, v))

set xrange [-0.5 : last_x + 0.5]
set xtics nomirror
if (last_x <= 20) { set xtics 1 }
set grid ytics lt 1 lw 0.6 lc rgb faint
here(i) = text("procs") eq word(procs, i) && text("quantity") eq quantity(k) && given("value")
at(i) = here(i) ? column("x") + 0.12 * (i - (nprocs + 1) / 2.0) : NaN
# A P has the colour and shape that a back end of its place would have.
array Name[3] = ["fixed work without a scheduler, by its median", \
	"all cells, each by its median: half of them below the mark, eighty percent within the bar", \
	"rows that others disturbed"]
set multiplot
do for [k = 1 : 3] {
	above = top + (k - 1) * (panel_height + between)
	set lmargin at screen x_at(left)
	set rmargin at screen x_at(width - 24)
	set tmargin at screen y_at(height - above)
	set bmargin at screen y_at(height - above - panel_height)
	if (k == 1) {
		@around
		do for [i = 1 : nprocs] {
			set label 9 + i "P = " . word(procs, i) at screen x_at(24 + 74 * (i - 1)), y_at(height - 54) left offset 0.9, -0.15 \
				point pt solid(i - 1) ps 1 lc rgb color(i - 1)
		}
	} else { @no_page }
	if (k < 3) {
		set yrange [100 - edge : 100 + edge]
		set format y "%g %%"
	} else {
		set yrange [0 : 100]
		set format y "%g %%"
	}
	set ytics nomirror autofreq
	set label 4 Name[k] \
		at screen x_at(left), y_at(height - above + 12) left
	set xlabel (k == 3 ? "repetition" : "") offset 0, 0.4
	plot for [i = 1 : nprocs] data using (at(i)):((k < 3 ? clip(column("value")) : column("value"))) with lines lw 1.2 lc rgb color(i - 1), \
		for [i = 1 : nprocs] data using (at(i)):((k < 3 ? clip(column("value")) : column("value"))):(k < 3 ? clip(column("low")) : column("low")):(k < 3 ? clip(column("high")) : column("high")) \
			with yerrorbars pt solid(i - 1) ps mark lw 1.3 lc rgb color(i - 1)
}
unset multiplot
