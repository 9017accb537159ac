#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and fake.bash
# schedlab's command line: help, list, run, and everything mistyped.

load ../testdata/fake.bash

setup() {
	fake_setup
}

@test "help: every command has one, in 80 columns, with examples" {
	for command in "" list run matrix plot ratios compare ab floor reproduce lessons demo topo doctor bundle; do
		run "$schedlab" $command --help
		echo "$command: $output"
		[ "$status" -eq 0 ]
		[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
		[ -z "$command" ] || [[ $output == *$'\nExamples:\n'* ]]
	done
	run "$schedlab"
	[ "$status" -eq 2 ]
	[[ $output == *"list"*"run"*"matrix"*"plot"*"ratios"*"lessons"*"demo"*"topo"*"doctor"* ]]
	run "$schedlab" --version
	[[ $output == "schedlab 0.1, commit "* ]]
}

@test "help: schedlab help NAME is NAME --help, for every command" {
	commands=$("$schedlab" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	[ "$(wc -l <<<"$commands")" -ge 14 ]
	for command in $commands; do
		diff <("$schedlab" help "$command") <("$schedlab" "$command" --help)
		[[ $("$schedlab" help "$command") == "Usage: schedlab $command"* ]]
	done
	for words in help "help help" "help --help" "help -h"; do
		# shellcheck disable=SC2086 # two words
		diff <("$schedlab" $words) <("$schedlab" --help)
	done
	refused "unknown command 'matrx', did you mean matrix?" help matrx
	refused "help takes one command, not 2" help matrix run
}

@test "usage: commands" {
	refused "unknown command 'matrx', did you mean matrix?" matrx
	refused "unknown command 'x'; see schedlab --help" x
}

@test "usage: unknown names, with the nearest" {
	refused "-b: unknown back end 'goood', did you mean good?" run -b goood -w fib
	refused "-b: unknown back end 'qqqqqq'" matrix -b qqqqqq
	refused "-w: unknown workload 'fob', did you mean fib?" run -b good -w fob
	refused "-w: unknown workload 'doc', did you mean documents?" matrix -w doc
	refused "parameter 'gss', did you mean gs?" matrix -w documents --set gss=1
	refused "parameter 'document', did you mean documents?" run -b good -w documents --set document=1
	refused "parameter 'gs'" matrix -w fib --set gs=1
	refused "--preset: unknown preset 'quik', did you mean quick?" matrix --preset quik
	refused "cores" matrix --pin core
	refused "unknown flag --resp, did you mean --reps?" matrix --resp 3
	refused "unknown flag --sead, did you mean --seed?" matrix --sead 3
	refused "unknown flag -z" matrix -z
	refused "unknown flag --reps" run --reps 3
}

@test "usage: knobs that no back end asked for has, and values that none takes" {
	refused "--opt: no back end asked for has a knob 'foo'" matrix -b good --opt foo=1
	refused "--opt: no back end asked for has a knob 'stael', did you mean steal?" matrix -b good --opt stael=near
	refused "has a knob 'quota_pc', did you mean quota_pct?" matrix -b good,slow --opt quota_pc=50
	refused "--opt: no back end asked for has a knob 'steal'" matrix -b slow --opt steal=near
	refused "--opt steal=nowhere: steal is one of near, far" matrix -b good,slow --opt steal=near,nowhere
	refused "--opt seed=-1: seed is a number from 0 to 9007199254740991" run -b good -w fib --opt seed=-1
	# One has it, and the other says that it does not apply; nobody knows what is not said.
	"$schedlab" matrix -b good,slow --opt steal=near,far --dry-run
	"$schedlab" matrix -b good,fails --opt foo=1 --dry-run
	"$schedlab" matrix -b unbuilt --opt foo=1 --dry-run
	own_build
	echo '{"knobs": [{"name": "seed", "min": 5, "max": 4}]}' >"$SCHEDLAB_BUILD/cell-good.json"
	refused "cell-good.json: the declaration of knob 1 is damaged" list
	echo 'garbage' >"$SCHEDLAB_BUILD/cell-good.json"
	refused "cell-good.json is no JSON" list
}

@test "usage: numbers" {
	for p in 0 -1 4x 99999 99999999999999999999 1.5 0x2 ' 2' two; do
		refused "-p $p: not a number of processors from 1 to 1024" matrix -p "$p"
	done
	refused "-p 99999: not" matrix -p 99999 --pin cores
	refused "1024" matrix -p 1024 --pin cores
	refused "-p 0: not" run -b good -w fib -p 0
	refused "--reps 0: not" matrix --reps 0
	refused "--reps 1e3: not" matrix --reps 1e3
	refused "--seed -1: not" matrix --seed -1
	refused "--seed 9223372036854775808: not" matrix --seed 9223372036854775808
	refused "--seed 9007199254740992: not a number from 0 to 9007199254740991" matrix --seed 9007199254740992
	refused "--timeout 0: not" matrix --timeout 0
	refused "--timeout inf: not" matrix --timeout inf
	refused "--timeout 10s: not" matrix --timeout 10s
	refused "--min-time 0.01s: not" matrix --min-time 0.01s
	refused "--min-time 3601: not" matrix --min-time 3601
	refused "n of fib is a number from 1 to 50" matrix -w fib --set n=51
	refused "n of fib is a number from 1 to 50" matrix -w fib --set n=20,4x
	export SCHEDLAB_PROCS=4x
	refused "SCHEDLAB_PROCS=4x: not" run -b good -w fib
}

@test "usage: flags that are good and make no sense together" {
	refused "--timeout 1 is too short: a cell measures for at least 5 s (--min-time)" matrix --min-time 5 --timeout 1
	refused "the preset's --timeout 30 is too short: a cell measures for at least 20 s" matrix --min-time 20
	refused "--timeout 0.03 is too short: a cell measures for at least 0.02 s" matrix --timeout 0.03
	refused "--timeout 0.2 is too short" run -b good -w fib --timeout 0.2
	refused "300 cells are 30200002 rows, more than 1000000" matrix -b good,fails,slow -w fib -p 1,2 --set "$(all n 1 50)" --reps 100000
	refused "more than 16384 cells" matrix -b good -w documents --set "$(all gs 1 200)" --set "$(all documents 1 200)"
}

all() { # KEY FROM TO
	echo "$1=$(seq -s, "$2" "$3")"
}

@test "usage: empty, missing and repeated values" {
	refused "-b is empty" matrix -b ''
	refused "an item of the list is empty" matrix -b good,
	refused "an item of the list is empty" matrix -p 1,,2
	refused "good comes twice" matrix -b good,slow,good
	refused "2 comes twice" matrix -p 2,1,2
	refused "2 comes twice" matrix -p 2,02
	refused "10 comes twice" matrix -w fib --set n=10,10
	refused "-b is given twice" matrix -b good -b slow
	refused "--reps is given twice" matrix --reps 1 --reps 1
	refused "--set n is given twice" matrix -w fib --set n=1 --set n=2
	refused "--set n=: not key=value" matrix -w fib --set n=
	refused "--set =3: not key=value" matrix -w fib --set =3
	refused "--opt steal: not key=value" matrix --opt steal
	refused "--opt quota_pct=0: not a percentage of one processor" matrix --opt quota_pct=0
	refused "--opt quota_pct=half: not a percentage" run -b good -w fib --opt quota_pct=half
	refused "--out is empty" matrix --out ''
	refused "-p needs a value" matrix -p
	refused "--seed needs a value" matrix --seed
	refused "--dry-run=3: this flag takes no value" matrix --dry-run=3
	refused "'more' is not wanted here" matrix more
	refused "'more' is not wanted here" list more
	refused "-b is missing" run -w fib
	refused "-w is missing" run -b good
	refused "run measures one cell" run -b good,slow -w fib
	refused "run measures one cell" run -b good -w fib --set n=1,2
	refused "run measures one cell" run -b good -w fib -p 1,2
}

@test "usage: places that cannot be written or read" {
	refused "cannot make the folder" matrix -b good -w fib --out /proc/nothing/here
	refused "is no folder" matrix -b good -w fib --out /dev/full
	for path in /dev/full /proc/none; do
		run bash -c '"$1" run -b good -w fib --json "$2" >/dev/null' - "$schedlab" "$path"
		[ "$status" -eq 2 ]
		[[ $output == "schedlab: --json $path: cannot write it: No "* ]]
	done
	export SCHEDLAB_BUILD=$BATS_TEST_TMPDIR
	refused "holds no build" list
	refused "holds no build" matrix
}

@test "usage: a full disk behind standard output" {
	run bash -c '"$1" list >/dev/full' - "$schedlab"
	[ "$status" -eq 2 ]
	[ "$output" = "schedlab: cannot write standard output: No space left on device" ]
	run bash -c '"$1" list --json >/dev/full' - "$schedlab"
	[ "$status" -eq 2 ]
	[[ $output == "schedlab: cannot write "* ]]
}

@test "list: for people in 80 columns, for programs in the schema" {
	run "$schedlab" list
	[ "$status" -eq 0 ]
	[ "$(awk '{ if (length > m) m = length } END { print m }' <<<"$output")" -le 80 ]
	[[ $output == *"unbuilt"*"not available: its compiler is not installed"* ]]
	[[ $output == *"concurrency, io-bound"* ]]
	[[ $output == *"gs=8"* ]]
	run jq -c '[(.backends[0] | keys), (.workloads[0] | keys), [.presets[].name], .policies[0].name]' \
		<("$schedlab" list --json)
	[ "$output" = '[["available","capabilities","knobs","layouts","model","name","reason"],["kind","metric","name","needs","params","question","summary"],["quick","ratios","lessons","floor","standard","full"],"none"]' ]
	run jq -c '.backends[] | select(.available | not) | [.name, .reason]' <("$schedlab" list --json)
	[ "${lines[0]}" = '["unbuilt","its compiler is not installed"]' ]
}

@test "run: says model, P and where P came from" {
	run "$schedlab" run -b good -w fib -p 2
	[[ $output == *"model         1:1"*"P             2 (-p)"* ]]
	SCHEDLAB_PROCS=1 run "$schedlab" run -b good -w fib
	[[ $output == *"P             1 (SCHEDLAB_PROCS)"* ]]
	run taskset -c "$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')" "$schedlab" run -b good -w fib
	[[ $output == *"P             1 (affinity)"* ]] || [[ $output == *"P             1 (cgroup quota)"* ]]
	# A model of one P takes no more unless it is told to.
	SCHEDLAB_PROCS=2 run "$schedlab" run -b partial -w fib
	[[ $output == *"P             1 (the model's only one)"* ]]
}

@test "run: a table, the row as JSON, and the exit status" {
	run "$schedlab" run -b good -w fib -p 1 --set n=30 --json "$BATS_TEST_TMPDIR/row"
	[ "$status" -eq 0 ]
	[[ $output == *"fib n=30 on good"*"time          130 ns per task"*"steals"* ]]
	[ "$(jq -r '[.status, .ns_per_op, .cell.params.n, .benchmark.steals] | join(" ")' "$BATS_TEST_TMPDIR/row")" = "ok 130.5 30 1" ]
	[[ $output =~ [0-9][0-9]" iterations; " ]]
	run "$schedlab" run -b slow -w fib -p 1 --min-time 0.02
	[[ $output == *"1 iteration; "* ]]
	for outcome in wrong:1 fails:1 crashes:1 silent:1 inapplicable:77 unbuilt:77; do
		run "$schedlab" run -b "${outcome%:*}" -w fib -p 1
		[ "$status" -eq "${outcome#*:}" ]
	done
	run "$schedlab" run -b hangs -w fib -p 1 --min-time 0.02 --timeout 0.2 --json "$BATS_TEST_TMPDIR/row"
	[ "$status" -eq 1 ]
	[ "$(jq -r '[.status, .ns_per_op] | tostring' "$BATS_TEST_TMPDIR/row")" = '["timeout",null]' ]
	nothing_left
}

@test "run: how the iterations are distributed, in blocks or in ASCII, and percentiles" {
	export FAKE_ITERATIONS='1000, 1200, 1490, 1500, 2000, 2200, 2999, 3000' FAKE_COUNTERS='"p50_ns": 7000, "max_ns": 12345'
	LC_ALL=C.UTF-8 run "$schedlab" run -b good -w fib -p 1 --set n=7
	echo "$output"
	[ "$status" -eq 0 ]
	# Eight of them are too few for a ninth decile.  The bars are of 3, 1, 2 and 2.
	[[ $output == *'
  iterations    p50 1.75 µs, max 3.00 µs; 8 clocked
                ███████████████
                ███████████████               ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
                ███████████████▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃██████████████████████████████
                ████████████████████████████████████████████████████████████
                1.00 µs                   2.00 µs                    3.00 µs
  latency       p50 7.00 µs, max 12.3 µs
'* ]]
	LC_ALL=C run "$schedlab" run -b good -w fib -p 1 --set n=7
	[[ $output == *'
                ###############
                ###############               ::::::::::::::::::::::::::::::
                ###############...............##############################
                ############################################################
'* ]]
	# A long tail is shown by ratios.
	FAKE_ITERATIONS='1000, 2000, 90000, 1000000, 1000, 2000, 90000, 1000000' LC_ALL=C run "$schedlab" run -b good -w fib -p 1 --set n=7
	[[ $output == *' 31.6 µs '*' 1.00 ms (log)'* ]]
	# Of few, and of what is all the same, there is no picture.
	FAKE_ITERATIONS='1000, 2000, 2000, 1000, 3000, 1000, 1000' LC_ALL=C run "$schedlab" run -b good -w fib -p 1 --set n=7
	[[ $output == *'  iterations    p50 1.00 µs, max 3.00 µs; 7 clocked
  latency '* ]]
	FAKE_ITERATIONS='1000' FAKE_COUNTERS='' run "$schedlab" run -b good -w fib -p 1 --set n=7
	[[ $output != *iterations\ * && $output != *latency* ]]
	FAKE_ITERATIONS='1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000' run "$schedlab" run -b good -w fib -p 1 --set n=7
	[[ $output == *'  iterations    p50 1.00 µs, max 1.00 µs; 8 clocked
  latency '* ]]
}

@test "run: what a cell writes goes to TMPDIR, and away again" {
	export FAKE_LOG=$BATS_TEST_TMPDIR/log TMPDIR=$BATS_TEST_TMPDIR/elsewhere
	mkdir "$TMPDIR"
	"$schedlab" run -b good -w fib -p 1
	grep -q -e "--detail=$TMPDIR/schedlab-run-....../detail.json" "$FAKE_LOG"
	[ -z "$(ls -A "$TMPDIR")" ]
	rmdir "$TMPDIR"
	run "$schedlab" run -b good -w fib -p 1
	[ "$status" -eq 2 ]
	[[ $output == *"schedlab: cannot make the folder $TMPDIR/schedlab-"*": No such file or directory" ]]
	TMPDIR='' "$schedlab" run -b good -w fib -p 1
}
