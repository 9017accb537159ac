// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func pingpong(j *job) (func(), want) {
	rounds := j.params["rounds"]
	ping, pong := make(chan int64), make(chan int64)

	iterate := func() {
		var wg sync.WaitGroup
		var echoed uint64

		wg.Add(1)
		go func() {
			for i := int64(0); i < rounds; i++ {
				v := <-ping
				echoed++
				pong <- 2 * v
			}
			wg.Done()
		}()
		for i := int64(0); i < rounds; i++ {
			ping <- i
			j.checksum += uint64(<-pong)
		}
		wg.Wait()
		j.executed += echoed
	}
	n := uint64(rounds)
	return iterate, want{rounds, n, n * (n - 1)}
}
