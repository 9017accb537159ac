# SPDX-License-Identifier: Apache-2.0
#
# rows.gp: panels with a row a workload and a point a back end, on an axis that all
# panels share.  Loaded after style.gp by a figure that has set title, scale (what the axis
# shows), quantities (words of the data, a row of panels each) and heading(j, p); and
# tick(e), the name of 10 ** e on a logarithmic axis, or linear.

nquantities = words(quantities)
left = 30 + letter * longest
gap = 44
panel = max(270, (880 - left) / nprocs - gap)
# Where there are many rows, marks of one may overlap.
row_height = (10 + 8 * nbackends) * (nrows > 24 ? 0.55 : nrows > 12 ? 0.75 : 1)
panel_height = nrows * row_height
between = 52
width = left + nprocs * (panel + gap)
has_ideal = 0
@measure
height = top + bottom + nquantities * (panel_height + between) - between
@begin

set xtics () nomirror
if (exists("linear")) {
	place(v) = v
	nought = 0
	last = ceil(max(1, 0.97 * highest))
	set xrange [-0.01 * last : last * 1.03]
	every = ceil(last / 8.0)
	do for [e = 0 : last : every] { set xtics add (sprintf("%d", e) e) }
} else {
	# What is 0 stands at the left end, apart from the rest.
	first = int(floor(log10(lowest / 1.2))) - some_zero
	last = int(ceil(log10(highest * 1.2)))
	# A name takes some 52 pixels; those of thousands are the shortest.
	every = 1
	while ((last - first) * 52 > panel * every) { every = every == 1 ? 3 : every + 3 }
	nought = 10.0 ** first
	place(v) = v > 0 ? max(v, nought) : nought
	set logscale x 10
	# A hair wider, or rounding may leave out what stands at the ends.
	set xrange [nought * 0.9999 : 10.0 ** last * 1.0001]
	do for [e = first : last] {
		set xtics add ((some_zero && e == first ? "0" : e % every == 0 ? tick(e) : "") 10.0 ** e)
	}
}
set yrange [nrows - 0.5 : -0.5]
set grid xtics lt 1 lw 0.6 lc rgb faint
do for [r = 0 : nrows - 1 : 2] {
	set object r + 1 rectangle from graph 0, first r - 0.5 to graph 1, first r + 0.5 \
		behind fillcolor rgb band fillstyle solid noborder
}

# A tick's name is a format for its place.
as_is(s) = strstrt(s, "%") ? substr(s, 1, strstrt(s, "%")) . "%" . as_is(substr(s, strstrt(s, "%") + 1, strlen(s))) : s

# Back ends below each other within a row, in the order of the key.
y(i) = column("row") + (i - (nbackends + 1) / 2.0) * 0.8 / nbackends
here(i) = text("backend") eq backend(i) && text("procs") eq p && text("quantity") eq q
at(i) = place(column("value"))
measured(i) = here(i) && given("value") && text("state") ne "flat" ? at(i) : NaN
extended(i) = here(i) && text("state") eq "flat" ? at(i) : NaN
# gnuplot 5.4 dies of a single label that has no place: where nothing is told, none is
# asked for.
told(i) = here(i) && !has(" ok flat none", text("state")) ? nought : NaN

set multiplot
do for [j = 1 : nquantities] {
	q = word(quantities, j)
	above = top + (j - 1) * (panel_height + between)
	set tmargin at screen y_at(height - above)
	set bmargin at screen y_at(height - above - panel_height)
	do for [k = 1 : nprocs] {
		p = word(procs, k)
		start = left + (k - 1) * (panel + gap)
		set lmargin at screen x_at(start)
		set rmargin at screen x_at(start + panel)
		if (j == 1 && k == 1) { @page } else { @no_page }
		set label 4 heading(j, p) at screen x_at(start), y_at(height - above + 12) left
		set xlabel (j == nquantities ? scale : "") offset 0, 0.2
		set ytics ("" 0)
		do for [r = 1 : k == 1 ? nrows : 0] { set ytics add (as_is(Label[r]) r - 1) }
		plot for [i = 1 : nbackends] data using (measured(i)):(y(i)):(place(column("low"))):(place(column("high"))) \
				with xerrorbars pt solid(colour(i)) ps mark lw 1.3 lc rgb color(colour(i)), \
			for [i = 1 : nbackends] data using (extended(i)):(y(i)) \
				with points pt hollow(colour(i)) ps mark lw 1.3 lc rgb color(colour(i)), \
			for [i = 1 : some_told ? nbackends : 0] data using (told(i)):(y(i)):(text("state")) \
				with labels left offset 0.4, 0 font ",9" textcolor rgb color(colour(i))
	}
}
unset multiplot
