// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"syscall"
	"time"
)

func blocking(j *job) (func(), want) {
	gs, each := j.params["gs"], j.params["each"]
	call := time.Duration(j.params["call_us"]) * time.Microsecond
	calls := make([]uint64, gs)
	longEnough := make([]uint64, gs)

	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				for i := int64(0); i < each; i++ {
					start := time.Now()
					block(call)
					calls[g]++
					if time.Since(start) >= call {
						longEnough[g]++
					}
				}
				wg.Done()
			}(g)
		}
		wg.Wait()
		for g := range calls {
			j.executed += calls[g]
			j.checksum += longEnough[g]
			calls[g], longEnough[g] = 0, 0
		}
	}
	n := uint64(gs * each)
	return iterate, want{gs * each, n, n}
}

// block is a sleep in the kernel, not the runtime's; a signal may cut it short.
func block(d time.Duration) {
	left := syscall.NsecToTimespec(int64(d))
	for syscall.Nanosleep(&left, &left) == syscall.EINTR {
	}
}
