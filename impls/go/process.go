// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"math"
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

// runDelay is how long this process's threads could have run and were kept
// waiting, of all threads there are since each one's start; -1 where the
// kernel does not say.
func runDelay() int64 {
	const most = 100
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return -1
	}
	sum, seen := int64(0), false
	for i, task := range tasks {
		text, err := os.ReadFile("/proc/self/task/" + task.Name() + "/schedstat")
		fields := strings.Fields(string(text))
		if i == most || err != nil || len(fields) < 2 {
			continue
		}
		delay, err := strconv.ParseInt(fields[1], 10, 64)
		if err == nil {
			sum += delay
			seen = true
		}
	}
	if !seen {
		return -1
	}
	return sum
}

// conditions are what this process inherited that changes what it measures.
func conditions() (object, error) {
	const getTimerSlack, getThpDisable = 30, 42 // prctl(2)
	var stack syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_STACK, &stack); err != nil {
		return nil, err
	}
	limit := int64(math.MaxInt64)
	if stack.Cur < math.MaxInt64 {
		limit = int64(stack.Cur)
	}
	slack, _, _ := syscall.RawSyscall6(syscall.SYS_PRCTL, getTimerSlack, 0, 0, 0, 0, 0)
	disabled, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, getThpDisable, 0, 0, 0, 0, 0)
	// The kernel's answer is 20 less the niceness.
	nice, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return nil, err
	}
	return object{
		"timer_slack_ns": int64(slack), "huge_pages": errno != 0 || disabled == 0,
		"stack_limit_bytes": limit, "nice": 20 - nice,
	}, nil
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
