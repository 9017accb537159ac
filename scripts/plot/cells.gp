# SPDX-License-Identifier: Apache-2.0
#
# cells.gp: a table: a row a workload, groups of columns, in them one for each back end,
# and in each cell a number on a ground that is darker the further the number is from what
# is usual.  Loaded after style.gp by a figure that has set title; ngroups and group(), the
# number of the group that a line of the data is of, 0 for none; heading(g); what is
# written, say(); darkness(), from -1 to 1, 0 is white; and for the key nsteps,
# step_name(k) and step_darkness(k).

array Members[ngroups]
see_member(g, b) = g < 1 || has(Members[g], b) ? 0 : (Members[g] = Members[g] . " " . b, 0)
do for [g = 1 : ngroups] { Members[g] = "" }
stats data using (see_member(int(group(0)), text("backend"))) nooutput

# In black and white numbers tell what is less from what is more.
mix(from, to, part) = int(from + (to - from) * part + 0.5)
shade(r, g, b, part) = mix(255, r, part) * 65536 + mix(255, g, part) * 256 + mix(255, b, part)
ground(d) = d < 0 ? shade(0, 92, 160, min(1, -d)) : shade(200, 80, 0, min(1, d))
ink(d) = abs(d) > 0.55 ? 0xffffff : 0x111111
ndark(d) = d == d ? d : 0

# Names stand upright where there is room for them, else they lean.
ncolumns = 0; widest = 0
do for [g = 1 : ngroups] {
	ncolumns = ncolumns + words(Members[g])
	do for [k = 1 : words(Members[g])] { widest = max(widest, strlen(shown(word(Members[g], k)))) }
}
left = 30 + letter * longest
full = max(58, letter * widest + 12)
leans = left + ncolumns * full > 1250
column_width = leans ? 58 : full
head = leans ? 0.5 * letter * widest : 0
gap = 14
row_height = nrows > 30 ? 19 : 23
top = 122 + head
bottom = bottom - 22
height = int(top + nrows * row_height + bottom)
array Start[ngroups + 1]
Start[1] = left
do for [g = 1 : ngroups] {
	Start[g + 1] = Start[g] + gap + (words(Members[g]) ? max(words(Members[g]) * column_width, letter * strlen(heading(g))) : 0)
}
width = int(max(max(880, max(24 + nsteps * 74 + 24 + 6.4 * strlen(key_text), 32 + 9.6 * strlen(title))), \
	Start[ngroups + 1] + head * 1.4))
place(list, w, i) = i > words(list) ? 0 : word(list, i) eq w ? i : place(list, w, i + 1)
middle(g, k) = Start[g] + (k - 0.5) * column_width
x(g) = g < 1 ? NaN : middle(g, place(Members[int(g)], text("backend"), 1))
@begin

set xrange [0 : width]
set yrange [nrows - 0.5 : -0.5]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen y_at(height - top)
set bmargin at screen y_at(bottom)
unset xtics
unset ytics
@around
do for [r = 1 : nrows] {
	set label 100 + r Label[r] at left - 8, r - 1 right
}
n = 0
do for [g = 1 : ngroups] {
	named = words(Members[g]) ? heading(g) : ""
	set label 10 + g named at screen x_at(Start[g]), y_at(height - top + 26 + head) left
	do for [k = 1 : words(Members[g])] {
		n = n + 1
		if (leans) {
			set label 1000 + n shown(word(Members[g], k)) at screen x_at(middle(g, k)), y_at(height - top + 6) left rotate by 45 font ",10"
		} else {
			set label 1000 + n shown(word(Members[g], k)) at screen x_at(middle(g, k)), y_at(height - top + 9) center font ",10.5"
		}
	}
}
do for [k = 1 : nsteps] {
	set object 1000 + k rectangle from screen x_at(24 + (k - 1) * 74), y_at(height - 64) to screen x_at(24 + k * 74 - 2), y_at(height - 44) \
		fillcolor rgb ground(step_darkness(k)) fillstyle solid noborder
	set label 2000 + k step_name(k) at screen x_at(24 + (k - 0.5) * 74 - 1), y_at(height - 54) center font ",10.5" textcolor rgb ink(step_darkness(k)) front
}
set label 2999 key_text at screen x_at(24 + nsteps * 74 + 8), y_at(height - 54) left font ",10.5" textcolor rgb grey
drawn(g) = given("value") && ndark(darkness(0)) != 0 ? x(g) : NaN
set style fill solid noborder
plot data using (drawn(group(0))):(column("row")):(column_width / 2.0 - 1):(0.46):(ground(ndark(darkness(0)))) \
		with boxxyerror lc rgb variable, \
	data using (x(group(0))):(column("row")):(say(0)):(given("value") ? ink(ndark(darkness(0))) : 0x767676) \
		with labels center font ",10.5" textcolor rgb variable
