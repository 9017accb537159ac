# SPDX-License-Identifier: Apache-2.0
# efficiency.gp: what part of more Ps the speed-up is worth, a panel a workload.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Efficiency over P: speed-up by how many times the Ps are more"
ideal(x) = 1
tick(e) = e < -6 || e > 6 ? sprintf("2%s", power(e)) : sprintf("%.3g %%%%", 100 * 2.0 ** e)
load "over_p.gp"
