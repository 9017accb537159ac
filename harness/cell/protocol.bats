#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The cell protocol is what impls/README.md says: a cell that was written from that text,
# in another language, beside a real one.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	build=$(cd "${BUILD:-build}" && pwd)
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR/build
	mkdir "$SCHEDLAB_BUILD"
	while read -r other _ && [ ! -x "$build/cell-$other" ]; do :; done <"$build/backends.tsv"
	for file in "cell-$other" "cell-$other.json" workloads.json echo-load; do
		ln -s "$build/$file" "$SCHEDLAB_BUILD"
	done
	cp harness/testdata/cells/cell-awk "$SCHEDLAB_BUILD"
	"$SCHEDLAB_BUILD/cell-awk" --info >"$SCHEDLAB_BUILD/cell-awk.json"
	grep "^$other	" "$build/backends.tsv" >"$SCHEDLAB_BUILD/backends.tsv"
	printf 'awk\tN:1\tfork-join\n' >>"$SCHEDLAB_BUILD/backends.tsv"
}

matrix() {
	# Who else is at work here is not to decide how many rows there are.
	export SCHEDLAB_AGAIN=0
	"$build/schedlab" matrix -b "$other,awk" -w fib --min-time 0.02 --out "$BATS_TEST_TMPDIR/run" "$@"
}

of() { # P: what is said of the rows of awk, each once
	jq -r --argjson p "$1" 'select(.kind == "cell" and .cell.backend == "awk" and .cell.procs == $p) | "\(.status) \(.reason)"' \
		"$BATS_TEST_TMPDIR/run/cells.jsonl" | sort -u
}

@test "protocol: a cell written from its description is measured, and agrees with a real one" {
	run matrix -p 1,2 --set n=12 --reps 3
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(of 1)" = 'ok ' ]
	[ "$(of 2)" = 'na awk runs one G at a time, so P = 2 does not apply' ]
	jq -se '[.[] | select(.cell.backend == "awk" and .status == "ok") | .detail] | length == 3 and
		all(.conditions.timer_slack_ns == 1 and .checksum == "0x0000000000000090")' "$BATS_TEST_TMPDIR/run/cells.jsonl"
}

@test "protocol: what it does not have, it says" {
	run matrix -p 1 --set n=12 --reps 1 --opt plant=wrong
	echo "$output"
	[ "$(of 1)" = 'na cell-awk: awk has no knob plant' ]
}
