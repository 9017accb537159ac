// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func mpmc(j *job) (func(), want) {
	producers, consumers := j.params["producers"], j.params["consumers"]
	buffer, each := j.params["buffer"], j.params["each"]
	received := make([]uint64, consumers)
	sums := make([]uint64, consumers)

	iterate := func() {
		var producing, consuming sync.WaitGroup

		messages := make(chan int64, buffer)
		producing.Add(int(producers))
		consuming.Add(int(consumers))
		for c := int64(0); c < consumers; c++ {
			go func(c int64) {
				var n, sum uint64

				for v := range messages {
					n++
					sum += uint64(v)
				}
				received[c], sums[c] = n, sum
				consuming.Done()
			}(c)
		}
		for p := int64(0); p < producers; p++ {
			go func(p int64) {
				for v := p * each; v < (p+1)*each; v++ {
					messages <- v
				}
				producing.Done()
			}(p)
		}
		producing.Wait()
		close(messages)
		consuming.Wait()
		for c := range received {
			j.executed += received[c]
			j.checksum += sums[c]
			received[c], sums[c] = 0, 0
		}
	}
	n := uint64(producers * each)
	return iterate, want{producers * each, n, n * (n - 1) / 2}
}
