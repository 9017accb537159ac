// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

func fairness(j *job) (func(), want) {
	gs, units, steps := j.params["gs"], j.params["units"], j.params["steps"]
	yields := j.params["yield"] == 1
	done := make([]uint64, gs)
	sums := make([]uint64, gs)
	var all shares

	work := func(g int64, next *int64, yields bool) {
		for {
			unit := atomic.AddInt64(next, 1) - 1
			if unit >= units {
				break
			}
			sums[g] += lcgSteps(steps).from(j.seed + uint64(unit))
			done[g]++
			if yields {
				runtime.Gosched()
			}
		}
	}
	together := func() {
		var end sync.WaitGroup
		var next int64
		start := make(chan struct{})

		end.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				<-start
				work(g, &next, yields)
				end.Done()
			}(g)
		}
		close(start)
		end.Wait()
	}

	iterate := func() {
		if j.params["serial"] == 1 {
			work(0, new(int64), false)
		} else {
			together()
		}
		for g := range done {
			j.executed += done[g]
			j.checksum += sums[g]
			all.add(done[g])
			done[g], sums[g] = 0, 0
		}
		all.end(j)
	}
	return iterate, want{units, uint64(units), unitsSum(j.seed, units, steps)}
}

// unitsSum is what so many units of work come to.
func unitsSum(seed uint64, units, steps int64) (sum uint64) {
	for i := int64(0); i < units; i++ {
		sum += lcgJump(seed+uint64(i), uint64(steps))
	}
	return sum
}
