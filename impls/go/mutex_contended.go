// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

func mutexContended(j *job) (func(), want) {
	gs, steps := j.params["gs"], j.params["steps"]
	yields := j.params["yield"] == 1
	all := gs * j.params["each"]
	turns := make([]uint64, gs)
	sums := make([]uint64, gs)
	var mu sync.Mutex
	var next int64      // turn, under mu, as is what follows
	last := int64(-1)   // who had it before
	var handovers int64 // in all iterations
	var how shares

	// takeTurn is called with the lock, and says whether there was a turn left.
	takeTurn := func(g int64) bool {
		turn := next
		if turn == all {
			return false
		}
		if last != g {
			handovers++
		}
		last = g
		turns[g]++
		sums[g] += lcgSteps(steps).from(j.seed + uint64(turn))
		if yields {
			runtime.Gosched()
		}
		next = turn + 1
		return true
	}

	iterate := func() {
		var end sync.WaitGroup
		start := make(chan struct{})

		next = 0
		end.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				<-start
				for more := true; more; {
					mu.Lock()
					more = takeTurn(g)
					mu.Unlock()
				}
				end.Done()
			}(g)
		}
		close(start)
		end.Wait()
		for g := range turns {
			j.executed += turns[g]
			j.checksum += sums[g]
			how.add(turns[g])
			turns[g], sums[g] = 0, 0
		}
		how.end(j)
		j.counters["handovers"] = handovers
	}
	return iterate, want{all, uint64(all), unitsSum(j.seed, all, steps)}
}
