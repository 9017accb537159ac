// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func ring(j *job) (func(), want) {
	gs, laps := j.params["gs"], j.params["laps"]
	received := make([]uint64, gs)
	sum := make([]uint64, gs)
	ring := make([]chan int64, gs) // G i receives from ring[i]
	for i := range ring {
		ring[i] = make(chan int64)
	}

	handOn := func(i int64) {
		in, out := ring[i], ring[(i+1)%gs]
		for lap := int64(0); lap < laps; lap++ {
			v := <-in
			received[i]++
			sum[i] += uint64(v)
			out <- v + 1
		}
	}
	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(int(gs - 1))
		for i := int64(1); i < gs; i++ {
			go func(i int64) {
				handOn(i)
				wg.Done()
			}(i)
		}
		v := int64(0)
		for lap := int64(0); lap < laps; lap++ {
			ring[1] <- v
			v = <-ring[0]
			received[0]++
			sum[0] += uint64(v)
			v++
		}
		wg.Wait()
		for i := range received {
			j.executed += received[i]
			j.checksum += sum[i]
			received[i], sum[i] = 0, 0
		}
	}
	n := uint64(gs * laps)
	return iterate, want{gs * laps, n, n * (n - 1) / 2}
}
