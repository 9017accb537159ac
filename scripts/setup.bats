#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# scripts/setup on machines that are made of a directory of commands: apt-get,
# sudo and id are stand-ins, and what apt-get "installs" is there afterwards.

setup() {
	box=$(mktemp -d)
	mkdir "$box/bin" "$box/pc"
	for tool in sh cat env grep ln mktemp rm sed tail touch; do
		ln -s "$(type -P $tool)" "$box/bin/$tool"
	done
	# Beside what it sets up for; here nothing.
	mkdir "$box/scripts"
	cp "$BATS_TEST_DIRNAME/setup" "$box/scripts/"
	program id 'echo 0'
	program uname 'echo x86_64'
	# Knows the modules that stand as files in pc/.
	program pkg-config '[ -e "$BOX/pc/$2" ]'
}

teardown() {
	rm -rf "$box"
}

program() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$box/bin/$1"
	chmod +x "$box/bin/$1"
}

# An apt-get that notes its arguments and installs all but the packages in $1.
apt_without() {
	program apt-get '
echo "apt-get $*" >>"$BOX/calls"
case " $* " in *" install "*) ;; *) exit 0 ;; esac
for package; do
	for no in '"$1"'; do
		[ "$package" != "$no" ] || { echo "E: Unable to locate package $no"; exit 100; }
	done
done
for package; do
	case $package in
	lib*cross) touch "$BOX/pc/cross" && continue ;;
	lib*-dev) module=${package%-dev}; touch "$BOX/pc/$module" "$BOX/pc/${module#lib}" && continue ;;
	golang-go) name=go ;;
	nodejs) name=node ;;
	gnuplot-nox) name=gnuplot ;;
	hwloc-nox) name=hwloc-calc ;;
	protobuf-compiler) name=protoc ;;
	qemu-user) name=qemu-aarch64 ;;
	gcc-aarch64-linux-gnu) name=aarch64-linux-gnu-gcc ;;
	*) name=$package ;;
	esac
	ln -sf any "$BOX/bin/$name"
done
exit 0'
	touch "$box/calls"
	# Any program of these; of a compiler, with its libc.
	program any 'echo /libc.so'
}

everything() {
	for tool in gcc g++ make gnuplot go git bats jq hwloc-calc gdb valgrind shellcheck protoc node npm chromium qemu-aarch64 aarch64-linux-gnu-gcc; do
		program $tool 'echo /libc.so'
	done
	touch "$box"/pc/{benchmark,hwloc,jansson,cmocka,libarchive,libmd}
}

run_setup() {
	run env -i PATH="$box/bin" BOX="$box" sh "$box/scripts/setup" "$@"
	echo "$output"
}

@test "nothing is missing: silent, at once, and apt-get is not asked" {
	everything
	apt_without ''
	SECONDS=0
	run_setup
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ ! -s "$box/calls" ]
	[ "$SECONDS" -le 1 ]
}

@test "on a bare machine all is installed, in one go" {
	apt_without ''
	run_setup
	[ "$status" -eq 0 ]
	[ "$(grep -c ' install ' "$box/calls")" -eq 1 ]
	for package in gcc g++ make libbenchmark-dev libhwloc-dev libjansson-dev libarchive-dev libmd-dev gnuplot-nox golang-go libcmocka-dev bats; do
		grep -q " install .* --no-install-recommends .*\\b$package" "$box/calls"
	done
	: >"$box/calls"
	run_setup
	[ "$status" -eq 0 ]
	[ ! -s "$box/calls" ]
}

@test "build needs less than check" {
	apt_without ''
	run_setup build
	[ "$status" -eq 0 ]
	run grep -E 'bats|cmocka|qemu' "$box/calls"
	[ "$status" -eq 1 ]
}

@test "what apt does not have: the rest is installed; required, that is status 2" {
	apt_without libhwloc-dev
	run_setup
	[ "$status" -eq 2 ]
	[[ $output == *"Unable to locate package libhwloc-dev"* ]]
	[[ $output == *"sudo apt-get install -y --no-install-recommends"*" libhwloc-dev"* ]]
}

@test "what apt does not have: optional, it is said what is left out" {
	apt_without golang-go
	run_setup
	[ "$status" -eq 0 ]
	[[ $output == *"no golang-go; left out: the rows of the Go reference"* ]]
	[ -e "$box/bin/gnuplot" ]
	[ -e "$box/bin/bats" ]
}

@test "neither root nor sudo: the one command, status 2" {
	apt_without ''
	program id 'echo 1000'
	run_setup
	[ "$status" -eq 2 ]
	[ ! -s "$box/calls" ]
	[[ $output == *"sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc g++ "* ]]
}

@test "a sudo that would ask for a password is not waited for" {
	apt_without ''
	program id 'echo 1000'
	program sudo '[ "$1" = -n ] && exit 1; sleep 60'
	run_setup
	[ "$status" -eq 2 ]
	[[ $output == *"to install: sudo apt-get"* ]]
}

@test "through sudo" {
	apt_without ''
	program id 'echo 1000'
	program sudo '[ "$1" = -n ] || exit 1; shift; echo sudo >>"$BOX/calls"; [ "$1" = true ] || exec "$@"'
	ln -s "$(type -P true)" "$box/bin/true"
	run_setup
	[ "$status" -eq 0 ]
	grep -q '^sudo' "$box/calls"
	[ -e "$box/bin/gcc" ]
}

@test "only what is optional is missing, and cannot be had: said, and status 0" {
	everything
	rm "$box"/bin/{go,gnuplot}
	apt_without ''
	program id 'echo 1000'
	run_setup
	[ "$status" -eq 0 ]
	[[ $output == *"no gnuplot-nox; left out: the pictures"* ]]
	[[ $output == *"no golang-go; "* ]]
}

@test "other systems: their own command where it is known, else the list" {
	touch "$box/pc/jansson"
	program dnf 'exit 1'
	run_setup build
	[ "$status" -eq 2 ]
	[[ $output == *"sudo dnf install /usr/bin/gcc "*"'pkgconfig(benchmark)'"* ]]
	[[ $output != *jansson* ]]
	rm "$box/bin/dnf"
	program pacman 'exit 1'
	run_setup build
	[ "$status" -eq 2 ]
	[[ $output == *"sudo pacman -S --needed gcc "*" hwloc"* ]]
	rm "$box/bin/pacman"
	run_setup build
	[ "$status" -eq 2 ]
	[[ $output == *"by whatever names"*"libbenchmark-dev"* ]]
}

# A tree with the page's tests, and an npm that notes how it is called.
with_page() { # SCRIPT OF npm
	everything
	apt_without ''
	mkdir -p "$box/harness/report/browser"
	touch "$box/harness/report/browser/package.json"
	ln -s "$(type -P mkdir)" "$box/bin/mkdir"
	program npm 'echo "npm $*" >>"$BOX/calls"; '"$1"
}

@test "what drives the browser comes from npm, once, and not for a build" {
	with_page 'mkdir -p node_modules/playwright-core'
	run_setup build
	[ ! -s "$box/calls" ]
	run_setup
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	grep -q '^npm ci --ignore-scripts ' "$box/calls"
	: >"$box/calls"
	run_setup
	[ ! -s "$box/calls" ]
}

@test "an npm that cannot fetch it: said, and status 0" {
	with_page 'exit 1'
	run_setup
	[ "$status" -eq 0 ]
	[[ $output == *"cannot fetch playwright-core; left out: the checks of the page in a browser" ]]
}

@test "bad usage: one sentence, status 2" {
	for usage in all 'build check'; do
		# shellcheck disable=SC2086
		run_setup $usage
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}
