// SPDX-License-Identifier: Apache-2.0

// The reference cell: the workloads of schedlab on the real Go runtime, with
// the protocol of impls/README.md.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// Set by the build from backend.mk.
var backend, model, capabilities string

const (
	statusWrong = 1
	statusBad   = 2
	statusNA    = 77
)

func printList(all []declaration) error {
	for _, d := range all {
		if _, err := fmt.Println(d.Name); err != nil {
			return err
		}
	}
	return nil
}

func printInfo(all []declaration) error {
	return put("", object{
		"protocol": 1, "toolchain": runtime.Version(), "backend": backend, "model": model,
		"capabilities": strings.Fields(capabilities), "knobs": ownKnobs(), "workloads": all,
	})
}

// applies is nil, or why the cell does not apply to this back end.
func applies(a *arguments) error {
	can := strings.Fields(capabilities)
	if a.procs > 1 && !contains(can, "parallel") {
		return fmt.Errorf("%s runs one G at a time, so P = %d does not apply", backend, a.procs)
	}
	for _, need := range a.workload.Needs {
		if !contains(can, need) {
			return fmt.Errorf("%s needs the capability %s, which %s lacks", a.workload.Name, need, backend)
		}
	}
	if a.lacks != "" {
		return fmt.Errorf("%s %s", backend, a.lacks)
	}
	return nil
}

// setProcs sets P; it comes from a flag, the environment, or Go.
func setProcs(a *arguments) {
	if a.procs > 0 {
		runtime.GOMAXPROCS(a.procs)
	}
}

func measureAndReport(a *arguments) error {
	for _, path := range []string{a.out, a.detail} {
		if err := claim(path); err != nil {
			return err
		}
	}
	setProcs(a)
	m, err := measure(a)
	if err != nil {
		return err
	}
	if a.detail != "" {
		detail, err := detailReport(a, m)
		if err == nil {
			err = put(a.detail, detail)
		}
		if err != nil {
			return err
		}
	}
	err = put(a.out, benchmarkReport(a, m))
	if err != nil && a.detail != "" {
		drop(a.detail)
	}
	return err
}

// run is the whole program: an exit status and, unless that is 0, why.
func run() (int, error) {
	all, err := declarations()
	if err != nil {
		return statusBad, err
	}
	a, err := readArguments(os.Args[1:], all)
	if err != nil {
		return statusBad, err
	}
	switch {
	case a.list:
		err = printList(all)
	case a.info:
		err = printInfo(all)
	default:
		if err = applies(a); err != nil {
			return statusNA, err
		}
		if a.once {
			setProcs(a)
			err = onceTraced(a)
		} else {
			err = measureAndReport(a)
		}
	}
	var wrong wrongResult
	switch {
	case errors.As(err, &wrong):
		return statusWrong, err
	case err != nil:
		return statusBad, err
	}
	return 0, nil
}

// openStandard opens what we were started without of standard input, output and
// error, before another file becomes that; nobody can read or write it. (Go does
// that itself from 1.21 on.)
func openStandard() {
	for fd, mode := range []int{syscall.O_WRONLY, syscall.O_RDONLY, syscall.O_RDONLY} {
		var st syscall.Stat_t

		if syscall.Fstat(fd, &st) == syscall.EBADF {
			syscall.Open("/dev/null", mode, 0)
		}
	}
}

func main() {
	openStandard()
	status, err := run()
	if err != nil {
		fmt.Fprintf(os.Stderr, "cell-%s: %v\n", backend, err)
	}
	os.Exit(status)
}
