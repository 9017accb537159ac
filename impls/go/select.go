// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func selectFour(j *job) (func(), want) {
	each := j.params["each"]
	var c [4]chan int64

	for i := range c {
		c[i] = make(chan int64)
	}
	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(len(c))
		for i := range c {
			go func(c chan<- int64, first int64) {
				for v := first; v < first+each; v++ {
					c <- v
				}
				wg.Done()
			}(c[i], int64(i)*each)
		}
		for n := int64(len(c)) * each; n > 0; n-- {
			select {
			case v := <-c[0]:
				j.checksum += uint64(v)
			case v := <-c[1]:
				j.checksum += 2 * uint64(v)
			case v := <-c[2]:
				j.checksum += 3 * uint64(v)
			case v := <-c[3]:
				j.checksum += 4 * uint64(v)
			}
			j.executed++
		}
		wg.Wait()
	}
	n, sum := uint64(each), uint64(0)
	for i := range c {
		sum += uint64(i+1) * (uint64(i)*n*n + n*(n-1)/2)
	}
	return iterate, want{4 * each, 4 * n, sum}
}
