# SPDX-License-Identifier: Apache-2.0
#
# style.gp: what the figures share.  Each is a script of its own, run as
#
#     gnuplot -c FIGURE.gp DATA.tsv OUT TERMINAL READING ORIGIN SMALLEST
#
# that names these arguments and loads this.  A line of the data is a cell; an
# empty value is missing.  Sizes are in pixels of the SVG.

set encoding utf8
set datafile separator "\t"
set datafile columnheaders

# ---- Colours ----------------------------------------------------------------
# Okabe and Ito's, which stay apart for every kind of colour vision, with a
# shape each, which stays apart in black and white.  Yellow is faint: last.

array Color[8] = ["#0072B2", "#009E73", "#D55E00", "#000000", \
                  "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"]
array Solid[8]  = [5, 9, 7, 13, 11, 15, 5, 7]
array Hollow[8] = [4, 8, 6, 12, 10, 14, 4, 6]
# Beyond eight, a colour has another shape each time.
shape(s)  = (int(s) + int(s) / 8) % 8 + 1
color(s)  = Color[int(s) % 8 + 1]
solid(s)  = Solid[shape(s)]
hollow(s) = Hollow[shape(s)]
grey  = "#595959"
faint = "#d0d0d0"
band  = "#f3f3f1"

# ---- Reading ----------------------------------------------------------------
# One pass over the data finds what there is.  Lists are words in a string.

procs = ""; backends = ""; colours = ""
nrows = 0; longest = 0; some_flat = 0; some_told = 0
lowest = 1e300; highest = 0; some_zero = 0
max(a, b) = a > b ? a : b
min(a, b) = a < b ? a : b
has(list, word) = strstrt(list . " ", " " . word . " ") > 0
text(name) = stringcolumn(name)
given(name) = strlen(stringcolumn(name)) > 0
# What tells labels apart stands at their ends.
shown(label) = strlen(label) > 48 ? "…" . substr(label, strlen(label) - 46, strlen(label)) : label
see_procs(p) = has(procs, p) ? 0 : (procs = procs . " " . p, 0)
see_backend(b, s) = has(backends, b) ? 0 \
	: (backends = backends . " " . b, colours = colours . " " . s, 0)
see_label(row, s) = (nrows = int(max(nrows, row + 1)), longest = max(longest, strlen(shown(s))), 0)
# Zero has no place on a logarithmic axis, and does not decide where it ends.
see_value(low, value, high) = (some_zero = some_zero || low <= 0, \
	lowest = min(lowest, low > 0 ? low : value > 0 ? value : lowest), \
	highest = max(highest, high), 0)
see_line(n) = see_procs(text("procs")) + see_backend(text("backend"), text("series")) \
	+ see_label(column("row"), text("workload")) \
	+ (some_flat = some_flat || text("state") eq "flat", 0) \
	+ (some_told = some_told || !has(" ok flat none", text("state")), 0) \
	+ (given("value") ? see_value(column("low"), column("value"), column("high")) : 0)
stats data using (see_line(0)) nooutput
if (highest <= 0) { lowest = 0.1; highest = 1 }

nprocs = words(procs)
nbackends = words(backends)
array Label[nrows]
see_name(row, s) = (Label[row + 1] = shown(s), 0)
stats data using (see_name(int(column("row")), text("workload"))) nooutput
backend(i) = word(backends, i)
colour(i) = int(word(colours, i))

# An exponent.
digit(d) = word("⁰ ¹ ² ³ ⁴ ⁵ ⁶ ⁷ ⁸ ⁹", d + 1)
power(e) = (e < 0 ? "⁻" : "") . (abs(e) > 9 ? digit(abs(e) / 10) : "") . digit(abs(e) % 10)

# ---- The page ---------------------------------------------------------------

# Letters of the sans serif fonts in use are at most this wide on average.
letter = 7.4
bottom = strlen(smallest) ? 104 : 88
x_at(px) = px / (1.0 * width)
y_at(px) = px / (1.0 * height)          # from below

# The PNG has twice as many pixels each way, for print; its fonts are in points.
terminal(w, h) = kind eq "png" \
	? sprintf("set terminal pngcairo size %d,%d font 'DejaVu Sans,12' fontscale 1.5 linewidth 2 pointscale 2 noenhanced background '#ffffff'", 2 * w, 2 * h) \
	: sprintf("set terminal svg size %d,%d font 'DejaVu Sans,Verdana,Helvetica,sans-serif,12' linewidth 1.2 noenhanced background '#ffffff'", w, h)

mark = kind eq "png" ? 0.7 : 0.6

# Macros.  measure, once the width is known, finds how much room the key takes above
# the panels.  begin opens the file.  around writes what stands around the panels; page, for the first panel, that
# and the key; no_page, for the others, does not write it again.
measure = "drawing = 0; load 'key.gp'; top = 92 + 20 * key_line; drawing = 1"
begin = "eval terminal(width, height); set output out"
page = "@around; load 'key.gp'"
around = "set label 1 title at screen x_at(16), y_at(height - 24) left font ',16'; \
	set label 2 reading at screen x_at(16), y_at(strlen(smallest) ? 46 : 30) left font ',10' textcolor rgb grey; \
	set label 6 smallest at screen x_at(16), y_at(30) left font ',10' textcolor rgb grey; \
	set label 3 origin at screen x_at(16), y_at(14) left font ',10' textcolor rgb grey"
no_page = "if (page_due) { unset label; unset arrow }; page_due = 0"
page_due = 1

# gnuplot's own key would keep to the width of one panel.
unset key
set border 0
set tics scale 0
set errorbars 0
set pointintervalbox 0.01      # bars begin at their point; 0 would be taken for 1
