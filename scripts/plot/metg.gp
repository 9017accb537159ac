# SPDX-License-Identifier: Apache-2.0
# metg.gp: efficiency against the size of tasks, a panel for each way to start them and P,
# and where it is a half: the minimum effective task granularity.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "How small may a task be? Part of the best rate, by how long a task works"
has_ideal = 0
npanels = nrows * nprocs; across = nprocs
panel = nprocs > 3 ? 240 : 380; panel_height = 210
left = 70
load "panels.gp"

fewest = 1e300; most = 0
see_range(x) = (fewest = min(fewest, x), most = max(most, x), 0)
stats data using (text("quantity") eq "efficiency_at_ns" && given("value") ? see_range(column("x")) : 0) nooutput
if (most <= 0) { fewest = 1; most = 1e5 }
time_tick(e) = e < 0 ? sprintf("%g ns", 10.0 ** e) : e > 11 ? sprintf("10%s s", power(e - 9)) \
	: sprintf("%d %s", int(10 ** (e % 3)), word("ns µs ms s", e / 3 + 1))
set logscale x 10
set xrange [fewest / 1.3 : most * 1.3]
set yrange [0 : 1.08]
set xtics () nomirror
do for [e = int(floor(log10(fewest))) : int(ceil(log10(most)))] { set xtics add (time_tick(e) 10.0 ** e) }
set ytics nomirror
set grid ytics lt 1 lw 0.6 lc rgb faint
set samples 2
curve(i) = text("backend") eq backend(i) && column("row") == r && text("procs") eq p \
	&& text("quantity") eq "efficiency_at_ns" && given("value")
at(i) = curve(i) ? column("x") : NaN
half(i) = text("backend") eq backend(i) && column("row") == r && text("procs") eq p \
	&& text("quantity") eq "metg50_ns" && given("value")
half_at(i) = half(i) ? column("value") : NaN

set multiplot
do for [n = 1 : npanels] {
	@panel_n
	r = (n - 1) / nprocs
	p = word(procs, (n - 1) % nprocs + 1)
	set ytics ()
	do for [e = 0 : 4] { set ytics add ((first_column ? sprintf("%d %%%%", 25 * e) : "") 0.25 * e) }
	set label 4 Label[r + 1] . ", P = " . p at screen x_at(start), y_at(height - above + 12) left
	set xlabel (last_line ? "time a task works by itself" : "") offset 0, 0.4
	plot 0.5 with lines lw 1.2 dt 2 lc rgb grey, \
		for [i = 1 : nbackends] data using (at(i)):(column("value")) with lines lw 1.4 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (at(i)):(column("value")):(column("low")):(column("high")) \
			with yerrorbars pt solid(colour(i)) ps mark * 0.8 lw 1.2 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (half_at(i)):(0.03 + 0.05 * (nbackends - i)):(column("low")):(column("high")) \
			with xerrorbars pt hollow(colour(i)) ps mark * 1.2 lw 1.2 lc rgb color(colour(i))
}
unset multiplot
