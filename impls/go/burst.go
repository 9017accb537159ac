// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"sync"
	"time"
)

func burst(j *job) (func(), want) {
	const pieces = 2
	idle := time.Duration(j.params["idle_us"]) * time.Microsecond
	steps, x := stepsIn(time.Duration(j.params["piece_us"])*time.Microsecond, j.seed)
	var from, to, done, right [pieces]uint64
	for p := range from {
		from[p] = x + uint64(p)
		to[p] = lcgJump(from[p], uint64(steps))
	}

	piece := func(p int) {
		if steps.from(from[p]) == to[p] {
			right[p]++
		}
		done[p]++
	}
	together := func() {
		var wg sync.WaitGroup

		wg.Add(pieces)
		for p := 0; p < pieces; p++ {
			go func(p int) {
				piece(p)
				wg.Done()
			}(p)
		}
		wg.Wait()
	}
	oneByOne := func() {
		for p := 0; p < pieces; p++ {
			piece(p)
		}
	}
	var serial, burst, permille histogram

	iterate := func() {
		serialNs := afterSleep(idle, oneByOne)
		burstNs := afterSleep(idle, together)
		if j.timed {
			serial.add(serialNs)
			burst.add(burstNs)
			permille.add(burstNs * 1000 / serialNs)
		}
		j.counters["serial_ns"] = serial.quantile(500)
		j.counters["burst_ns"] = burst.quantile(500)
		j.counters["burst_permille"] = permille.quantile(500)
		for p := range done {
			j.executed += done[p]
			j.checksum += right[p] * uint64(p+1)
			done[p], right[p] = 0, 0
		}
	}
	return iterate, want{1, 2 * pieces, pieces * (pieces + 1)}
}

// An amount of work: steps of the generator.
type lcgSteps int64

func (n lcgSteps) from(x uint64) uint64 {
	for ; n > 0; n-- {
		x = lcgNext(x)
	}
	return x
}

// stepsIn is how many steps take so long, by the fastest of a few tries, and
// where these ended.
func stepsIn(d time.Duration, x uint64) (lcgSteps, uint64) {
	const tried = lcgSteps(1 << 17)
	best := time.Duration(math.MaxInt64)

	for i := 0; i < 8; i++ {
		start := time.Now()
		x = tried.from(x)
		if took := time.Since(start); took < best {
			best = took
		}
	}
	return lcgSteps(float64(tried)*float64(d)/float64(best)) + 1, x
}

// afterSleep is the nanoseconds that f takes.
func afterSleep(idle time.Duration, f func()) int64 {
	time.Sleep(idle)
	start := time.Now()
	f()
	return int64(time.Since(start))
}
