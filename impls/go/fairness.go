// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

func fairness(j *job) (func(), want) {
	gs, units, steps := j.params["gs"], j.params["units"], j.params["steps"]
	yields := j.params["yield"] == 1
	done := make([]uint64, gs)
	sums := make([]uint64, gs)
	var iterations, permille int64

	iterate := func() {
		var end sync.WaitGroup
		var next int64
		start := make(chan struct{})

		end.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				<-start
				for {
					unit := atomic.AddInt64(&next, 1) - 1
					if unit >= units {
						break
					}
					sums[g] += lcgSteps(steps).from(j.seed + uint64(unit))
					done[g]++
					if yields {
						runtime.Gosched()
					}
				}
				end.Done()
			}(g)
		}
		close(start)
		end.Wait()
		sum, squares := 0., 0.
		for g := range done {
			j.executed += done[g]
			j.checksum += sums[g]
			sum += float64(done[g])
			squares += float64(done[g]) * float64(done[g])
			done[g], sums[g] = 0, 0
		}
		j.counters["jain_permille"] = 0
		if j.timed {
			iterations++
			permille += int64(math.Round(1000 * sum * sum / (float64(gs) * squares)))
			j.counters["jain_permille"] = permille / iterations
		}
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
