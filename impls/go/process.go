// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// procField is a line of a file of /proc/self, without its name.
func procField(file, name string) (string, error) {
	f, err := os.Open("/proc/self/" + file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if field, value, _ := strings.Cut(lines.Text(), ":"); field == name {
			return strings.TrimSpace(value), nil
		}
	}
	return "", fmt.Errorf("/proc/self/%s has no %s", file, name)
}

// affinity is the processors this process may use, from a list like "0-3,8".
func affinity() ([]int, error) {
	list, err := procField("status", "Cpus_allowed_list")
	if err != nil {
		return nil, err
	}
	cpus := []int{}
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(from)
		if err != nil {
			return nil, err
		}
		last, err := strconv.Atoi(to)
		if err != nil {
			return nil, err
		}
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}

// peakRSS is the high-water mark of this program's memory, in bytes. Not
// ru_maxrss: that one survives exec, and shows what the parent had.
func peakRSS() int64 {
	bytes, _ := procBytes("status", "VmHWM")
	return bytes
}

// procBytes is such a line that has a size in kB.
func procBytes(file, name string) (int64, error) {
	text, err := procField(file, name)
	if err != nil {
		return 0, err
	}
	kib, err := strconv.ParseInt(strings.TrimSuffix(text, " kB"), 10, 64)
	return kib * 1024, err
}

type usage struct {
	cpu           time.Duration // of all threads
	nvcsw, nivcsw int64         // context switches, voluntary and not
}

func processUsage() usage {
	var ru syscall.Rusage

	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return usage{time.Duration(ru.Utime.Nano() + ru.Stime.Nano()), int64(ru.Nvcsw), int64(ru.Nivcsw)}
}

// must ends the process where a workload cannot go on: it has no way to fail.
func must(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "cell-%s: %v\n", backend, err)
		os.Exit(statusBad)
	}
}
