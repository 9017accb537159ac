# SPDX-License-Identifier: Apache-2.0
# switches.gp: context switches in an operation, those of the kernel above, those
# of the back end's own scheduler below (where it counts them).

data = ARG1; out = ARG2; kind = ARG3; reading = ARG4; origin = ARG5; smallest = ARG6
load "style.gp"

title = "Context switches per operation"
scale = "switches per operation"
quantities = "kernel_switches_per_op scheduler_switches_per_op"
heading(j, p) = (j == 1 ? "by the kernel" : "by the scheduler, where it counts") . ", P = " . p
tick(e) = abs(e) < 4 ? sprintf("%g", 10.0 ** e) : "10" . power(e)
load "rows.gp"
