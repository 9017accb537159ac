# SPDX-License-Identifier: Apache-2.0
# heat.gp: what each back end takes by what the first takes, a group of columns for each P.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"
load "ratios.gp"

# The first of the colours: its ratios to itself are 1.
first_series = 1e9
see_first(b, s) = s < first_series ? (first_series = s, base = b, 0) : 0
stats data using (text("quantity") eq "time_ratio" && given("value") ? see_first(text("backend"), column("series")) : 0) nooutput

title = "Time of an operation by that of " . base . ", for the same work at the same P"
key_text = sprintf("≈ cannot be told from %s · ( ) as at fewer Ps · where %s has none: the time", base, base)
ngroups = nprocs
# A time stands where there is no ratio: of the first itself, and where it has none.
is_base(n) = text("backend") eq base
ratio_here(r, b, p) = strstrt(ratios, sprintf(" %d:%s:%s ", r, b, p)) > 0
ratios = " "
see_ratio(r, b, p) = (ratios = ratios . sprintf("%d:%s:%s ", r, b, p), 0)
stats data using (text("quantity") eq "time_ratio" && given("value") && !is_base(0) ? see_ratio(int(column("row")), text("backend"), text("procs")) : 0) nooutput
shows(n) = text("quantity") eq "ns_per_op" ? !ratio_here(int(column("row")), text("backend"), text("procs")) \
	: given("value") && !is_base(0)
group(n) = shows(0) ? place_of(procs, text("procs"), 1) : 0
heading(g) = "P = " . word(procs, g)
is_time(n) = text("quantity") eq "ns_per_op"
darkness(n) = is_time(0) ? 0 : dark(column("value"), column("low"), column("high"))
say(n) = !given("value") ? (has(" none ok", text("state")) ? "" : text("state")) \
	: is_time(0) ? time_says(column("value")) \
	: text("state") eq "flat" ? "(" . ratio_says(column("value"), column("low"), column("high")) . ")" \
	: ratio_says(column("value"), column("low"), column("high"))
load "cells.gp"
