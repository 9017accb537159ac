# SPDX-License-Identifier: Apache-2.0
#
# schedlab trace -b B -w W -o FILE, and demo --trace: the file is whole or not there.

bats_require_minimum_version 1.5.0

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

@test "trace: matrix --traces has one of each back end and P for the page, which shows them on one axis" {
	matrix=("$build/schedlab" matrix -b single-p,work-stealing,go -w blocking,yield -p 1,2 --reps 1 --min-time 0.001)
	"${matrix[@]}" --traces on --out "$out/run"
	# Go's are of another format, and yield is not among the five.
	[ "$(echo "$out/run/traces"/*)" = "$(printf "$out/run/traces/blocking.%s.trace " single-p.1 work-stealing.1 work-stealing.2 | sed 's/ $//')" ]
	[ "$(grep -c '<figure class="gantt">' "$out/run/report.html")" -eq 1 ]
	grep -q '<h3>blocking, gs=8 each=4 call_us=1000</h3>' "$out/run/report.html"
	sed -n '/{"from":.*"panels":\[$/,/<\/script>$/ { s/.*{"from"/{"from"/; s/<\/script>$//; p; }' "$out/run/report.html" >"$out/gantt.json"
	[ "$(jq -c '[.panels[].title]' "$out/gantt.json")" = '["blocking on single-p, P = 1, gs=8 each=4 call_us=1000","blocking on work-stealing, P = 1, gs=8 each=4 call_us=1000","blocking on work-stealing, P = 2, gs=8 each=4 call_us=1000"]' ]
	# All Gs have a row.
	[ "$(jq -c '[.panels[].hidden]' "$out/gantt.json")" = '[0,0,0]' ]
	"${matrix[@]}" --out "$out/none"
	[ ! -e "$out/none/traces" ]
	run ! grep -q 'class="gantt"\|href="#traces"' "$out/none/report.html"
	run "${matrix[@]}" --traces yes --out "$out/bad"
	[ "$status" -eq 2 ]
	[ "$output" = "schedlab: --traces yes: not on or off" ]
}

@test "trace: a page takes what is a trace, and says nothing of the rest" {
	"$build/schedlab" matrix -b single-p -w yield -p 1 --reps 1 --min-time 0.001 --out "$out/run"
	mkdir "$out/run/traces"
	"$build/schedlab" trace -b single-p -w alphabet -o "$out/run/traces/a.trace"
	head -c 300 "$out/run/traces/a.trace" >"$out/run/traces/b.trace"
	echo nonsense >"$out/run/traces/c.trace"
	mkfifo "$out/run/traces/d.trace"
	truncate -s 5M "$out/run/traces/e.trace"
	timeout 60 "$build/schedlab" report "$out/run"
	[ "$(grep -c '<figure class="gantt">' "$out/run/report.html")" -eq 1 ]
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
