// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func mixed(j *job) (func(), want) {
	units, steps := j.params["units"], j.params["steps"]
	period := time.Duration(j.params["period_us"]) * time.Microsecond
	yields := j.params["yield"] == 1
	procs := runtime.GOMAXPROCS(0)
	done := make([]uint64, procs)
	sums := make([]uint64, procs)
	var delay histogram

	work := func(p int, yields bool) {
		first := j.seed + uint64(p)*uint64(units)
		for i := int64(0); i < units; i++ {
			sums[p] += lcgSteps(steps).from(first + uint64(i))
			done[p]++
			if yields {
				runtime.Gosched()
			}
		}
	}
	workBeside := func() {
		var workers, awake, light sync.WaitGroup
		var over uint32
		var early uint64 // wishes that were granted before their time

		awake.Add(1)
		light.Add(1)
		workers.Add(procs)
		go func() {
			awake.Done()
			for atomic.LoadUint32(&over) == 0 {
				asked := time.Now().Add(period)
				time.Sleep(period)
				late := time.Since(asked)
				if j.timed {
					delay.add(int64(late))
				}
				if late < 0 {
					early++
				}
			}
			light.Done()
		}()
		awake.Wait()
		for p := 0; p < procs; p++ {
			go func(p int) {
				work(p, yields)
				workers.Done()
			}(p)
		}
		workers.Wait()
		atomic.StoreUint32(&over, 1)
		light.Wait()
		j.checksum += early
	}

	iterate := func() {
		if j.params["serial"] == 1 {
			for p := range done {
				work(p, false)
			}
		} else {
			workBeside()
		}
		for p := range done {
			j.executed += done[p]
			j.checksum += sums[p]
			done[p], sums[p] = 0, 0
		}
		delay.report(j)
	}
	n := int64(procs) * units
	return iterate, want{n, uint64(n), unitsSum(j.seed, n, steps)}
}
