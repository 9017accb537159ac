// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

const (
	wantedGlances = 40 // in one attempt, or some more
	leastGlances  = 8  // for an answer
)

// glances says whether somebody whom the kernel cannot see computes on the same
// core: a loop that keeps its units busy takes longer then. harness/noise/neighbour.h
// explains, and has the same for cells in C.
type glances struct {
	least, sum time.Duration // of the loop
	n          int64
	real, cpu  time.Duration // spent on looking
}

func (g *glances) glance() {
	start, used := time.Now(), threadTime()
	runtime.LockOSThread()
	begin := threadTime()
	busy()
	took := threadTime() - begin
	runtime.UnlockOSThread()
	if g.n == 0 || took < g.least {
		g.least = took
	}
	g.sum += took
	g.n++
	g.cpu += threadTime() - used
	g.real += time.Since(start)
}

// ppm says by how many millionths the mean loop took longer than the shortest;
// -1: there are too few to tell.
func (g *glances) ppm() int64 {
	if g.n < leastGlances || g.least <= 0 {
		return -1
	}
	return int64((float64(g.sum)/float64(g.n)/float64(g.least) - 1) * 1e6)
}

var busySum uint64

// busy: six sums that need nothing of each other. Additions and exclusive ors
// take turns, so that no two become one.
//
//go:noinline
func busy() {
	a, b, c, d, e, f := busySum, uint64(2), uint64(3), uint64(4), uint64(5), uint64(6)
	for i := 0; i < 10000; i++ {
		a, b, c, d, e, f = a+7, b+7, c+7, d+7, e+7, f+7
		a, b, c, d, e, f = a^5, b^5, c^5, d^5, e^5, f^5
		a, b, c, d, e, f = a+7, b+7, c+7, d+7, e+7, f+7
		a, b, c, d, e, f = a^5, b^5, c^5, d^5, e^5, f^5
	}
	busySum = a + b + c + d + e + f
}

const clockThreadCPUTime = 3

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration {
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano())
}
