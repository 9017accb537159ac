#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

@test "shellcheck has nothing to say about the scripts" {
	command -v shellcheck >/dev/null || skip "there is no shellcheck"
	cd "$BATS_TEST_DIRNAME/.."
	scripts=$(grep -rlE '^#!.*\b(ba)?sh$' scripts .ci | sort)
	[[ $scripts == *.ci/run*scripts/check*scripts/setup* ]]
	# shellcheck disable=SC2086
	run shellcheck $scripts
	echo "$output"
	[ "$status" -eq 0 ]
}
