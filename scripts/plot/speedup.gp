# SPDX-License-Identifier: Apache-2.0
# speedup.gp: how much faster more Ps are than the fewest, a panel a workload.

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Speed-up over P"
ideal(x) = x / fewest
# "1/16×" takes less room than the fraction.
tick(e) = abs(e) > 16 ? sprintf("2%s×", power(e)) : e < 0 ? sprintf("1/%d×", int(2 ** -e)) : sprintf("%d×", int(2 ** e))
load "over_p.gp"
