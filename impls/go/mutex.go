// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func mutex(j *job) (func(), want) {
	gs, each := j.params["gs"], j.params["each"]
	done := make([]uint64, gs)
	seen := make([]uint64, gs)

	iterate := func() {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var counter uint64

		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				var i, sum uint64

				for i = 0; i < uint64(each); i++ {
					mu.Lock()
					sum += counter
					counter++
					mu.Unlock()
				}
				done[g], seen[g] = i, sum
				wg.Done()
			}(g)
		}
		wg.Wait()
		for g := range done {
			j.executed += done[g]
			j.checksum += seen[g]
			done[g], seen[g] = 0, 0
		}
	}
	n := uint64(gs * each)
	return iterate, want{gs * each, n, n * (n - 1) / 2}
}
