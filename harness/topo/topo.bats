#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# schedlab topo, and whether its picks are those of hwloc's own tools.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	schedlab=${BUILD:-build}/schedlab
	machines=harness/topo/testdata/topologies
}

# In the order of the policy, "0,2,4".
picks() {
	"$schedlab" topo --json "$@" | jq -r '.cpus | join(",")'
}

refused() {
	run "$schedlab" topo "$@"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "schedlab: "* ]]
}

need_hwloc() {
	for tool in hwloc-calc hwloc-distrib hwloc-bind; do
		command -v "$tool" >/dev/null || skip "no $tool here"
	done
}

@test "topo: shows this machine in 80 columns" {
	run "$schedlab" topo
	[ "$status" -eq 0 ]
	[[ $output == *"cores"* ]]
	for file in "$machines"/*.xml; do
		"$schedlab" topo --input "$file" >"$BATS_TEST_TMPDIR/out"
		run grep -nE ' $|.{81}' "$BATS_TEST_TMPDIR/out"
		[ "$status" -eq 1 ]
	done
}

@test "topo: --json is JSON and has what the machine has" {
	run jq -c '[.policy, .cpus, .l3s, .cores, .pus, .kinds, .here]' <(
		"$schedlab" topo --json --pin ecores -p 3 \
			--input "$machines/20em64t-hybrid-1p6c2t+2ca4co1t.xml")
	[ "$output" = '["ecores",[12,13,14],1,14,20,2,false]' ]
	for file in "$machines"/*.xml; do
		"$schedlab" topo --json --input "$file" | jq -e '.pus == (.cpus | length)'
	done
}

@test "topo: compact is hwloc's logical order" {
	need_hwloc
	for file in "$machines"/*.xml; do
		[ "$(picks --pin compact --input "$file")" = \
			"$(hwloc-calc -i "$file" --po -I pu all)" ]
	done
}

@test "topo: cores begins with the first PU of each of hwloc's cores" {
	need_hwloc
	for file in "$machines"/*.xml; do
		cores=$(hwloc-calc -i "$file" -N core all)
		[ "$cores" -gt 0 ] || continue
		[ "$(picks --pin cores -p "$cores" --input "$file")" = \
			"$(hwloc-calc -i "$file" --po -I pu core:all.pu:0)" ]
	done
}

@test "topo: scatter is hwloc-distrib, whatever the number of Ps" {
	need_hwloc
	for file in "$machines"/*.xml; do
		pus=$(hwloc-calc -i "$file" -N pu all)
		for ((n = 1; n <= pus; n += 1 + n / 2)); do
			want=$(hwloc-distrib -i "$file" --single "$n" |
				hwloc-calc -i "$file" --po -I pu |
				grep '^[0-9]' | paste -sd,)
			[ "$(picks --pin scatter -p "$n" --input "$file")" = "$want" ]
		done
	done
}

@test "topo: l3 fills hwloc's first L3, then the second" {
	need_hwloc
	for file in "$machines"/*.xml; do
		l3s=$(hwloc-calc -i "$file" -N l3 all 2>/dev/null || true)
		[ "${l3s:-0}" -gt 1 ] || continue
		all=$(picks --pin l3 --input "$file" | tr , '\n')
		for i in 0 1; do
			want=$(hwloc-calc -i "$file" --po -I pu "l3:$i" | tr , '\n' | sort -n)
			n=$(wc -l <<<"$want")
			[ "$(head -n "$n" <<<"$all" | sort -n)" = "$want" ]
			all=$(tail -n "+$((n + 1))" <<<"$all")
		done
	done
}

@test "topo: pcores and ecores are hwloc's last and first kind" {
	need_hwloc
	for file in "$machines"/{20em64t-hybrid-1p6c2t+2ca4co1t,nvidia-dgx-gb10}.xml; do
		last=$("$schedlab" topo --json --input "$file" | jq '.kinds - 1')
		[ "$(picks --pin pcores --input "$file" | tr , '\n' | sort -n | paste -sd,)" = \
			"$(hwloc-calc -i "$file" --cpukind "$last" --po -I pu all)" ]
		[ "$(picks --pin ecores --input "$file")" = \
			"$(hwloc-calc -i "$file" --cpukind 0 --po -I pu all)" ]
	done
}

@test "topo: this machine is as hwloc and taskset see it" {
	need_hwloc
	[ "$(picks --pin compact)" = "$(hwloc-calc --restrict "$(hwloc-bind --get)" --po -I pu all)" ]
	first=$(picks -p 1)
	[ "$(taskset -c "$first" "$schedlab" topo --json | jq -c .cpus)" = "[$first]" ]
}

@test "topo: more Ps than PUs is refused, but for none" {
	refused --synthetic "core:2 pu:2" --pin cores -p 5
	[[ $output == *"--pin cores has 4 PUs"* ]]
	refused --synthetic "core:2 pu:2" --pin 0,2 -p 3
	[ "$(picks --synthetic "core:2 pu:2" --pin none -p 5)" = 0,1,2,3 ]
	run "$schedlab" topo --synthetic "core:2 pu:2" -p 5
	[ "$status" -eq 0 ]
	[[ $output == *"not for 5: there are 4"* ]]
}

@test "topo: bad usage is one sentence and status 2" {
	for p in 0 -1 4x "" " 4" 99999999999999999999; do
		refused -p "$p"
		[[ $output == *"-p $p"* ]]
	done
	refused --pin skatter
	[[ $output == *"did you mean scatter?" ]]
	refused --pin ""
	refused --pin 0,0
	refused --inptu x
	[[ $output == *"did you mean --input?" ]]
	refused --pin
	refused extra
	refused --synthetic nonsense
	[[ $output == *"--synthetic"* ]]
	refused --input no/such/file
	[[ $output == *"no/such/file"* ]]
	refused --input Makefile
	refused --input Makefile --synthetic pu:2
}
