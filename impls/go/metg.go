// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"runtime"
	"strconv"
	"sync"
	"time"
)

type metgTasks struct {
	seed    uint64
	steps   lcgSteps // of each, now
	done    []uint64
	results []uint64
}

func metg(j *job) (func(), want) {
	tasks, largest := j.params["tasks"], j.params["log2_steps"]
	m := metgTasks{seed: j.seed, done: make([]uint64, tasks), results: make([]uint64, tasks)}
	start := m.asGs
	if j.params["fork"] == 1 {
		start = func() { m.asTree(0, int(tasks)) }
	}
	if j.params["serial"] == 1 {
		start = m.asLoop
	}
	var half, most histogram
	took := make([]histogram, largest+1)
	var expected uint64

	for size := int64(0); size <= largest; size++ {
		expected += unitsSum(j.seed, tasks, 1<<size)
	}
	iterate := func() {
		rates := make([]float64, largest+1)
		best := 0.

		for size := largest; size >= 0; size-- {
			m.steps = 1 << size
			began := time.Now()
			start()
			ns := time.Since(began)
			rates[size] = float64(tasks<<size) / float64(ns)
			if j.timed {
				took[size].add(int64(ns))
			}
			best = math.Max(best, rates[size])
			for i := range m.done {
				j.executed += m.done[i]
				j.checksum += m.results[i]
				m.done[i] = 0
			}
		}
		if j.timed {
			half.add(smallestTask(rates, best, .5))
			most.add(smallestTask(rates, best, .9))
		}
		j.counters["metg50_ns"] = half.quantile(500)
		j.counters["metg90_ns"] = most.quantile(500)
		for size := range took {
			if ns := took[size].quantile(500); ns > 0 {
				j.counters["steps_per_s_"+strconv.Itoa(size)] = int64(float64(tasks<<size)*1e9/float64(ns) + .5)
			}
		}
	}
	n := tasks * (largest + 1)
	return iterate, want{n, uint64(n), expected}
}

func (m *metgTasks) work(i int) {
	m.results[i] = m.steps.from(m.seed + uint64(i))
	m.done[i]++
}

func (m *metgTasks) asLoop() {
	for i := range m.done {
		m.work(i)
	}
}

func (m *metgTasks) asGs() {
	var wg sync.WaitGroup

	wg.Add(len(m.done))
	for i := range m.done {
		go func(i int) {
			m.work(i)
			wg.Done()
		}(i)
	}
	wg.Wait()
}

func (m *metgTasks) asTree(first, last int) {
	if last-first == 1 {
		m.work(first)
		return
	}
	var wg sync.WaitGroup
	middle := first + (last-first)/2

	wg.Add(1)
	go func() {
		m.asTree(first, middle)
		wg.Done()
	}()
	m.asTree(middle, last)
	wg.Wait()
}

// smallestTask is how long the steps of the smallest task that reached this
// part of the best rate take at that rate, on one P.
func smallestTask(rates []float64, best, part float64) int64 {
	size := 0
	for rates[size] < part*best {
		size++
	}
	steps := math.Exp2(float64(size))
	if size > 0 {
		steps *= 1 - .5*(rates[size]-part*best)/(rates[size]-rates[size-1])
	}
	return int64(math.Round(steps / (best / float64(runtime.GOMAXPROCS(0)))))
}
