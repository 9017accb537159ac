#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031 # set by bats and fake.bash
# schedlab bundle, and bundles where a run's folder is taken.

bats_require_minimum_version 1.5.0

load ../testdata/fake.bash

setup() {
	fake_setup
	mkdir "$run_dir"
	plant <<-END
	a ring 1 n=8   100 101 102 103 104 105
	b ring 1 n=8   150 151 152 153 154 155
	a ring 2 n=8   50 51 52 53 54 55
	b ring 2 n=8   100 101 102 103 104 failed
	END
	edit_meta '.started = "2026-11-23T18:14:05Z" | .build.commit = "01" | .machine = { host: "vmhost7.lab", cpu_model: "X" }'
	tmp=$BATS_TEST_TMPDIR
	good=$tmp/good.tar.gz
	top=schedlab-20261123T181405Z
	# What is unpacked is gone afterwards.
	export TMPDIR=$tmp/unpacked
	mkdir "$TMPDIR"
}

teardown() {
	[ -z "$(ls -A "$TMPDIR")" ]
}

bundle() {
	run -0 "$schedlab" bundle "$@"
	echo "$output"
}

# The files of a good bundle, to make a bad one of, in $tmp/made/$top.
unpack() {
	"$schedlab" bundle "$run_dir" -o "$good"
	mkdir "$tmp/made"
	tar -C "$tmp/made" -xf "$good"
}

# A bundle of them as they are, or in this order; with sums that fit.
pack() { # [FILE...]
	(cd "$tmp/made/$top" && rm SHA256SUMS && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | sort |
		while read -r file; do sha256sum "$file"; done >"$tmp/sums" && mv "$tmp/sums" SHA256SUMS)
	archive "$@"
}

archive() {
	[ $# -gt 0 ] || set -- README.md meta.json cells.jsonl SHA256SUMS
	tar -C "$tmp/made" -czf "$tmp/bad.tar.gz" "${@/#/$top/}"
}

# reproduce does not take it, says why in a sentence, and nothing is left.
bad() { # WHY [FILE]
	refused "${2:-$tmp/bad.tar.gz}: $1" reproduce "${2:-$tmp/bad.tar.gz}" --against "$run_dir"
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "bundle: the same bytes of the same run, in a file that is named by its time" {
	mkdir "$tmp/elsewhere"
	cp -r "$run_dir" "$tmp/copy"
	touch -d 2001-01-01 "$tmp/copy"/*
	schedlab=$PWD/$schedlab
	cd "$tmp/elsewhere"
	bundle ../copy --with-names
	[ "$output" = "$top.tar.zst" ]
	bundle ../copy --gzip
	[ "$output" = "$top.tar.gz" ]
	bundle "$run_dir" -o "$tmp/one.tar.gz"
	[ "$output" = "$tmp/one.tar.gz" ]
	cmp "$tmp/one.tar.gz" "$tmp/elsewhere/$top.tar.gz"
	[ "$(head -c 4 "$tmp/elsewhere/$top.tar.zst" | od -An -tx1)" = ' 28 b5 2f fd' ]
	[ "$(tar -tf "$tmp/one.tar.gz")" = "$(printf "$top/%s\n" README.md meta.json cells.jsonl SHA256SUMS)" ]
	[[ $(TZ=UTC0 tar --numeric-owner -tvf "$tmp/one.tar.gz" | head -n 1) == '-rw-r--r-- 0/0 '*' 2026-11-23 18:14 '* ]]
	[ "$(head -c 8 "$tmp/one.tar.gz" | tail -c 4 | od -An -tx1)" = ' 00 00 00 00' ]
	# Again, it is there already; another run has to go elsewhere.
	bundle "$run_dir" -o "$tmp/one.tar.gz"
	edit_meta '.build.commit = "02"'
	refused "one.tar.gz is there already, and is another" bundle "$run_dir" -o "$tmp/one.tar.gz"
	cmp "$tmp/one.tar.gz" "$tmp/elsewhere/$top.tar.gz"
	[ -z "$(find "$tmp" -name '.*.tar*')" ]
}

@test "bundle: its README has the table, the machine and the checklist; its sums are right" {
	unpack
	cd "$tmp/made/$top"
	sha256sum -c SHA256SUMS
	grep -q '^ring ' README.md
	grep -q '^| cpu_model | X |' README.md
	grep -q 'build/schedlab reproduce BUNDLE' README.md
	grep -q 'schedlab at commit 01' README.md
	grep -q '^- \[ \] Failures are stated: 0 rows wrong, 1 failed' README.md
	grep -q '^- \[x\] Important parameters are varied: P = 1, 2; ' README.md
	[ "$(grep -c '^- \[[ x]\] ' README.md)" -ge 18 ]
}

@test "bundle: no name of a host or a user, unless asked for; figures stay to the letter" {
	edit_meta '.build.flags = "-I/home/jane/include -O2" | .old_build = { dir: "/home/jane/old", compiler: "cc" } |
		.command = ["schedlab", "--out", "/home/jane/results/2026-vmhost7"] | .environment = { GOROOT: "/home/jane/go" } |
		.plan.cells[0].workload = "ring"'
	jq -c 'if .status == "failed" then .reason = "vmhost7: /home/jane/x, by ring" else . end' "$run_dir/cells.jsonl" >"$tmp/rows"
	cp "$tmp/rows" "$run_dir/cells.jsonl"
	printf '<topology>\n<info name="HostName" value="vmhost7"/>\n<info name="OSName" value="Linux"/>\n</topology>\n' >"$run_dir/topology.xml"
	# Somebody who is called as a workload is.
	USER=ring unpack
	cd "$tmp/made/$top"
	run -1 grep -rE 'vmhost7|jane' .
	[ "$(jq -c '[.command[2], .environment.GOROOT]' meta.json)" = '["/home/user/results/2026-host","/home/user/go"]' ]
	[ "$(jq -c '[.build.flags, .old_build.dir, .old_build.compiler]' meta.json)" = '["-I/home/user/include -O2","/home/user/old","cc"]' ]
	jq -e '.machine | has("host") | not' meta.json
	jq -e '[.plan.cells[].workload] | unique == ["ring"]' meta.json
	[ "$(jq -r 'select(.status == "failed") | .reason' cells.jsonl)" = 'host: /home/user/x, by user' ]
	grep -v failed cells.jsonl >"$tmp/without"
	grep -v failed "$run_dir/cells.jsonl" | cmp - "$tmp/without"
	grep -q 'OSName' topology.xml
	cd - >/dev/null
	bundle "$run_dir" -o "$tmp/with.tar.gz" --with-names
	tar -xOf "$tmp/with.tar.gz" "$top/meta.json" | cmp - "$run_dir/meta.json"
	tar -xOf "$tmp/with.tar.gz" "$top/cells.jsonl" | cmp - "$run_dir/cells.jsonl"
}

@test "bundle: what else is in the folder stays there; so does a line that is torn" {
	mkdir "$run_dir/plots"
	touch "$run_dir/plots/time.tsv" "$run_dir/plots/my notes.tsv" "$run_dir/password.txt" "$run_dir/.cells.jsonl.tmp"
	echo '{}' >"$run_dir/budget.json"
	printf '{"cell": {"back' >>"$run_dir/cells.jsonl"
	unpack
	[ "$(tar -tf "$good")" = "$(printf "$top/%s\n" README.md meta.json cells.jsonl budget.json plots/time.tsv SHA256SUMS)" ]
	[ -z "$(tail -c 1 "$tmp/made/$top/cells.jsonl")" ]
}

@test "bundle: taken where a folder is, with the same answer" {
	bundle "$run_dir" -o "$good"
	bundle "$run_dir" -o "$tmp/good.tar.zst"
	for file in "$good" "$tmp/good.tar.zst"; do
		"$schedlab" reproduce "$run_dir" --against "$run_dir" --json | jq 'del(.machines, .run, .differences)' >"$tmp/folder"
		"$schedlab" reproduce "$file" --against "$run_dir" --json | jq 'del(.machines, .run, .differences)' | cmp - "$tmp/folder"
		"$schedlab" reproduce "$run_dir" --against "$file" --json >"$tmp/json"
		jq -e --arg file "$file" '.run == $file' "$tmp/json"
		"$schedlab" compare "$run_dir" --backends a,b --json | jq .rows >"$tmp/folder"
		"$schedlab" compare "$file" --backends a,b --json | jq .rows | cmp - "$tmp/folder"
		[[ $("$schedlab" compare "$file" "$run_dir" --floor 5) == *"a: $file"* ]]
	done
	refused 'is a bundle: plot draws into' plot "$good"
	refused 'holds no run' bundle "$good"
	# By what it is, not by its name.
	cp "$tmp/good.tar.zst" "$tmp/download"
	"$schedlab" compare "$tmp/download" --backends a,b >/dev/null
}

@test "bundle: a plan that is measured anew elsewhere, from a bundle alone" {
	matrix -b good,slow -w fib --set n=1 -p 1 --reps 1 --out "$tmp/there" 2>/dev/null >&2
	bundle "$tmp/there" -o "$good"
	rm -r "$tmp/there"
	own_build
	sed -i "/^slow/d" "$SCHEDLAB_BUILD/backends.tsv"
	run -0 --separate-stderr env PATH="$tools" "$schedlab" reproduce "$good" --out "$tmp/here"
	echo "$stderr"
	[[ $stderr == *"1 of the 2 cells of $good are measured here"*"1 left out: "*slow* ]]
	[[ $output == "there: $good, "*"The new run is in $tmp/here" ]]
	jq -e .statuses.ok "$tmp/here/summary.json"
}

@test "bundle: damaged or cut, it is refused" {
	bundle "$run_dir" -o "$good"
	size=$(stat -c %s "$good")
	for n in 0 1 100 $((size / 2)) $((size - 12)); do
		head -c "$n" "$good" >"$tmp/bad.tar.gz"
		bad ''
	done
	gzip -dc "$good" >"$tmp/whole.tar"
	for block in 1 2 5 9; do
		head -c $((block * 512)) "$tmp/whole.tar" | gzip >"$tmp/bad.tar.gz"
		bad 'it '
	done
	# A digit of a sample.
	sed 's/"ns_per_op":100,/"ns_per_op":900,/' "$tmp/whole.tar" | gzip >"$tmp/bad.tar.gz"
	bad "its cells.jsonl is not what it was, by SHA256SUMS"
	head -c 3000 /dev/urandom >"$tmp/bad.tar.gz"
	bad 'it is damaged, or no archive ('
	rm "$tmp/bad.tar.gz"
	mkfifo "$tmp/bad.tar.gz"
	refused 'holds no run' reproduce "$tmp/bad.tar.gz" --against "$run_dir"
}

@test "bundle: what no run has, it is refused: names, links, devices, files twice, sums that do not fit" {
	unpack
	made=$tmp/made/$top
	pack && "$schedlab" compare "$tmp/bad.tar.gz" --backends a,b >/dev/null
	tar -C "$tmp/made" -P --transform "s|^$top/README.md|$top/../../evil|" -czf "$tmp/bad.tar.gz" "$top/README.md" "$top/meta.json"
	bad "it has a file '../../evil', which is of no run"
	tar -C "$tmp/made" -P --transform "s|^$top/README.md|../evil|" -czf "$tmp/bad.tar.gz" "$top/README.md"
	bad "it has a file '../evil', which is not in the folder of a run"
	tar -C "$tmp/made" -P --transform "s|^$top/README.md|/$tmp/evil|" -czf "$tmp/bad.tar.gz" "$top/README.md"
	bad "it has a file '/$tmp/evil', which is not in"
	[ ! -e "$tmp/evil" ] && [ ! -e "$TMPDIR/../evil" ]
	tar -C "$tmp/made" --transform "s|^$top/README.md|other/README.md|" -czf "$tmp/bad.tar.gz" "$top/meta.json" "$top/README.md"
	bad "it has a file 'other/README.md', which is not in"
	mv "$made/meta.json" "$tmp/meta.json"
	ln -s /etc/passwd "$made/meta.json" && archive && bad 'its meta.json is a link'
	rm "$made/meta.json" && mkfifo "$made/meta.json" && archive && bad 'its meta.json is a link'
	rm "$made/meta.json" && ln "$made/README.md" "$made/meta.json" && archive && bad 'its meta.json is a link'
	rm "$made/meta.json" && cp "$tmp/meta.json" "$made/meta.json"
	tar -C "$tmp/made" --hard-dereference -czf "$tmp/bad.tar.gz" "$top/meta.json" "$top/meta.json" "$top/SHA256SUMS"
	bad 'it has meta.json twice'
	archive README.md meta.json SHA256SUMS cells.jsonl && bad 'it has cells.jsonl behind SHA256SUMS'
	archive README.md meta.json cells.jsonl && bad 'it has no SHA256SUMS: it was cut'
	archive README.md meta.json SHA256SUMS && bad "its SHA256SUMS has a line '"
	sed -i /meta.json/d "$made/SHA256SUMS" && archive && bad 'its meta.json is not in SHA256SUMS'
	echo '#!/bin/sh' >"$made/setup.sh" && pack README.md meta.json cells.jsonl setup.sh SHA256SUMS && bad "it has a file 'setup.sh', which is"
	rm "$made/setup.sh"
	# What is a run's, and is none.
	echo '{}' >"$made/meta.json" && pack && bad '' && [[ $output == *"bad.tar.gz/meta.json is of no run"* ]]
	head -c 40M /dev/zero >"$made/cells.jsonl" && pack && bad 'its files are larger than those of any run'
}

@test "bundle: where it cannot be written, it is a sentence, and nothing is there" {
	refused "-o $tmp/x.zip: the name of a bundle ends in" bundle "$run_dir" -o "$tmp/x.zip"
	refused "-o $run_dir/cells.jsonl: the name" bundle "$run_dir" -o "$run_dir/cells.jsonl"
	refused "cannot write $tmp/nowhere/x.tar.gz: No such file" bundle "$run_dir" -o "$tmp/nowhere/x.tar.gz"
	refused "bundle takes one run's folder, not 0" bundle
	refused '-o and --gzip' bundle "$run_dir" --gzip -o "$tmp/x.tar.gz"
	refused "$tmp/none holds no run" bundle "$tmp/none"
	unshare -m true || skip "no mounts here"
	mkdir "$run_dir/plots"
	head -c 20000 /dev/urandom >"$run_dir/plots/time.png"
	disk=$tmp/disk run unshare -m bash -c 'mkdir "$disk" && mount -t tmpfs -o size=4k none "$disk" || exit 99
		"$1" bundle "$2" -o "$disk/x.tar.gz"; rc=$?; ls -A "$disk"
		"$1" bundle "$2" -o "$disk.tar.gz" >/dev/null && TMPDIR=$disk "$1" compare "$disk.tar.gz" --backends a,b; echo "$rc $?"; ls -A "$disk"' \
		- "$schedlab" "$run_dir"
	echo "$output"
	[ "$status" -ne 99 ] || skip "no mounts here"
	[[ ${lines[0]} == "schedlab: cannot write $tmp/disk/x.tar.gz: No space left on device" ]]
	[[ ${lines[1]} == *"its "*" cannot be unpacked into $tmp/disk/"*": No space left on device" ]]
	[ "${lines[2]}" = "2 2" ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "bundle: killed at any moment, the file is whole or not there; two writers make one" {
	for delay in 0.001 0.003 0.005 0.01 0.02; do
		rm -f "$tmp/x.tar.gz"
		"$schedlab" bundle "$run_dir" -o "$tmp/x.tar.gz" >/dev/null &
		sleep "$delay"
		kill -9 $! 2>/dev/null || :
		wait $! || :
		[ ! -e "$tmp/x.tar.gz" ] || "$schedlab" compare "$tmp/x.tar.gz" --backends a,b >/dev/null
	done
	rm -f "$tmp/x.tar.gz"
	"$schedlab" bundle "$run_dir" -o "$tmp/x.tar.gz" >"$tmp/first" &
	bundle "$run_dir" -o "$tmp/x.tar.gz"
	wait $!
	cmp "$tmp/first" <(echo "$tmp/x.tar.gz")
	"$schedlab" compare "$tmp/x.tar.gz" --backends a,b >/dev/null
}
