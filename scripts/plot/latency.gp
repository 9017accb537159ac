# SPDX-License-Identifier: Apache-2.0
# latency.gp: percentiles of latencies, a panel for each workload and P.  Towards the right
# each step is a tenth of what was left: the tail is as wide as the middle.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Latency: so many percent are no later"
has_ideal = 0
npanels = nrows * nprocs; across = nprocs
panel = max(200, letter * (longest + 8)); panel_height = npanels > 8 ? 110 : 150
left = 70
load "panels.gp"

first = int(floor(log10(lowest))); last = int(ceil(log10(highest)))
if (last == first) { last = first + 1 }
# In the thousands: a name every decade is what there is room for.
every = (last - first) > 8 ? 3 : 1
time_tick(e) = e < 0 ? sprintf("%g ns", 10.0 ** e) : e > 11 ? sprintf("10%s s", power(e - 9)) \
	: sprintf("%d %s", int(10 ** (e % 3)), word("ns µs ms s", e / 3 + 1))
set logscale y 10
set yrange [10.0 ** first : 10.0 ** last]
set xrange [0.1 : 4.3]
set xtics () nomirror
set xtics add ("50" 0.30103, "90" 1, "99" 2, "99.9" 3, "max" 4)
set ytics nomirror
set grid ytics lt 1 lw 0.6 lc rgb faint
tail(q) = q >= 100 ? 4 : -log10(1 - q / 100)
here(i) = text("backend") eq backend(i) && column("row") == r && text("procs") eq p && given("value")
at(i) = here(i) ? tail(column("x")) + 0.05 * (i - (nbackends + 1) / 2.0) : NaN

set multiplot
do for [n = 1 : npanels] {
	@panel_n
	r = (n - 1) / nprocs
	p = word(procs, (n - 1) % nprocs + 1)
	set ytics ()
	do for [e = first : last] { set ytics add ((first_column && e % every == 0 ? time_tick(e) : "") 10.0 ** e) }
	set label 4 Label[r + 1] . ", P = " . p at screen x_at(start), y_at(height - above + 12) left
	set xlabel (last_line ? "percent" : "") offset 0, 0.4
	plot for [i = 1 : nbackends] data using (at(i)):(column("value")) with lines lw 1.4 lc rgb color(colour(i)), \
		for [i = 1 : nbackends] data using (at(i)):(column("value")):(column("low")):(column("high")) \
			with yerrorbars pt solid(colour(i)) ps mark * 0.9 lw 1.3 lc rgb color(colour(i))
}
unset multiplot
