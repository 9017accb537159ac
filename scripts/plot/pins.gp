# SPDX-License-Identifier: Apache-2.0
# pins.gp: what it takes under a pinning policy by what it takes under the first, a group
# of columns for each policy and P.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"
load "ratios.gp"

title = "Time of an operation by pinning policy, by that of the run's first policy"
key_text = "≈ cannot be told apart"
pins = ""
see_pin(p) = has(pins, p) ? 0 : (pins = pins . " " . p, 0)
stats data using (see_pin(text("pin"))) nooutput
ngroups = words(pins) * nprocs
group(n) = (place_of(pins, text("pin"), 1) - 1) * nprocs + place_of(procs, text("procs"), 1)
heading(g) = word(pins, (g - 1) / nprocs + 1) . ", P = " . word(procs, (g - 1) % nprocs + 1)
darkness(n) = dark(column("value"), column("low"), column("high"))
say(n) = !given("value") ? (has(" none ok", text("state")) ? "" : text("state")) \
	: ratio_says(column("value"), column("low"), column("high"))
load "cells.gp"
