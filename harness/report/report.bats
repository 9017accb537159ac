#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab report: the page as a reader has it, held against what else is said of the run.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
	tmp=$BATS_TEST_TMPDIR
	page=$run_dir/report.html
}

# A page must be made; $page has it, $tmp/data.json its data.
makes() {
	run "$schedlab" report "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "made: $page" ]
	data_of "$page" >"$tmp/data.json"
}

data_of() {
	sed -n 's|.*<script type="application/json" id="data">\(.*\)</script>$|\1|p' "$1"
}

# A line for each cell of the table, as the page shows it: number, ratio, time, rank.
cells_of() {
	grep -o '<td data-c="[0-9]*"[^>]*><a [^>]*>.*' "$1" | sed 's|</td>|&\n|g' |
		sed -n 's|.*<td data-c="\([0-9]*\)"[^>]*><a [^>]*><b>\([^<]*\)</b>\( <small>#\([0-9]*\)</small>\)* <span>\([^<]*\)</span>.*|\1\t\2\t\5\t\4|p'
}

reference() {
	cp -r results/reference/kvm-xeon-2vcpu/. "$run_dir"
	rm -f "$page"
	unset SCHEDLAB_BUILD
}

# Two lines of which all is known: a takes twice what b takes; c is b, but for noise.
planted() {
	plant <<-END
	a  ring 1 n=8 200 202 198 204 196 201 199 203
	b  ring 1 n=8 100 101  99 102  98 100 101  99
	c  ring 1 n=8  99 102  98 103  97 102  99 100
	a  fib  1 -   10 10 10 10 10 10 10 10
	b  fib  1 -   crashed crashed crashed crashed crashed crashed crashed crashed
	c  fib  1 -   na na na na na na na na
	END
}

@test "report: a page of one file, which asks for nothing" {
	planted
	makes "$run_dir"
	head -n 1 "$page" | grep -qx '<!DOCTYPE html>'
	tail -n 1 "$page" | grep -qx '</html>'
	[ "$(grep -c 'id="data"' "$page")" -eq 1 ]
	run ! grep -nE '(src|href)="?(https?:)?//|@import|url\(' "$page"
	jq -e '.cells | length == 6' "$tmp/data.json"
}

@test "report: every figure of the reference run is summary.json's" {
	reference
	makes "$run_dir"
	jq -S '[.cells[] | select(.cell.copy | not) | [.cell.backend, .label, .cell.procs, .ns_per_op, .cpu_ns_per_op, .peak_rss_bytes,
		.switches_per_op, .clusters, .disturbed, (.statuses | with_entries(select(.value > 0)))]] | sort' \
		"$run_dir/summary.json" >"$tmp/theirs"
	jq -S 'def m: if . then { n, median, low, high, coverage } else . end;
		[.cells[] | [.backend, .label, .procs, (.ns_per_op | m), (.cpu_ns_per_op | m), (.peak_rss_bytes | m),
		(.switches_per_op | m), .clusters, .disturbed, .statuses]] | sort' "$tmp/data.json" >"$tmp/ours"
	jq -e 'length > 50' "$tmp/ours"
	cmp "$tmp/ours" "$tmp/theirs"
	[ "$(stat -c %s "$page")" -lt 2000000 ]
}

@test "report: the page of the preset standard is below 2 MB, with its traces" {
	run "$schedlab" report results/reference/kvm-epyc-2vcpu --out "$tmp/standard.html"
	[ "$status" -eq 0 ]
	[ "$(stat -c %s "$tmp/standard.html")" -lt 2000000 ]
	[ "$(grep -c '<figure class="gantt">' "$tmp/standard.html")" -eq 5 ]
	[ "$(grep -c 'class="curves"' "$tmp/standard.html")" -eq 3 ]
}

@test "report: ratios and verdicts are those of compare, against either baseline" {
	reference
	makes "$run_dir"
	for base in pthreads go; do
		"$schedlab" compare "$run_dir" --backends $base,work-stealing --json |
			jq -S '[.rows[] | select(.ratio) | [.label, .cell.procs, .ratio.estimate, .ratio.low, .ratio.high, .verdict]] | sort' >"$tmp/theirs"
		jq -S --arg base $base '(.backends | map(.name) | index($base)) as $i |
			[.cells[] | select(.backend == "work-stealing") | . as $c | .ratios[$i] | select(. and .estimate) |
			[$c.label, $c.procs, .estimate, .low, .high, .verdict]] | sort' "$tmp/data.json" >"$tmp/ours"
		jq -e 'length > 20' "$tmp/ours"
		cmp "$tmp/ours" "$tmp/theirs"
	done
}

@test "report: what the table shows are the data's texts" {
	reference
	makes "$run_dir"
	cells_of "$page" >"$tmp/shown"
	jq -r '.base as $b | .cells | to_entries[] | select(.value.ns_per_op) | .key as $k | .value |
		[$k, (.ratios[$b].text // "–"), .ns_per_op.text, (if .rank > 0 then .rank else "" end)] | @tsv' "$tmp/data.json" >"$tmp/meant"
	[ "$(wc -l <"$tmp/meant")" -gt 50 ]
	diff "$tmp/shown" "$tmp/meant"
}

@test "report: ratios, ranks and verdicts of a run that is known" {
	planted
	makes "$run_dir"
	# Without a catalog that knows them the first back end is the baseline.
	jq -e '.base == 0 and (.cells[1].ratios[0] | .estimate > 0.49 and .estimate < 0.51 and .verdict == "faster" and .shade == -3)' "$tmp/data.json"
	jq -e '.cells[0].ratios[1] | .estimate > 1.96 and .estimate < 2.04 and .verdict == "slower"' "$tmp/data.json"
	jq -e '[.cells[:3][].rank] == [3, 1, 1]' "$tmp/data.json"
	jq -e '.cells[2].ratios[1].verdict == "cannot tell"' "$tmp/data.json"
	# What has no time has no ratio, no rank, and a reason.
	jq -e '.cells[4] | .ns_per_op == null and .ratios[0] == null and .rank == 0 and .reason == "a planted reason"' "$tmp/data.json"
	grep -q '<em>crashed</em>' "$page"
	grep -q '<em>na</em>' "$page"
	grep -q '8× <em>crashed</em>: a planted reason' "$page"
}

@test "report: counters and latencies of a cell are medians of its ok rows" {
	plant <<-END
	a echo 1 - 100 101 102 103 104 105 106 crashed
	END
	jq -c 'if .benchmark then .benchmark += { p50_ns: (1000 + .rep * 100), p999_ns: (2000000 + .rep * 10000), jain_permille: (900 + .rep) }
		else . end | .rusage = { involuntary_switches: (.rep * 3), user_ns: (5000 + .rep) } |
		.counters = { cycles: (1000000 * (.rep + 1)) } | .noise = { steal_ns: 7000 }' "$run_dir/cells.jsonl" >"$tmp/rows"
	mv "$tmp/rows" "$run_dir/cells.jsonl"
	makes "$run_dir"
	jq -c '.cells[0] | .latency, .loop.jain_permille, .process, .hardware, .others' "$tmp/data.json" | tee "$tmp/said"
	[ "$(cat "$tmp/said")" = '{"p50_ns":"1.30 µs","p999_ns":"2.03 ms"}
"903"
{"involuntary_switches":"9.00","user_ns":"5.00 µs"}
{"cycles":"4000000"}
{"steal_ns":"7.00 µs"}' ]
}

@test "report: swapped rows turn the ratio round, disturbed ones leave nothing to conclude" {
	plant <<-END
	a  ring 1 - 100 101  99 102  98 100 101  99
	b  ring 1 - 200 202 198 204 196 201 199 203
	END
	makes "$run_dir"
	jq -e '.cells[1].ratios[0] | .estimate > 1.96 and .verdict == "slower"' "$tmp/data.json"
	plant <<-END
	a  ring 1 - 100d 101d  99d 102  98 100 101  99
	b  ring 1 - 200 202 198 204 196 201 199 203
	END
	makes "$run_dir"
	jq -e '.cells[1].ratios[0] | .verdict == "cannot tell" and (.text | startswith("~")) and .shade == 0' "$tmp/data.json"
	jq -e '[.cells[].rank] == [1, 1]' "$tmp/data.json"
	jq -e '.cells[0].disturbed == 3 and ([.cells[0].samples[] | .[3] // 0] | add) == 3' "$tmp/data.json"
}

# As text of a page.
escaped() {
	sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g; '"s/'/\\&#39;/g"
}

@test "report: matrix makes the page, with the sentences and figures of summary.json" {
	unset SCHEDLAB_BUILD
	PATH=$tools:$PATH matrix -b pthreads,single-p -w spawn,fib --set n=10 -p 1 --reps 6 --min-time 0.001 --out "$tmp/real" >"$tmp/out"
	page=$tmp/real/report.html
	[ -e "$page" ]
	jq -r '.sentences[] | select(.verdict != "no data") | .text' "$tmp/real/summary.json" | escaped >"$tmp/texts"
	[ "$(wc -l <"$tmp/texts")" -ge 1 ]
	while read -r text; do
		grep -qF "<p>$text</p>" "$page"
	done <"$tmp/texts"
	[ "$(grep -c '^<li.*<h3>' "$page")" -eq "$(wc -l <"$tmp/texts")" ]
	data_of "$page" | jq -S '[.cells[].ns_per_op | { n, median, low, high }]' >"$tmp/ours"
	jq -S '[.cells[].ns_per_op | { n, median, low, high }]' "$tmp/real/summary.json" >"$tmp/theirs"
	jq -S sort "$tmp/ours" >"$tmp/a"
	jq -S sort "$tmp/theirs" >"$tmp/b"
	cmp "$tmp/a" "$tmp/b"
}

@test "report: a command measures the cell again" {
	run "$schedlab" matrix -b good -w fib --set n=1 -p 1 --reps 2 --min-time 0.01 --out "$tmp/real"
	[ "$status" -eq 0 ]
	page=$tmp/real/report.html
	makes "$tmp/real"
	eval "set -- $(jq -r '.cells[0].command' "$tmp/data.json")"
	shift
	run "$schedlab" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"fib n=1 "* ]]
}

# A run that would be more than text.
hostile() {
	plant <<-'END'
	a"><script>alert(1)</script>  ring'&<b>   1 n=</script><script>alert(2)</script>  1 2 3 4 5 6
	<img/src=x/onerror=alert(3)>  ring'&<b>   1 n=</script><script>alert(2)</script>  crashed 900000000000000000 3 4 5 6
	END
	sed 's/a planted reason/<!--<script>alert(4)<\/script>/' "$run_dir/cells.jsonl" >"$tmp/rows"
	mv "$tmp/rows" "$run_dir/cells.jsonl"
	edit_meta '.started = "<script>alert(5)</script>" | .build = { commit: "\"><script>alert(6)</script>" } |
		.machine = { cpu_model: "<img src=x onerror=alert(7)>" }'
	mkdir -p "$run_dir/plots"
	echo '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(8)"><script>alert(9)</script></svg>' >"$run_dir/plots/time.svg"
	echo '<svg/>' >"$run_dir/plots/x\" onerror=\"alert(10).svg"
}

@test "report: what a run's folder says is text, whatever it looks like" {
	hostile
	makes "$run_dir"
	# The page's own two, and nobody else's.
	[ "$(grep -o '<script' "$page" | wc -l)" -eq 2 ]
	[ "$(grep -o '</script' "$page" | wc -l)" -eq 2 ]
	[ "$(grep -o '<img' "$page" | wc -l)" -eq 1 ]
	# A figure that the run has no data for says so.
	grep -q 'Speed-up over P: The run has one P' "$page"
	run ! grep -q 'onerror="alert' "$page"
	grep -q '&lt;script&gt;alert(5)' "$page"
	jq -e '.cells[0] | .label == "ring'"'"'&<b>" and (.command | contains("</script>"))' "$tmp/data.json"
}

@test "report: keys that are missing leave their part out" {
	plant <<-END
	a  ring 1 - 5
	END
	edit_meta '{ schema, plan }'
	jq -c 'del(.benchmark, .detail)' "$run_dir/cells.jsonl" >"$tmp/rows"
	mv "$tmp/rows" "$run_dir/cells.jsonl"
	makes "$run_dir"
	grep -q 'A machine that the run does not name' "$page"
	jq -e '.cells[0] | .ns_per_op.n == 1 and .cpu_ns_per_op == null and .rank == 0' "$tmp/data.json"
}

@test "report: several runs, and the orderings that differ" {
	planted
	cp -r "$run_dir" "$tmp/first"
	plant <<-END
	a  ring 1 n=8 100 101  99 102  98 100 101  99
	b  ring 1 n=8 200 202 198 204 196 201 199 203
	END
	edit_meta '.machine = { cpu_model: "Another CPU" }'
	page=$tmp/both.html
	run "$schedlab" report "$tmp/first" "$run_dir" --out "$page"
	[ "$status" -eq 0 ]
	grep -q 'Another CPU' "$page"
	grep -q '<td class="reversed">.*reversed' "$page"
	grep -q '1 are reversed' "$page"
	# A run reverses nothing of its own.
	run "$schedlab" report "$tmp/first" "$tmp/first" --out "$page"
	[ "$status" -eq 0 ]
	run ! grep -q 'class="reversed"' "$page"
}

# The one figure whose points are curves here: what a task costs, by how many there are.
curves() {
	plant <<-END
	a parked 1 n=100   100 101 102 103 104 105
	a parked 1 n=1000  110 111 112 113 114 115
	a parked 1 n=10000 90 91 92 93 94 95
	b parked 1 n=100   1000 1010 1020 1030 1040 1050
	b parked 1 n=1000  1100 1110 1120 1130 1140 1150
	b parked 1 n=10000 na na na na na na
	END
	mkdir -p "$run_dir/plots"
	PATH=$tools "$schedlab" plot "$run_dir" || true         # no gnuplot, but its data
	echo '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>' >"$run_dir/plots/tasks.svg"
}

@test "report: curves have the points of their picture, to be zoomed, and what draws them is said" {
	planted
	makes "$run_dir"
	run ! grep -q 'uPlot' "$page"
	curves
	makes "$run_dir"
	[ "$(grep -c '^var uPlot=' "$page")" -eq 1 ]
	grep -q '^Copyright (c) [0-9]* Leon Sorokin$' "$page"
	sed -n 's|.*<script type="application/json" class="curves">\([^<]*\)</script>.*|\1|p' "$page" >"$tmp/curves.json"
	[ "$(jq -r '[.name, .across] | join(" ")' "$tmp/curves.json")" = "tasks tasks" ]
	jq -r '.panels[] | .of as $of | .lines[] | .name as $name | .at[] | [$of, $name, .[]] | @tsv' "$tmp/curves.json" | sort >"$tmp/page.tsv"
	awk -F'\t' 'NR > 1 && $9 != "" { print $1 "\t" $5 "\t" $8 "\t" $9 "\t" $10 "\t" $11 }' "$run_dir/plots/tasks.tsv" | sort >"$tmp/plots.tsv"
	[ "$(wc -l <"$tmp/plots.tsv")" -eq 10 ]
	diff "$tmp/plots.tsv" "$tmp/page.tsv"
}

@test "report: bad usage is one sentence" {
	planted
	refused "one to 8 runs' folders, not 0" report
	refused "unknown flag --outt, did you mean --out?" report "$run_dir" --outt x
	refused "cannot write" report "$run_dir" --out "$tmp/none/x.html"
	refused "is a folder" report "$run_dir" --out "$tmp/"
	refused "" report "$tmp/nothing"
	[ ! -e "$page" ]
}

@test "report: in a browser, as a reader uses it" {
	local browser=harness/report/browser chromium

	command -v node >/dev/null || skip "there is no node"
	chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "there is no Chromium"
	[ -e "$browser/node_modules/playwright-core/package.json" ] || skip "there is no playwright-core: npm ci in $browser"
	hostile
	makes "$run_dir"
	cp "$page" "$tmp/hostile.html"
	curves
	makes "$run_dir"
	cp "$page" "$tmp/curves.html"
	rm -r "$run_dir/plots"
	reference
	rm -rf "$run_dir/traces"
	mkdir "$run_dir/traces"
	for w in alphabet blocking; do
		"$schedlab" trace -b work-stealing -w $w -p 1 -o "$run_dir/traces/$w.1.trace"
		"$schedlab" trace -b single-p -w $w -p 1 -o "$run_dir/traces/$w.2.trace"
	done
	makes "$run_dir"
	run timeout 120 node "$browser/drive.mjs" "$chromium" "$page" "$tmp/hostile.html" "$tmp/curves.html"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"ok what looks like markup is text"*"ok no console error, no request, no dialog" ]]
}
