// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func rwmutex(j *job) (func(), want) {
	gs, each, reads := j.params["gs"], j.params["each"], j.params["reads"]
	done := make([]uint64, gs)
	seen := make([]uint64, gs)

	iterate := func() {
		var wg sync.WaitGroup
		var mu sync.RWMutex
		var number, copied uint64

		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				var left int64
				var n, sum uint64

				for i := int64(0); i < each; i++ {
					if left == 0 {
						left = reads
						mu.Lock()
						sum += number
						number++
						copied++
						mu.Unlock()
						n++
					} else {
						left--
						mu.RLock()
						if number == copied {
							n++
						}
						mu.RUnlock()
					}
				}
				done[g], seen[g] = n, sum
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
	// Each goroutine begins with a write.
	writes := uint64(gs * (1 + (each-1)/(reads+1)))
	return iterate, want{gs * each, uint64(gs * each), writes * (writes - 1) / 2}
}
