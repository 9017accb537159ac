#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2030,SC2031,SC2016 # set by bats and fake.bash; other shells expand
# Disks that are full or read-only, and files that somebody takes away: one sentence,
# nothing measured is lost, and it can be gone on with.

load ../testdata/fake.bash

setup() {
	fake_setup
	plan=(-b good,slow -w fib -p 1 --set n=1,2,3 --reps 3 --seed 7)
}

# A file system of so many KiB at $disk, for what the command does there; it can grow.
on_disk() { # KIB COMMAND
	# Not without privileges, nor where / is no mount, as after chroot.
	unshare -m true || skip "no mounts here"
	disk=$BATS_TEST_TMPDIR/disk run unshare -m bash -c '
		mkdir -p "$disk" && mount -t tmpfs -o size="$1k" none "$disk" || exit 99
		grow() { mount -o remount,size=64m "$disk"; }
		read_only() { mount -o remount,"$1" "$disk"; }
		matrix() { PATH=$tools "$schedlab" matrix "$@"; }
		eval "$2"' - "$1" "$2"
	echo "$output"
	[ "$status" -ne 99 ] || skip "no mounts here"
}

@test "disk: full at any moment, it is one sentence, and afterwards the run is completed" {
	export tools schedlab words="${plan[*]}"
	for kib in 4 12 24 32 36 40 44 64; do
		on_disk $kib '
			rc=0
			matrix $words --out "$disk/run" >"$disk.out" 2>"$disk.err" || rc=$?
			said=$(grep "^schedlab: " "$disk.err" | grep -v "no plots")
			had=$(cat "$disk/run/cells.jsonl" || :)
			echo "'$kib' KiB: status $rc, $(grep -c . <<<"$had") rows; $said"
			# All rows are there, or a sentence says why not.
			if [ $rc -eq 0 ]; then
				[ "$(grep -c . <<<"$had")" -eq 22 ] || exit 1
			else
				[[ $(wc -l <<<"$said") -eq 1 && $said == *": No space left on device"* ]] || exit 2
			fi
			[ -z "$had" ] || [ -z "$(tail -c 1 "$disk/run/cells.jsonl")" ] || exit 3
			grow
			if [ -e "$disk/run/meta.json" ]; then
				matrix --resume "$disk/run" --retry failed || exit 4
			else
				matrix $words --out "$disk/run" || exit 5
			fi
			[ "$(jq .statuses.ok "$disk/run/summary.json")" -eq 22 ] || exit 6
			# To the letter.
			[ "$(head -c ${#had} "$disk/run/cells.jsonl")" = "$had" ] || exit 7'
		[ "$status" -eq 0 ]
	done
}

@test "disk: read-only, it is one sentence" {
	export tools schedlab words="${plan[*]}"
	on_disk 9999 '
		matrix $words --out "$disk/run" >/dev/null 2>&1 || exit 1
		sed -i "10,\$d" "$disk/run/cells.jsonl"
		read_only ro
		for these in "--resume $disk/run" "$words --out $disk/other" "$words --out $disk/run"; do
			! said=$(matrix $these 2>&1) && echo "$said" || exit 2
			[[ $(wc -l <<<"$said") -eq 1 && $said == "schedlab: cannot "*": Read-only file system" ]] || exit 3
		done
		! said=$("$schedlab" plot "$disk/run" 2>&1) && echo "$said" || exit 4
		[[ $(wc -l <<<"$said") -eq 1 && $said == "schedlab: cannot "*": Read-only file system" ]] || exit 5
		read_only rw
		matrix --resume "$disk/run" || exit 6'
	[ "$status" -eq 0 ]
}

@test "disk: read-only, floor, ab, bundle and doctor are one sentence, or need none" {
	export tools schedlab build=$SCHEDLAB_BUILD
	on_disk 9999 '
		few="-b good -w fib -p 1 --set n=1 --reps 1 --seed 7"
		say() { PATH=$tools "$schedlab" "$@" 2>&1; }
		say floor $few --runs 2 --gap 0 --out "$disk/floor" >/dev/null || exit 1
		say ab "$build" "$build" $few --out "$disk/ab" >/dev/null || exit 2
		cp "$disk/floor/runs.json" "$disk/floor.json"
		sed -i "\$d" "$disk/ab/cells.jsonl"
		read_only ro
		for these in "floor --resume $disk/floor" "floor $few --out $disk/new" "ab --resume $disk/ab" \
			"ab $build $build $few --out $disk/new" "bundle $disk/floor/1 -o $disk/x.tar.gz"; do
			! said=$(say $these) && echo "$these: $said" || exit 3
			[[ $(grep -c "^schedlab: " <<<"$said") -eq 1 && $said == *"schedlab: cannot "*": Read-only file system"* ]] || exit 4
		done
		cmp "$disk/floor.json" "$disk/floor/runs.json" || exit 5
		say doctor --json | jq -e .findings >/dev/null || exit 6
		read_only rw
		say ab --resume "$disk/ab" >/dev/null || exit 7
		[ "$(ls -A "$disk" | sort | tr "\n" " ")" = "ab floor floor.json " ] || exit 8'
	[ "$status" -eq 0 ]
}

@test "disk: a file that may not become so large is one sentence, whatever it is" {
	few=(-b good -w fib -p 1 --set n=1 --reps 1 --seed 7)
	matrix "${few[@]}" --out "$run_dir"
	for these in "0 matrix" "1 matrix" "2 matrix" "0 floor" "2 floor" "0 ab $SCHEDLAB_BUILD $SCHEDLAB_BUILD" \
		"2 ab $SCHEDLAB_BUILD $SCHEDLAB_BUILD" "0 report $run_dir" "0 bundle $run_dir" "0 plot $run_dir"; do
		rm -rf "$run_dir".*
		read -r kib these <<<"$these"
		[[ $these == *" $run_dir" ]] || these+=" ${few[*]} --out $run_dir.new"
		# shellcheck disable=SC2086 # words
		run bash -c 'cd "$1" && ulimit -f "$2" && shift 2 && exec "$@"' - "$BATS_TEST_TMPDIR" "$kib" "$PWD/$schedlab" $these
		echo "$kib KiB, $these: status $status; $output"
		[ "$status" -eq 2 ]
		[ "$(grep -c '^schedlab: ' <<<"$output")" -eq 1 ]
		[[ $output == *": File too large"* ]]
	done
}

# Every cell with n=2 does so first: six.
meanwhile() {
	rm -rf "$run_dir"
	FAKE_DO="[ \$n != 2 ] || { $1; }" run matrix "${plan[@]}" --out "$run_dir"
	echo "$1: $status $output"
}

@test "disk: a scratch folder that somebody removes is made again" {
	meanwhile "rm -r $run_dir/scratch"
	[ "$status" -eq 1 ]
	[ "$(jq -r .status "$run_dir/cells.jsonl" | sort | uniq -c | tr -s ' \n' ' ')" = ' 6 failed 16 ok ' ]
	matrix --resume "$run_dir" --retry failed
	[ "$(jq .statuses.ok "$run_dir/summary.json")" -eq 22 ]
}

@test "disk: rows that somebody takes away end the run at once, in a sentence" {
	for way in "rm $run_dir/cells.jsonl" "mv $run_dir $run_dir.old" "cp $run_dir/cells.jsonl $run_dir/x; mv $run_dir/x $run_dir/cells.jsonl"; do
		rm -rf "$run_dir.old"
		meanwhile "$way"
		[ "$status" -eq 2 ]
		[ "$(grep -c '^schedlab: ' <<<"$output")" -eq 1 ]
		[[ $output == *"schedlab: $run_dir/cells.jsonl is no longer the file that it was"* ]]
		[[ $output != *"are kept"* ]]
	done
	meanwhile "echo more >>$run_dir/cells.jsonl"
	[ "$status" -eq 2 ]
	[[ $output == *"schedlab: $run_dir/cells.jsonl is no longer the file that it was"* ]]
}
