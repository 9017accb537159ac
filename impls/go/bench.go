// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"
)

const maxSamples = 1000

// A wrongResult is what verification found.
type wrongResult struct{ error }

// A measurement is one attempt: a set-up, a warm-up, the timed iterations.
type measurement struct {
	iterations  int64
	warmups     int64 // iterations before these
	real, cpu   time.Duration
	ops         int64
	executed    uint64
	checksum    uint64 // of the warm-up alone
	counters    map[string]int64
	mallocs     uint64
	bytes       uint64
	iterationNs []int64
}

// evenly wraps iterate: each iteration is to add what the first did. What one
// lost and a later one made up for is not to be seen in their sum.
func evenly(j *job, iterate func()) func() {
	executed, checksum := j.executed, j.checksum
	dueExecuted, dueChecksum := executed, checksum

	return func() {
		iterate()
		dueExecuted += executed
		dueChecksum += checksum
		if j.executed != dueExecuted || j.checksum != dueChecksum {
			j.uneven = true
		}
	}
}

// measure makes attempts with more and more iterations until one takes long
// enough. The rule is Google Benchmark's, so that its rows and these have the
// same number of iterations behind them.
func measure(a *arguments) (*measurement, error) {
	if a.iterations > 0 {
		return attempt(a, a.iterations)
	}
	minTime := a.minTime
	for iterations := int64(1); ; {
		m, err := attempt(a, iterations)
		if err != nil {
			return nil, err
		}
		seconds := m.real.Seconds()
		if seconds >= minTime || iterations >= 1e9 {
			return m, nil
		}
		multiplier := 10.0
		if seconds/minTime > 0.1 {
			multiplier = minTime * 1.4 / math.Max(seconds, 1e-9)
		}
		next := math.Max(multiplier*float64(iterations), float64(iterations)+1)
		iterations = int64(math.Min(math.Round(next), 1e9))
	}
}

func newJob(a *arguments) *job {
	return &job{params: a.params, seed: a.seed, counters: map[string]int64{}}
}

func attempt(a *arguments, iterations int64) (*measurement, error) {
	j := newJob(a)
	iterate, want := twins[a.workload.Name](j)
	m := &measurement{iterations: iterations, ops: want.ops, counters: map[string]int64{}}

	start := time.Now()
	iterate()
	firstTook := time.Since(start)
	m.checksum = j.checksum
	iterate = evenly(j, iterate)
	m.warmups = 1
	// Where no earlier attempt has warmed the process up, a tenth of the time
	// that is then measured.
	for a.iterations > 0 && time.Since(start).Seconds() < a.minTime/10 {
		iterate()
		m.warmups++
	}
	keep := longEnoughToClock(firstTook)

	// Garbage of earlier attempts is not this one's, as in testing.B.
	runtime.GC()
	delay := runDelay()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	first, counted := processUsage(), copyOf(j.counters)
	j.timed = true
	if a.plantUneven {
		j.executed--
	}
	start = time.Now()
	glances := m.loop(iterate, keep, runtime.GOMAXPROCS(0) == 1)
	m.real = time.Since(start) - glances.real
	last := processUsage()
	if a.plantUneven {
		j.executed++
	}
	runtime.ReadMemStats(&after)

	m.cpu = last.cpu - first.cpu - glances.cpu
	m.executed = j.executed
	m.mallocs = after.Mallocs - before.Mallocs
	m.bytes = after.TotalAlloc - before.TotalAlloc
	for name, value := range j.counters {
		m.counters[name] = value - counted[name]
	}
	m.counters["nvcsw"] = last.nvcsw - first.nvcsw
	m.counters["nivcsw"] = last.nivcsw - first.nivcsw
	if now := runDelay(); now >= 0 {
		m.counters["run_delay_ns"] = now - delay
	}
	if ppm := glances.ppm(); ppm >= 0 {
		m.counters["neighbour_ppm"] = ppm
	}
	m.counters["gc_cycles"] = int64(after.NumGC - before.NumGC)
	m.counters["ops"] = want.ops
	m.counters["peak_rss_bytes"] = peakRSS()
	err := verify(a, j, want, iterations+m.warmups)
	j.end()
	return m, err
}

// longEnoughToClock: whether reading the clock twice, and a warm-up slower
// than what follows, cost at most one in a thousand.
func longEnoughToClock(iteration time.Duration) bool {
	start := time.Now()
	for i := 0; i < 100; i++ {
		time.Now()
	}
	return iteration >= time.Since(start)*2*4000/100
}

// loop also glances at the core, as the cells in C do, where there is one P:
// with more, the others would fall asleep meanwhile, and have to be woken.
func (m *measurement) loop(iterate func(), clock, look bool) (g glances) {
	every := (m.iterations + maxSamples - 1) / maxSamples
	lookEvery := (m.iterations + wantedGlances - 1) / wantedGlances
	left := lookEvery
	for i := int64(0); i < m.iterations; i++ {
		if clock {
			start := time.Now()
			iterate()
			if i%every == 0 {
				m.iterationNs = append(m.iterationNs, int64(time.Since(start)))
			}
		} else {
			iterate()
		}
		if left--; left == 0 && look {
			// Of few iterations there are several after each.
			for n := int64(0); n*m.iterations < wantedGlances; n++ {
				g.glance()
			}
			left = lookEvery
		}
	}
	return g
}

func verify(a *arguments, j *job, want want, iterations int64) error {
	n := uint64(iterations)
	if a.plantWrong {
		j.checksum ^= 1
	}
	// A goroutine that has told a WaitGroup of its end may still be on its way out.
	for deadline := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > 1+tracers && time.Now().Before(deadline); {
		time.Sleep(50 * time.Microsecond)
	}
	if left := runtime.NumGoroutine() - 1 - tracers; left > 0 {
		return wrongResult{fmt.Errorf("%s: %d Gs still live after the last iteration", a.workload.Name, left)}
	}
	if j.executed != n*want.executed {
		return wrongResult{fmt.Errorf("%s: wrong result: %d units of work were done, not %d",
			a.workload.Name, j.executed, n*want.executed)}
	}
	if j.checksum != n*want.checksum {
		return wrongResult{fmt.Errorf("%s: wrong result: the results add up to %#016x, not %#016x",
			a.workload.Name, j.checksum, n*want.checksum)}
	}
	if j.uneven {
		return wrongResult{fmt.Errorf("%s: wrong result: an iteration did less than it should, "+
			"and a later one made up for it", a.workload.Name)}
	}
	return nil
}

// once is one unmeasured iteration, its output on standard output.
func once(a *arguments) error {
	out := &sink{}
	j := newJob(a)
	j.out = out
	iterate, want := twins[a.workload.Name](j)
	iterate()
	err := verify(a, j, want, 1)
	j.end()
	if err != nil {
		return err
	}
	if out.err != nil {
		return errors.New("cannot write to standard output: " + out.err.Error())
	}
	return nil
}

func copyOf(m map[string]int64) map[string]int64 {
	c := map[string]int64{}
	for k, v := range m {
		c[k] = v
	}
	return c
}
