# SPDX-License-Identifier: Apache-2.0
# time.gp: the time of an operation by workload and back end, a panel for each P.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Time per operation"
scale = "time per operation"
quantities = "ns_per_op"
heading(j, p) = "P = " . p
# Where no unit is left, the number is a power.
tick(e) = e < -2 || e > 11 ? sprintf("10%s s", power(e - 9)) : e < 0 ? sprintf("%g ns", 10.0 ** e) \
	: sprintf("%d %s", int(10 ** (e % 3)), word("ns µs ms s", e / 3 + 1))
load "rows.gp"
