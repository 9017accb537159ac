# SPDX-License-Identifier: Apache-2.0
# Shared by the bats files: schedlab with the fake cells of testdata/cells.
# shellcheck shell=bash disable=SC2034,SC2154 # set by bats, used by the tests

fake_setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	schedlab=${BUILD:-build}/schedlab
	export SCHEDLAB_BUILD=$PWD/harness/testdata/cells
	export FAKE_PIDS=$BATS_TEST_TMPDIR/pids
	unset SCHEDLAB_PROCS
	# Who else is at work here is not to decide how many rows there are.
	export SCHEDLAB_AGAIN=0
	run_dir=$BATS_TEST_TMPDIR/run
	: >"$FAKE_PIDS"
	# What the fake cells need, and no gnuplot: it takes longer than all else.
	tools=$BATS_TEST_TMPDIR/tools
	mkdir "$tools"
	for tool in cat cp mv rm setsid sh sleep touch yes; do
		ln -s "$(command -v "$tool")" "$tools"
	done
}

# A copy of the build, for tests that change it.
own_build() {
	cp -r "$SCHEDLAB_BUILD" "$BATS_TEST_TMPDIR/build"
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR/build
}

matrix() {
	PATH=$tools "$schedlab" matrix "$@"
}

# In the background, as $runner: a signal reaches it and no shell.  Shells have
# what they put there ignore Ctrl-C.
start_matrix() {
	PATH=$tools "$(command -v env)" --default-signal=INT "$schedlab" matrix "$@" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
	runner=$!
}

# Its exit status, as $status; bats's run would ask a shell that has no such child.
wait_for_runner() {
	status=0
	wait "$runner" || status=$?
}

# Up to 5 s until the command succeeds.
eventually() {
	for _ in $(seq 100); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}

# Whether a time that was measured is as jq's filter says.  Beside others that proves
# nothing where it is not: the test is skipped, and counted as that.
timed() { # FILTER ROW
	jq -e "$1" "$2" && return
	jq -e '.disturbed' "$2" >/dev/null || return
	skip "others had the PUs meanwhile"
}

# Bad usage: one sentence, which has this in it, and status 2.
refused() {
	local want=$1

	shift
	run "$schedlab" "$@"
	echo "$* => $status: $output"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "schedlab: "*"$want"* ]]
}

# What tells rows apart, a line each.
row_keys() {
	jq -r '[.kind, .rep, .attempt, .cell.backend, .cell.workload, .cell.procs,
	        .cell.pin, (.cell.params | tostring)] | join(" ")' "$1/cells.jsonl"
}

# Whether any process that a fake cell started is still there; a zombie that
# nobody reaped yet is not.
left_over() {
	local pid state

	while read -r pid; do
		state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
		case $state in
		'' | Z | X) ;;
		*) echo "process $pid is left over"; return 0 ;;
		esac
	done <"$FAKE_PIDS"
	return 1
}

# Dying takes a moment.
nothing_left() {
	eventually none_left
}

none_left() {
	! left_over
}

started_one() {
	started 1
}

started() { # N processes
	[ "$(wc -l <"$FAKE_PIDS")" -ge "$1" ]
}

# Changes meta.json: a filter of jq.
edit_meta() {
	jq "$1" "$run_dir/meta.json" >"$BATS_TEST_TMPDIR/edited" && cp "$BATS_TEST_TMPDIR/edited" "$run_dir/meta.json"
}

# A run folder of lines "backend workload P params times", a time for each
# repetition: "single-p yield 1 each=10000 5 5 5"; other words than numbers are
# statuses; a d behind a number means that the row was disturbed.  A parameter quota_pct is a knob; sum=X is no parameter, but the checksum.
plant() {
	jq -Rn '
		[inputs | select(length > 0) | [splits(" +")] | {
			cell: { backend: .[0], workload: .[1], procs: (.[2] | tonumber), pin: "none", cpus: [range(.[2] | tonumber)],
			        params: (.[3] | if . == "-" then {} else split(",") | map(split("=") | { (.[0]): .[1] }) | add end),
			        opts: {} },
			times: .[4:] }
			| .sum = (.cell.params.sum // "0x0") | .cell.opts = (.cell.params | { quota_pct } | del(..|nulls))
			| .cell.params |= del(.sum, .quota_pct)]' >"$BATS_TEST_TMPDIR/plan"
	jq '{ schema: 1, build: { go: "go version go1.19.8 linux/amd64" }, plan: { cells: map(.cell) } }' \
		"$BATS_TEST_TMPDIR/plan" >"$run_dir/meta.json"
	jq -c '.[] | .cell as $cell | .sum as $sum | .times | to_entries[] | (try (.value | rtrimstr("d") | tonumber) catch null) as $ns |
		{ cell: $cell, kind: "cell", rep: .key, attempt: 0, status: (if $ns then "ok" else .value end),
		  reason: (if $ns then "" else "a planted reason" end), disturbed: (.value | test("^[0-9.]+d$")), ops: 1,
		  # What counts nothing takes its time all the same.
		  ns_per_op: (if $ns == 0 then 1 else $ns end),
		  benchmark: (if $ns then { burst_ns: $ns, serial_ns: 1000, lost: $ns, ab_turns: $ns, early: 0, bytes_per_task: $ns, iterations: 1 } else null end),
		  detail: { checksum: "\($sum)" } }' \
		"$BATS_TEST_TMPDIR/plan" >"$run_dir/cells.jsonl"
}
