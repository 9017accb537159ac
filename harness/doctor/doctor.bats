#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab doctor, and what matrix says of it.

load ../testdata/fake.bash

setup() {
	fake_setup
	root=$BATS_TEST_TMPDIR/root
	cpu=$root/sys/devices/system/cpu
	mkdir -p "$cpu/cpu0/cpufreq" "$cpu/vulnerabilities" "$root/proc/sys/kernel"
	echo ondemand >"$cpu/cpu0/cpufreq/scaling_governor"
	echo 'Mitigation: PTI' >"$cpu/vulnerabilities/meltdown"
	echo 0 >"$root/proc/sys/kernel/randomize_va_space"
}

@test "doctor: for people, in 80 columns, commands that can be copied" {
	run "$schedlab" doctor --root "$root"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	[[ ${lines[0]} == "1 serious, 1 minor, "* ]]
	[[ ${lines[1]} == "governor, serious: "*" ondemand"* ]]
	[[ $output == *"\$ sudo sysctl kernel.randomize_va_space=2"* ]]
	# A long command goes on where a shell reads on.
	"$schedlab" doctor --root "$root" | sed -n 's/^    [$] //p; /^        /p' >"$BATS_TEST_TMPDIR/commands"
	grep -q 'sudo update-grub' "$BATS_TEST_TMPDIR/commands"
	bash -n "$BATS_TEST_TMPDIR/commands"
}

@test "doctor --json: the five keys, the gravest first" {
	"$schedlab" doctor --root "$root" --json >"$BATS_TEST_TMPDIR/json"
	jq -e '.findings | length > 15 and all(keys == ["effect", "fix", "id", "severity", "what"])' "$BATS_TEST_TMPDIR/json"
	jq -e '.findings | (map(.id) | unique | length) == length' "$BATS_TEST_TMPDIR/json"
	jq -e '.findings[0] | .id == "governor" and .severity == "serious"' "$BATS_TEST_TMPDIR/json"
	jq -e '.findings | all(.what != "")' "$BATS_TEST_TMPDIR/json"
	jq -e '.findings | map(.severity) | unique - ["serious", "minor", "note", "fine", "unknown"] == []' "$BATS_TEST_TMPDIR/json"
}

@test "doctor: of this machine; a tool that is not in PATH is missing" {
	PATH=$tools run "$schedlab" doctor --json
	[ "$status" -eq 0 ]
	jq -e '.findings[] | select(.id == "gnuplot") | .severity == "note" and (.fix | contains("gnuplot"))' <<<"$output"
	jq -e '.findings[] | select(.id == "clock") | .what | contains("to read it takes")' <<<"$output"
	jq -e '.findings[] | select(.id == "load") | .severity != "unknown"' <<<"$output"
}

@test "doctor: usage" {
	refused "doctor takes no argument, and not 'x'" doctor x
	refused "--root /nowhere: no folder" doctor --root /nowhere
	refused "unknown flag --jsn, did you mean --json?" doctor --jsn
}

@test "matrix: says the worst finding, once, before it measures" {
	setarch -R true || skip "addresses cannot be fixed here"
	PATH=$tools run "$(command -v setarch)" -R "$schedlab" matrix -b good -w fib --set n=1 -p 1 --reps 1 --runs 2 --out "$run_dir"
	echo "$output"
	[ "$status" -eq 0 ]
	# What others do may be worse.
	[ "$(grep -cE '^Doctor, (serious|minor): ' <<<"$output")" -eq 1 ]
	[[ $output == *Doctor*"1 cells, "* ]]
	PATH=$tools run "$(command -v setarch)" -R "$schedlab" matrix -b good -w fib --set n=1 -p 1 --reps 1 --dry-run
	[[ $output != *Doctor* ]]
}
