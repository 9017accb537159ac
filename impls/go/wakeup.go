// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"sync/atomic"
	"time"
)

func wakeup(j *job) (func(), want) {
	rounds := j.params["rounds"]
	busy := time.Duration(j.params["busy_us"]) * time.Microsecond
	idle := time.Duration(j.params["idle_us"]) * time.Microsecond
	var delay histogram

	iterate := func() {
		ready := make(chan int64, 1) // room for one: to send must not mean to wait
		done := make(chan uint64)
		var ran int64
		var readied time.Time

		go func() {
			var sum uint64
			for i := int64(1); i <= rounds; i++ {
				v := <-ready
				if j.timed {
					delay.add(int64(time.Since(readied)))
				}
				sum += uint64(v)
				atomic.StoreInt64(&ran, i)
			}
			done <- sum
		}()
		for i := int64(1); i <= rounds; i++ {
			if idle > 0 {
				time.Sleep(idle)
			}
			readied = time.Now()
			ready <- i
			for atomic.LoadInt64(&ran) < i && time.Since(readied) < busy {
			}
			for atomic.LoadInt64(&ran) < i {
				runtime.Gosched()
			}
			j.executed++
		}
		j.checksum += <-done
		delay.report(j)
	}
	n := uint64(rounds)
	return iterate, want{rounds, n, n * (n + 1) / 2}
}
