# SPDX-License-Identifier: Apache-2.0
# switches.gp: context switches in 1000 operations, those of the kernel at each P, then
# those of the back end's own scheduler, where it counts them.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Context switches in 1000 operations"
key_text = "the darker the more"
place_of(list, w, i) = i > words(list) ? 0 : word(list, i) eq w ? i : place_of(list, w, i + 1)
by_kernel(n) = text("quantity") eq "kernel_switches_per_op"
ngroups = 2 * nprocs
# Who counts nothing has no column.
array Counting[2] = ["", ""]
see_counting(k, b) = has(Counting[k], b) ? 0 : (Counting[k] = Counting[k] . " " . b, 0)
stats data using (given("value") ? see_counting(by_kernel(0) ? 1 : 2, text("backend")) : 0) nooutput
group(n) = !has(Counting[by_kernel(0) ? 1 : 2], text("backend")) ? 0 \
	: (by_kernel(0) ? 0 : nprocs) + place_of(procs, text("procs"), 1)
heading(g) = (g > nprocs ? "scheduler's own" : "by the kernel") . ", P = " . word(procs, (g - 1) % nprocs + 1)
thousand(n) = 1000 * column("value")
# From one in a million operations to a thousand in each.
darkness(n) = thousand(0) > 0 ? -max(0, min(1, (log10(thousand(0)) + 3) / 8)) : 0
counts(v) = v == 0 ? "0" : v < 0.001 ? "<.001" : v < 9.95 ? sprintf("%.1g", v) : v < 99.5 ? sprintf("%.0f", v) \
	: v < 99500 ? sprintf("%d", int(v + 0.5)) : sprintf("%.0fk", v / 1000)
say(n) = !given("value") ? (has(" none ok", text("state")) ? "" : text("state")) \
	: text("state") eq "flat" ? "(" . counts(thousand(0)) . ")" : counts(thousand(0))
nsteps = 6
step_name(k) = word("0 0.01 1 10 1000 100k", k)
step_darkness(k) = k == 1 ? 0 : -(log10(real(word("1 0.01 1 10 1000 100000", k))) + 3) / 8
load "cells.gp"
