# SPDX-License-Identifier: Apache-2.0
#
# schedlab trace -b B -w W -o FILE, and demo --trace: the file is whole or not there.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	build=${BUILD:-build}
	out=$(mktemp -d)
}

teardown() {
	rm -rf "$out"
}

@test "trace: an iteration, with every G that there was, and nothing else" {
	run "$build/schedlab" trace -b work-stealing -w skynet -p 2 --set depth=3 -o "$out/t"
	[ "$status" -eq 0 ]
	[[ "$output" == "skynet on work-stealing, P = 2: one iteration, "* ]]
	[ "$(ls "$out")" = t ]
	"$build/schedlab" trace summary --json "$out/t" >"$out/json"
	# The root and three levels of tens below it, and the initial G.
	jq -e '.[0] | .created == 1112 and .ended == 1112 and .lost == 0 and .odd == 0 and .finished' "$out/json"
	grep -a -q "workload	skynet" "$out/t"
	grep -a -q "depth=3" "$out/t"
}

@test "trace: a million Gs at two Ps; what is lost is counted" {
	"$build/schedlab" trace -b work-stealing -w skynet -p 2 --set depth=6 -o "$out/t"
	"$build/schedlab" trace summary --json "$out/t" >"$out/json" 2>/dev/null
	jq -e '.[0] | .finished and .odd == 0 and (.lost > 0 or (.created == 1111112 and .ended == 1111112))' "$out/json"
}

@test "trace: a file that cannot be written, or is not named, is a sentence" {
	run "$build/schedlab" trace -b single-p -w pingpong -o /nowhere/at/all
	[ "$status" -eq 2 ]
	[ "$output" = "schedlab: -o /nowhere/at/all: cannot write it: No such file or directory" ]
	run "$build/schedlab" trace -b single-p -w pingpong
	[ "$status" -eq 2 ]
	[[ "$output" == "schedlab: -o is missing"* ]]
	[ -z "$(ls "$out")" ]
}

@test "trace: of what does not apply nothing is left" {
	run "$build/schedlab" trace -b single-p -w alphabet -p 2 -o "$out/t"
	[ "$status" -eq 77 ]
	[ -z "$(ls "$out")" ]
}

@test "trace: of Go, the runtime's own" {
	[ -x "$build/cell-go" ] || skip "no Go"
	"$build/schedlab" trace -b go -w pingpong -p 2 -o "$out/t"
	[[ "$(head -c 16 "$out/t" | tr -d '\0')" == "go 1."*trace ]]
}

@test "demo --trace: the program that ended in a deadlock is in it" {
	run "$build/schedlab" demo forgotten-done --trace "$out/t"
	[ "$status" -eq 2 ]
	[ "$("$build/schedlab" trace summary --json "$out/t" | jq -c '.[0] | [.finished, .created > .ended]')" = "[true,true]" ]
}
