// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const hogStride = 4096 // steps between two looks at the clock

func hog(j *job) (func(), want) {
	wishes := j.params["wishes"]
	period := time.Duration(j.params["period_us"]) * time.Microsecond
	patience := time.Duration(j.params["patience_ms"]) * time.Millisecond
	procs := runtime.GOMAXPROCS(0)
	done := make([]uint64, procs)
	right := make([]uint64, procs)
	gaveWay := make([]int64, procs)
	began := time.Now()
	var delay histogram

	iterate := func() {
		var wg sync.WaitGroup
		var enough uint32
		last := int64(time.Since(began)) // when the light G last ran

		wg.Add(procs)
		for h := 0; h < procs; h++ {
			go func(h int) {
				seed, steps := j.seed+uint64(h), uint64(0)
				x := seed
				for atomic.LoadUint32(&enough) == 0 {
					for i := 0; i < hogStride; i++ {
						x = lcgNext(x)
					}
					steps += hogStride
					if time.Since(began)-time.Duration(atomic.LoadInt64(&last)) > patience {
						gaveWay[h]++
						runtime.Gosched()
					}
				}
				done[h]++
				if x == lcgJump(seed, steps) {
					right[h]++
				}
				wg.Done()
			}(h)
		}
		for i := int64(0); i < wishes; i++ {
			asked := time.Now().Add(period)
			time.Sleep(period)
			atomic.StoreInt64(&last, int64(time.Since(began)))
			late := time.Since(asked)
			if j.timed {
				delay.add(int64(late))
			}
			if late >= 0 { // who is woken too early shall not be the quickest
				j.executed++
			}
		}
		atomic.StoreUint32(&enough, 1)
		wg.Wait()

		delay.report(j)
		j.counters["gave_way"] = 0
		for h := range right {
			j.executed += done[h]
			j.checksum += right[h] * uint64(h+1)
			done[h], right[h] = 0, 0
			j.counters["gave_way"] += gaveWay[h]
		}
	}
	n := uint64(procs)
	return iterate, want{wishes, uint64(wishes) + n, n * (n + 1) / 2}
}
