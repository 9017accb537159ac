# SPDX-License-Identifier: Apache-2.0
# ratios.gp: how ratios, and times beside them, are written and shaded in a table.

place_of(list, w, i) = i > words(list) ? 0 : word(list, i) eq w ? i : place_of(list, w, i + 1)
# Three digits are more than an interval is worth.
two_digits(v) = v < 9.95 ? sprintf("%.1f", v) : v < 99.5 ? sprintf("%.0f", v) : v < 9950 ? sprintf("%d", int(10 ** (int(log10(v)) - 1)) * int(v / 10 ** (int(log10(v)) - 1) + 0.5)) : sprintf("%.0e", v)
# One sample tells nothing, nor does what is within COMPARE_FLOOR (compare/compare.h): as in
# the tables and on the page.
least = 1.01
told_apart(low, high) = column("coverage_pct") > 0 && (low > least || high < 1 / least)
ratio_says(v, low, high) = (told_apart(low, high) ? "" : "≈ ") \
	. (v < 0.5 ? "1/" . two_digits(1 / v) : v < 1.95 ? sprintf("%.2f", v) : two_digits(v))
# A hundred times as much, or as little, is as dark as it gets.
depth(v) = (v < 1 ? -1 : 1) * (0.12 + 0.88 * min(1, abs(log10(v)) / 2))
dark(v, low, high) = told_apart(low, high) ? depth(v) : 0
time_says(v) = v < 1e3 ? sprintf("%.3g ns", v) : v < 1e6 ? sprintf("%.3g µs", v / 1e3) \
	: v < 1e9 ? sprintf("%.3g ms", v / 1e6) : sprintf("%.3g s", v / 1e9)

nsteps = 7
step_name(k) = word("1/100 1/10 1/2 1 2 10 100", k)
step_darkness(k) = k == 4 ? 0 : depth(real(word("0.01 0.1 0.5 1 2 10 100", k)))
