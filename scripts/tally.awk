# SPDX-License-Identifier: Apache-2.0
#
# tally.awk: judges one suite for scripts/check, from the TAP it printed (the
# input) and how it ended.
#
# In:  label, status (128 + N: died of signal N, whose name is in signal),
#      seconds, limit, err (the file with what it wrote to standard error).
# Out: a line for people, and what failed in full; appended to the file sums,
#      "suite PASSED FAILED SKIPPED LABEL" and a "skip REASON" for each skip.
#
# The suite as a whole counts as one more failure when it was stopped, died, ran
# another number of tests than it planned, ran nothing, or ended with a status
# other than 0 that no failed test explains.
#
# Taken as they come: several plans in one output, one for each group of a
# cmocka program; cmocka 1.1.5's skips, which are written "not ok N # SKIP";
# summaries without a number ("ok - group"), which are no tests.

function problem(text) { problems = problems "    " text "\n" }

# Lines that come before a test's own belong to it, if it failed.
/^Bail out!/ { problem($0); next }
match($0, /^1\.\.[0-9]+/) {
	plans++
	planned += substr($0, 4, RLENGTH - 3)
	if ($1 == "1..0" && match($0, /# *[Ss][Kk][Ii][Pp][a-zA-Z]*:? */))
		skip(substr($0, RSTART + RLENGTH))
	next
}
/^(not )?ok [0-9]+/ {
	ran++
	failing = 0
	if (match($0, /# *[Ss][Kk][Ii][Pp][a-zA-Z]*:? */)) {
		skip(substr($0, RSTART + RLENGTH))
	} else if ($1 == "ok") {
		passed++
	} else {
		failed++
		failing = 1
		failures = failures before "    " $0 "\n"
	}
	before = ""
	next
}
failing { failures = failures "    " $0 "\n"; next }
{ before = before "    " $0 "\n" }

function skip(reason) {
	skipped++
	print "skip " (reason == "" ? "no reason given (" label ")" : reason) >>sums
}

END {
	if (status == 124 || status == 137 && seconds + 0 >= limit + 0)
		problem("stopped: it took more than " limit " s")
	else if (status > 128)
		problem("died of SIG" signal)
	else if (status && !failed)
		problem("exit status " status)
	if (!plans && !ran)
		problem("ran no test")
	else if (!plans)
		problem("printed no plan")
	else if (planned != ran)
		problem("planned " planned + 0 " tests, ran " ran + 0)
	else if (!ran && !skipped)
		problem("ran no test")
	# Where it stopped, when no test of its own tells.
	if (problems)
		failures = failures before
	failed += problems != ""

	printf "%-4s %6.1f s  %s: %d passed%s%s\n", failed ? "FAIL" : "ok", seconds, label, passed,
		failed ? ", " failed " failed" : "", skipped ? ", " skipped " skipped" : ""
	if (failed) {
		printf "%s%s", failures, problems
		while ((getline line <err) > 0)
			print "    stderr: " line
		print "    its output: " substr(err, 1, length(err) - 4) ".out"
	}
	print "suite", passed + 0, failed + 0, skipped + 0, label >>sums
}
