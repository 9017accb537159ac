#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Traces by the command line: what is refused, and what is written.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || exit 1
	schedlab=$PWD/${BUILD:-build}/schedlab
	trace=harness/fuzz/testdata/work-stealing.trace
	out=$BATS_TEST_TMPDIR
}

refused() {	# SENTENCE-PART ARGUMENT...
	local sentence=$1
	shift
	run "$schedlab" "$@"
	[ "$status" -eq 2 ] || { echo "status $status: $output"; return 1; }
	if [ "${#lines[@]}" -ne 1 ] || [[ $output != "schedlab: "*"$sentence"* ]]; then
		echo "said: $output"
		return 1
	fi
}

@test "trace: what is refused, in a sentence" {
	refused "which command" trace
	refused "no such command" trace summarise
	refused "takes one trace or two, not 0" trace summary
	refused "takes one trace or two, not 3" trace summary a b c
	refused "cannot read /nonexistent/t: No such file or directory" trace summary /nonexistent/t
	refused "README.md is no trace" trace summary README.md
	refused "it is no regular file" trace summary /dev/null
	refused "-o: where to is missing" trace export "$trace"
	refused "--format json: not perfetto, go or csv" trace export "$trace" --format json -o "$out/x"
	refused "cannot write /dev/full: it is no regular file" trace export "$trace" -o /dev/full --format csv
	refused "cannot write /nonexistent/x.csv" trace export "$trace" -o /nonexistent/x.csv
	refused "not .html, .svg or .png" trace show "$trace" -o "$out/x.pdf"
	refused "--from x: not a number" trace show "$trace" -o "$out/x.html" --from x
	refused "--from 3 is not before --to 2" trace show "$trace" -o "$out/x.html" --from 3 --to 2
	refused "nothing happened in the time" trace show "$trace" -o "$out/x.html" --from 900000
	head -c 1500 "$trace" >"$out/torn"
	printf X | dd of="$out/torn" bs=1 seek=300 conv=notrunc status=none
	refused "is damaged: at byte" trace summary "$out/torn"
	rm "$out/torn"
	[ -z "$(find "$out" -type f)" ]
}

@test "trace: one that was cut is read, and says so" {
	head -c 2000 "$trace" >"$out/cut"
	run "$schedlab" trace summary "$out/cut"
	[ "$status" -eq 0 ]
	[[ $output == *"was not finished"* ]]
}

@test "trace summary: fits a terminal, one and two; JSON can be read" {
	"$schedlab" trace summary "$trace" >"$out/one"
	"$schedlab" trace summary "$trace" harness/fuzz/testdata/threads.trace >"$out/two" 2>/dev/null
	[ "$(LC_ALL=C.UTF-8 wc -L <"$out/one")" -le 80 ]
	[ "$(LC_ALL=C.UTF-8 wc -L <"$out/two")" -le 80 ]
	grep -q '^Running at once: ' "$out/one"
	"$schedlab" trace summary --json "$trace" | jq -e '.[0] | .finished and .procs == 3 and .lost == 0 and
		(.running_ns | add) == .length_ns and ([.ps[].time_ns] | add) == .work_ns and
		.states.Running.time_ns == .work_ns'
}

@test "trace export: each format, by suffix and by name" {
	for name in x.perfetto-trace x.pftrace x.gotrace x.csv; do
		"$schedlab" trace export "$trace" -o "$out/$name" 2>/dev/null
		[ -s "$out/$name" ]
	done
	cmp "$out/x.pftrace" "$out/x.perfetto-trace"
	"$schedlab" trace export "$trace" --format go -o "$out/other" 2>/dev/null
	cmp "$out/other" "$out/x.gotrace"
	[ "$(head -c 13 "$out/x.gotrace")" = "go 1.22 trace" ]
	[ "$(head -n 1 "$out/x.csv")" = "start_ns,end_ns,what,g,function,p,m,why,by_g" ]
}

@test "trace export: Go's own reader takes it" {
	command -v go >/dev/null || skip "no Go"
	version=$(go env GOVERSION)
	[ "$(printf '%s\n' go1.22 "$version" | sort -V | head -n 1)" = go1.22 ] || skip "$version reads no traces of 1.22"
	for t in work-stealing threads; do
		"$schedlab" trace export "harness/fuzz/testdata/$t.trace" -o "$out/x.gotrace" 2>/dev/null
		go tool trace -d=parsed "$out/x.gotrace" >"$out/parsed"
		grep -q Running "$out/parsed"
	done
}

@test "trace export: is Protocol Buffers, by protoc" {
	command -v protoc >/dev/null || skip "no protoc"
	for t in work-stealing threads; do
		"$schedlab" trace export "harness/fuzz/testdata/$t.trace" -o "$out/x.pftrace" 2>/dev/null
		protoc --decode_raw <"$out/x.pftrace" >"$out/raw"
		grep -q '^  117 {' "$out/raw"
	done
}

@test "trace show: a picture, and a page that needs nothing else" {
	"$schedlab" trace show "$trace" harness/fuzz/testdata/threads.trace -o "$out/x.html" 2>/dev/null
	grep -q '<figure class="gantt">' "$out/x.html"
	run grep -E -i '(src|href)=|https?://|@import|url\(' "$out/x.html"
	[ "$status" -eq 1 ]
	awk 'sub(/.*application\/json">/, "") { on = 1 } on { last = sub(/<\/script>.*/, ""); print } last { exit }' "$out/x.html" |
		jq -e '. as $all | (.panels | length) == 2 and (.panels | all(.rows | all((if has("g") then 5 else 3 end) as $n |
			(.d | length) % $n == 0 and $all.from + ([range(0; .d | length; $n) as $i | .d[$i] + .d[$i + 1]] | add // 0) <= $all.to)))'
	command -v gnuplot >/dev/null || skip "no gnuplot"
	"$schedlab" trace show "$trace" harness/fuzz/testdata/threads.trace -o "$out/x.svg" 2>"$out/said"
	grep -q "^drawn: $out/x.svg" "$out/said"
	grep -q 'P 0' "$out/x.svg"
	grep -q 'G 1 (main)' "$out/x.svg"
	[ -z "$(find "$out" -name '.*')" ]
}
