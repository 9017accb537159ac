# SPDX-License-Identifier: Apache-2.0
# gantt.gp: who ran where, and what each G did, panels of traces on one time axis.  Each
# line of the data is a thing to draw, where it belongs: its y is in pixels from above.
#
#     gnuplot -c gantt.gp DATA.tsv OUT TERMINAL READING AXIS ""

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; axis = ARG5
set encoding utf8
set datafile separator "\t"
set datafile columnheaders

from = 0; to = 1; high = 0
is(what) = strcol("what") eq what
see(n) = is("end") ? (from = column("x0"), to = column("x1"), high = column("y1"), 0) : 0
stats data using (see(0)) nooutput

left = 140; right = 20; top = 34; bottom = 46
width = left + 860 + right              # as gantt_draw.c has it
height = top + int(high) + bottom
eval kind eq "png" \
	? sprintf("set terminal pngcairo size %d,%d font 'DejaVu Sans,12' fontscale 1.5 linewidth 2 noenhanced background '#ffffff'", 2 * width, 2 * height) \
	: sprintf("set terminal svg size %d,%d font 'DejaVu Sans,Verdana,Helvetica,sans-serif,12' noenhanced background '#ffffff'", width, height)
set output out

set lmargin at screen left / (1.0 * width)
set rmargin at screen 1 - right / (1.0 * width)
set tmargin at screen 1 - top / (1.0 * height)
set bmargin at screen bottom / (1.0 * height)
unset key
set border 1 lc rgb "#909090"
set xrange [from:to]
set yrange [high:0]
unset ytics
set xtics out nomirror scale 0.5 font ",9"
set grid xtics lt 1 lw 0.5 lc rgb "#dcdcdc"
set xlabel axis font ",10" offset 0, 0.4
set label 1 reading at screen 16.0 / width, 1 - 14.0 / height left font ",9" textcolor rgb "#595959"
set style fill solid 1 noborder

middle(n) = is("box") ? (column("x0") + column("x1")) / 2 : NaN
# gnuplot 5.4 dies of labels of which there are none: each kind has one that is empty.
says(what) = is(what) ? strcol("text") : ""
place(what) = is(what) ? column("x0") : from
level(what) = is(what) ? column("y0") : high

plot data using (middle(0)):((column("y0") + column("y1")) / 2):(column("x0")):(column("x1")):(column("y0")):(column("y1")):(column("color")) \
		with boxxyerror lc rgb variable, \
	data using (place("row")):(level("row")):(says("row")) with labels right offset -0.6, 0 font ",9" textcolor rgb "#303030", \
	data using (place("panel")):(level("panel")):(says("panel")) with labels left font ",11" textcolor rgb "#000000", \
	data using (place("in")):(level("in")):(says("in")):(column("color")) with labels center font ",8" textcolor rgb variable, \
	data using (place("over")):(level("over")):(says("over")) with labels center font ",7" textcolor rgb "#404040"
