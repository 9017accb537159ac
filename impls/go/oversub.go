// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
)

func oversub(j *job) (func(), want) {
	gs, units, steps := j.params["gs"], j.params["units"], j.params["steps"]
	procs := runtime.GOMAXPROCS(0)

	serial := j.params["serial"] == 1

	if !serial {
		runtime.GOMAXPROCS(procs * int(j.params["factor"]))
	}
	j.teardown = func() { runtime.GOMAXPROCS(procs) }
	iterate := func() {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var next int64

		work := func() {
			mu.Lock()
			for next < units {
				unit := next
				next++
				mu.Unlock()
				result := lcgSteps(steps).from(j.seed + uint64(unit))
				mu.Lock()
				j.executed++
				j.checksum += result
			}
			mu.Unlock()
		}
		if serial {
			work()
			return
		}
		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func() {
				work()
				wg.Done()
			}()
		}
		wg.Wait()
	}
	return iterate, want{units, uint64(units), unitsSum(j.seed, units, steps)}
}
