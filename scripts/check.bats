#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What may go wrong in a suite is counted, shown, and never taken for success.

setup() {
	dir=$(mktemp -d)
}

teardown() {
	rm -rf "$dir"
}

check() {
	run "$BATS_TEST_DIRNAME/check" -o "$dir" "$@"
	echo "$output"
	last=${lines[$((${#lines[@]} - 1))]}
}

tap() { # LINE...: a command that prints them
	printf 'printf "%%s\\n"'
	printf " '%s'" "$@"
}

@test "passes, and skips by their reason" {
	check "one: $(tap 1..3 'ok 1 - a' 'ok 2 - b # SKIP too few processors' 'ok 3 - c')" \
		"two: $(tap 'ok 1 x # skip too few processors' 'ok 2 y # SKIP: no Go' 1..2)"
	[ "$status" -eq 0 ]
	[ "$last" = "2 passed, 0 failed, 3 skipped" ]
	[[ $output == *"    2  too few processors"* ]]
	[[ $output == *"    1  no Go"* ]]
}

@test "a failed test is shown with what it said, on both outputs" {
	check "one: $(tap 1..3 'ok 1 - a' '# before' 'not ok 2 - b' '# 3 != 4' 'ok 3 - c' '# after'); echo ouch >&2; exit 1"
	[ "$status" -eq 1 ]
	[ "$last" = "2 passed, 1 failed, 0 skipped" ]
	[[ $output == *"# before"*"not ok 2 - b"*"# 3 != 4"*"stderr: ouch"* ]]
	[[ $output != *"# after"* ]]
	[[ $output == *$'\nFailed:\n  one\n'* ]]
}

@test "a failed test counts also when the suite ends with 0" {
	check "one: $(tap 1..1 'not ok 1 - a')"
	[ "$status" -eq 1 ]
	[ "$last" = "0 passed, 1 failed, 0 skipped" ]
}

# A suite that breaks off: one failure beside the tests that ran, and the reason.
breaks() { # REASON TALLY COMMAND
	check -t 1 "one: $3" 'two: echo 1..1; echo ok 1'
	[ "$status" -eq 1 ]
	[ "$last" = "$2" ]
	[[ $output == *"FAIL "*"one: "*"$1"* ]]
}

@test "a suite that crashes" {
	breaks 'died of SIGSEGV' '2 passed, 1 failed, 0 skipped' "$(tap 1..1 'ok 1'); kill -SEGV \$\$"
}

@test "a suite that hangs" {
	breaks 'more than 1 s' '2 passed, 1 failed, 0 skipped' "$(tap 1..2 'ok 1'); sleep 60"
}

@test "a suite that hangs and cannot be asked to end" {
	breaks 'more than 1 s' '1 passed, 1 failed, 0 skipped' 'trap "" TERM; while :; do sleep 1; done'
}

@test "what a suite that hangs has started ends with it" {
	check -t 1 "one: sleep 1234.5 & wait"
	[ "$last" = "0 passed, 1 failed, 0 skipped" ]
	for cmdline in /proc/[0-9]*/cmdline; do
		[ "$(tr '\0' ' ' 2>/dev/null <"$cmdline")" != "sleep 1234.5 " ]
	done
}

@test "a suite that runs fewer tests than it planned, and ends with 0" {
	breaks 'planned 2 tests, ran 1' '2 passed, 1 failed, 0 skipped' "$(tap 1..2 'ok 1')"
}

@test "a suite that runs more tests than it planned" {
	breaks 'planned 1 tests, ran 2' '3 passed, 1 failed, 0 skipped' "$(tap 1..1 'ok 1' 'ok 2')"
}

@test "a suite without a plan" {
	breaks 'printed no plan' '2 passed, 1 failed, 0 skipped' "$(tap 'ok 1')"
}

@test "a suite that prints nothing" {
	breaks 'ran no test' '1 passed, 1 failed, 0 skipped' true
}

@test "a suite that plans nothing" {
	breaks 'ran no test' '1 passed, 1 failed, 0 skipped' "$(tap 1..0)"
}

@test "a suite that passes and ends with another status than 0" {
	breaks 'exit status 3' '2 passed, 1 failed, 0 skipped' "$(tap 1..1 'ok 1'); exit 3"
}

@test "a suite that gives up" {
	breaks 'Bail out! no memory' '2 passed, 1 failed, 0 skipped' "$(tap 1..1 'ok 1' 'Bail out! no memory')"
}

@test "a suite that cannot be run" {
	breaks 'exit status 127' '1 passed, 1 failed, 0 skipped' no-such-program
}

@test "a suite that is skipped as a whole" {
	check "one: $(tap '1..0 # SKIP no cross compiler')" 'two: echo 1..1; echo ok 1'
	[ "$status" -eq 0 ]
	[ "$last" = "1 passed, 0 failed, 1 skipped" ]
	[[ $output == *"    1  no cross compiler"* ]]
}

@test "skips alone are no success" {
	check "one: $(tap '1..0 # SKIP no cross compiler')"
	[ "$status" -eq 1 ]
	[ "$last" = "0 passed, 0 failed, 1 skipped" ]
}

@test "cmocka 1.1.5 and 1.1.7: groups, their summaries, both ways of a skip" {
	check "old: $(tap 1..2 'ok 1 - a' 'not ok 2 # SKIP b' '# ok - g' 1..1 'ok 1 - c' 'ok - g2')" \
		"new: $(tap 'TAP version 13' 1..2 'ok 1 - a' 'ok 2 # SKIP b' '# ok - g')"
	[ "$status" -eq 0 ]
	[ "$last" = "3 passed, 0 failed, 2 skipped" ]
}

@test "cmocka: a group whose set-up fails" {
	check "one: $(tap 1..2 'not ok 0 - g [  FAILED  ] GROUP SETUP' '# ok - g'); exit 1"
	[ "$status" -eq 1 ]
	[[ $output == *"GROUP SETUP"* ]]
}

@test "what is installed of cmocka: pass, skip, failure, crash" {
	cat >"$dir/t.c" <<-'EOF'
	#include <stdarg.h>
	#include <stddef.h>
	#include <stdint.h>
	#include <setjmp.h>
	#include <cmocka.h>
	static void pass(void **s) { (void)s; }
	static void miss(void **s) { (void)s; skip(); }
	static void fail_it(void **s) { (void)s; assert_int_equal(1, 2); }
	static void crash(void **s) { (void)s; *(volatile int *)8 = 0; }
	int main(int argc, char **argv)
	{
		const struct CMUnitTest good[] = { cmocka_unit_test(pass), cmocka_unit_test(miss) };
		const struct CMUnitTest bad[] = { cmocka_unit_test(fail_it), cmocka_unit_test(crash) };
		(void)argv;
		return cmocka_run_group_tests(good, NULL, NULL) +
		       (argc > 1 ? cmocka_run_group_tests(bad, NULL, NULL) : 0);
	}
	EOF
	cc -o "$dir/t" "$dir/t.c" -lcmocka
	check "good: $dir/t"
	[ "$status" -eq 0 ]
	[ "$last" = "1 passed, 0 failed, 1 skipped" ]
	check "bad: $dir/t bad"
	[ "$status" -eq 1 ]
	[ "$last" = "1 passed, 2 failed, 1 skipped" ]
	[[ $output == *"0x1 != 0x2"* ]]
}

@test "bats itself" {
	printf '%s\n' '@test "a" { true; }' '@test "b" { skip "no luck"; }' '@test "c" { false; }' >"$dir/t.bats"
	check "one: bats --tap $dir/t.bats"
	[ "$status" -eq 1 ]
	[ "$last" = "1 passed, 1 failed, 1 skipped" ]
	[[ $output == *"no luck"* ]]
}

@test "-j suites at a time; between two of -j 2, one of -j 1 is alone" {
	# Each notes how many were under way while it ran.
	suite="touch $dir/on-\$\$; sleep 0.5; ls $dir/on-* | wc -l >>$dir/PHASE; sleep 0.5; rm $dir/on-\$\$; echo 1..1; echo ok 1"
	check -j 2 "a: ${suite/PHASE/two}" "b: ${suite/PHASE/two}" -j 1 "c: ${suite/PHASE/one}" \
		-j 2 "d: ${suite/PHASE/two}" "e: ${suite/PHASE/two}"
	[ "$status" -eq 0 ]
	[ "$(tr '\n' ' ' <"$dir/two")" = "2 2 2 2 " ]
	[ "$(tr '\n' ' ' <"$dir/one")" = "1 " ]
}

@test "a suite that wait -n does not find is tallied all the same" {
	# Nor names it.
	cat >"$dir/env" <<-'END'
		wait() {
			[ "$1" != -n ] || { sleep 0.1; return 127; }
			builtin wait "$@"
		}
	END
	export BASH_ENV=$dir/env
	check -j 2 "a: $(tap 1..1 'ok 1')" "b: $(tap 1..1 'ok 1'); exit 3" "c: sleep 0.3; $(tap 1..1 'ok 1')"
	[ "$status" -eq 1 ]
	[ "$last" = "3 passed, 1 failed, 0 skipped" ]
	[[ $output == *$'\nFailed:\n  b\n'* ]]
}

@test "nothing is read from standard input" {
	check 'one: cat >&2; echo 1..1; echo ok 1' <<<"something"
	[ "$status" -eq 0 ]
	[ ! -s "$dir"/001-one.err ]
}

@test "interrupted, it ends what it started" {
	"$BATS_TEST_DIRNAME/check" -o "$dir" "one: echo \$\$ >$dir/pid; sleep 60" 3>&- &
	pid=$!
	while [ ! -s "$dir/pid" ]; do sleep 0.1; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?          # run is a subshell, whose child it is not
	[ "$status" -eq 130 ]
	[ ! -d "/proc/$(cat "$dir/pid")" ]
}

@test "bad usage: one sentence, status 2, nothing run" {
	for usage in '' 'x' 'x:' ':y' '-j' '-j 0 a:b' '-t 4x a:b' '-j -1 a:b' '-z a:b' '-t 5'; do
		# shellcheck disable=SC2086
		check $usage
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == "check: "* ]]
		[ -z "$(ls -A "$dir")" ]
	done
}
