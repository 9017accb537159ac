// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"
)

func timers(j *job) (func(), want) {
	pairs, each := j.params["pairs"], j.params["each"]
	timeout := time.Duration(j.params["timeout_ms"]) * time.Millisecond
	received := make([]uint64, pairs)
	sums := make([]uint64, pairs)

	ask := func(pair int64, c <-chan uint64) {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		for i := int64(0); i < each; i++ {
			select {
			case v := <-c:
				received[pair]++
				sums[pair] += v
				if !timer.Stop() {
					<-timer.C
				}
			case <-timer.C:
				<-c // or the server would wait for ever
			}
			timer.Reset(timeout)
		}
	}
	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(2 * int(pairs))
		for pair := int64(0); pair < pairs; pair++ {
			c := make(chan uint64)
			go func(pair int64) {
				ask(pair, c)
				wg.Done()
			}(pair)
			go func(pair int64) {
				for i := int64(0); i < each; i++ {
					c <- uint64(pair*each + i)
				}
				wg.Done()
			}(pair)
		}
		wg.Wait()
		for pair := range received {
			j.executed += received[pair]
			j.checksum += sums[pair]
			received[pair], sums[pair] = 0, 0
		}
	}
	n := uint64(pairs * each)
	return iterate, want{pairs * each, n, n * (n - 1) / 2}
}
