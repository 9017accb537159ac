# SPDX-License-Identifier: Apache-2.0
# cpu.gp: CPU time by wall-clock time, a panel for each P: how many PUs were at work.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "CPU time by wall-clock time: how many PUs were at work"
scale = "PUs at work"
quantities = "cpu_by_wall"
heading(j, p) = "P = " . p
linear = 1
load "rows.gp"
