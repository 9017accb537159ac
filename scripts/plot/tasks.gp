# SPDX-License-Identifier: Apache-2.0
# tasks.gp: time and memory of a task against the number of tasks, a panel for each P.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "What a task costs, by how many wait at the same time"
has_ideal = 0
npanels = 2 * nprocs; across = nprocs
panel = nprocs > 3 ? 220 : 380; panel_height = 190
left = 80
load "panels.gp"

array Low[2]; array High[2]
do for [k = 1 : 2] { Low[k] = 1e300; High[k] = 0 }
fewest = 1e300; most = 0
quantity(k) = word("ns_per_task bytes_per_task", k)
see_range(k, x, low, high) = (fewest = min(fewest, x), most = max(most, x), \
	Low[k] = min(Low[k], low > 0 ? low : Low[k]), High[k] = max(High[k], high), 0)
stats data using (given("value") ? see_range(text("quantity") eq quantity(1) ? 1 : 2, column("x"), column("low"), column("high")) : 0) nooutput
time_tick(e) = e < 0 ? sprintf("%g ns", 10.0 ** e) : e > 11 ? sprintf("10%s s", power(e - 9)) \
	: sprintf("%d %s", int(10 ** (e % 3)), word("ns µs ms s", e / 3 + 1))
byte_tick(e) = e < 0 || e > 14 ? sprintf("10%s B", power(e)) : sprintf("%d %s", int(10 ** (e % 3)), word("B kB MB GB TB", e / 3 + 1))
count_tick(e) = e < 4 ? sprintf("%d", int(10 ** e)) : sprintf("10%s", power(e))
set logscale xy 10
set xrange [fewest / 1.5 : most * 1.5]
set xtics () nomirror
do for [e = int(floor(log10(fewest))) : int(ceil(log10(most)))] { set xtics add (count_tick(e) 10.0 ** e) }
set ytics nomirror
set grid ytics lt 1 lw 0.6 lc rgb faint
here(i) = text("backend") eq backend(i) && text("procs") eq p && text("quantity") eq quantity(k) && given("value")
apart = 1.03
at(i) = here(i) ? column("x") * apart ** (i - (nbackends + 1) / 2.0) : NaN

set multiplot
do for [n = 1 : npanels] {
	@panel_n
	k = (n - 1) / nprocs + 1
	p = word(procs, (n - 1) % nprocs + 1)
	first = int(floor(log10(max(Low[k], 1e-9)))); last = int(ceil(log10(max(High[k], 1e-8))))
	if (last <= first) { last = first + 1 }
	set yrange [10.0 ** first : 10.0 ** last]
	set ytics ()
	do for [e = first : last] { set ytics add ((first_column ? (k == 1 ? time_tick(e) : byte_tick(e)) : "") 10.0 ** e) }
	set label 4 (k == 1 ? "time a task, P = " : "memory a task, P = ") . p at screen x_at(start), y_at(height - above + 12) left
	set xlabel (last_line ? "tasks" : "") offset 0, 0.4
	plot for [i = 1 : nbackends] data using (at(i)):(column("value")) with lines lw 1.4 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (at(i)):(column("value")):(column("low")):(column("high")) \
			with yerrorbars pt solid(colour(i)) ps mark * 0.9 lw 1.3 lc rgb color(colour(i))
}
unset multiplot
