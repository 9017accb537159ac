#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031 # set by bats and fake.bash
# What matrix shows on a terminal while it measures, and what is left of it afterwards.

bats_require_minimum_version 1.5.0
load ../testdata/fake.bash

setup() {
	fake_setup
	command -v script >/dev/null || skip "no script(1) here"
	typed=$BATS_TEST_TMPDIR/typed
	export TERM=xterm LC_ALL=C.UTF-8
	unset NO_COLOR
}

# A matrix on a terminal of COLUMNS and ROWS; all that was written to it, to $typed.  What
# stands in $before is typed into the terminal's shell first.
on_terminal() { # COLUMNS ROWS FLAGS...
	local size="cols $1 rows $2" rc=0

	shift 2
	# Its ulimit -f counts KiB; that of another shell may count half of them.
	SHELL=$(command -v bash) PATH=$tools:$PATH script -qec "stty $size; $before $schedlab matrix --out $run_dir $*; exit \$?" /dev/null \
		>"$typed" || rc=$?
	LC_ALL=C awk -f harness/testdata/screen.awk "$typed" >"$typed.screen"
	cat "$typed.screen"
	return $rc
}

small() {
	echo -b slow,good -w fib -p 1 --set n=7,8,9 --reps "$1"
}

# The lines that were written, without what moves the cursor or makes letters bold.
frames() {
	sed $'s/\r//g; s/\033\\[[0-9]*[AJm]//g' "$typed"
}

left_over_on_screen() {
	grep -E '^Medians so far|^\[[# ]+\]' "$typed.screen"
}

@test "live: on a terminal, a table in its place, the least in bold, and nothing of it in the end" {
	on_terminal 80 24 "$(small 4)"
	# While it ran: three lines of two back ends, how far it is, how noisy.
	grep -q $'^P=1 none .*slow .*good\r$' "$typed"
	grep -qE $'^fib n=8 +10\\.0 ms +\033\\[1m108 ns\033\\[0m\r$' "$typed"
	grep -q '^Medians so far: repetition [34] of 4' "$typed"
	grep -qE '^\[#+ +\] [0-9]+/29, [0-9]+s left  fib n=[789] \| (slow|good) P=1 none' "$typed"
	# It goes up as many lines as it had written.
	grep -q $'\033\[6A' "$typed"
	run ! grep -q $'\033\[[7-9]A' "$typed"
	# Afterwards: what was said before and after, and at the place of the table the results.
	run ! left_over_on_screen
	grep -q '^6 cells, 4 repetitions' "$typed.screen"
	grep -q '^The run is in ' "$typed.screen"
	[ "$(grep -c '^P=1 none' "$typed.screen")" -eq 2 ]
	[ "$(frames | grep -E '^(P=1|fib n=|Medians|\[)' | awk '{ if (length > m) m = length } END { print m }')" -le 79 ]
	# The cursor is never hidden, so it need not be brought back.
	run ! grep -qF '?25' "$typed"
}

@test "live: NO_COLOR has no escape sequence for letters, and the least all the same" {
	export NO_COLOR=1
	on_terminal 80 24 "$(small 3)"
	run ! grep -qE $'\033\\[[0-9;]*m' "$typed"
	grep -qE $'^fib n=8 +10\\.0 ms +\\*108 ns\r$' "$typed"
	run ! left_over_on_screen
}

@test "live: with TERM=dumb there is no escape sequence, in a small window a bar alone" {
	export TERM=dumb
	on_terminal 80 24 "$(small 2)"
	run ! grep -qF $'\033' "$typed"
	export TERM=xterm
	for size in '50 24' '80 8'; do
		rm -r "$run_dir"
		# shellcheck disable=SC2086 # two words
		on_terminal $size "$(small 3)"
		run ! grep -q 'Medians so far' "$typed"
		frames | grep -qE '^\[[# ]+\] [0-9]+/22, '
		[ "$(frames | awk '/^\[[# ]+\] / { if (length > m) m = length } END { print m }')" -le "$((${size% *} - 1))" ]
		run ! left_over_on_screen
	done
}

@test "live: what does not fit takes turns, and no frame is higher than the window" {
	on_terminal 80 12 -b slow,good -w fib -p 1,2 --set n=1,2,3,4,5,6 --reps 3
	grep -q 'page 1 of 2' "$typed"
	grep -q 'page 2 of 2' "$typed"
	grep -q '^P=1 none' "$typed"
	grep -q '^P=2 none' "$typed"
	run ! grep -qE $'\033\\[(1[2-9]|[2-9][0-9])A' "$typed"
	run ! left_over_on_screen
}

@test "live: what is said stands above the table, once" {
	on_terminal 80 24 -b slow,fails -w fib -p 1 --set n=7 --reps 6 || [ "$?" -eq 1 ]
	[ "$(grep -c 'fails P=1 none: failed: exit status 2' "$typed.screen")" -eq 1 ]
	grep -qE $'^fib +10\\.0 ms +failed\r$' "$typed"
	run ! left_over_on_screen
}

@test "live: Ctrl-C leaves a clean screen" {
	local rc=0

	{
		eventually grep -q 'Medians so far' "$typed"
		printf '\003'
		sleep 1
	} | on_terminal 80 24 "$(small 1000)" >/dev/null || rc=$?
	cat "$typed.screen"
	[ "$rc" -eq 130 ]
	grep -q '^Interrupted\.  All rows measured so far are kept\.' "$typed.screen"
	run ! left_over_on_screen
	nothing_left
}

@test "live: a failure leaves a clean screen" {
	local rc=0

	before='ulimit -f 8;' on_terminal 80 24 "$(small 1000)" || rc=$?
	[ "$rc" -eq 2 ]
	grep -q 'Medians so far' "$typed"
	grep -q 'cells.jsonl: File too large' "$typed.screen"
	run ! left_over_on_screen
}

@test "live: a window that is made smaller has another frame from then on" {
	before='{ sleep 2; stty cols 50; } </dev/tty & ' on_terminal 80 24 "$(small 20)"
	bars=$(frames | grep -E '^\[[# ]+\] ')
	[ "$(head -n 1 <<<"$bars" | awk '{ print length }')" -gt 49 ]
	[ "$(tail -n 1 <<<"$bars" | awk '{ print length }')" -le 49 ]
	# No table in so narrow a window: its last is followed by more than a bar.
	[ "$(frames | sed '1,/^Medians so far/d' | tac | sed '/^Medians so far/,$d' | grep -cE '^\[[# ]+\] ')" -gt 1 ]
}
