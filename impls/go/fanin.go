// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func fanin(j *job) (func(), want) {
	sources, each := j.params["sources"], j.params["each"]

	iterate := func() {
		var carrying sync.WaitGroup

		merged := make(chan int64)
		for i := int64(0); i < sources; i++ {
			own := make(chan int64)
			go func(first int64) {
				for v := first; v < first+each; v++ {
					own <- v
				}
				close(own)
			}(i * each)
			carrying.Add(1)
			go func() {
				for v := range own {
					merged <- v
				}
				carrying.Done()
			}()
		}
		go func() {
			carrying.Wait()
			close(merged)
		}()
		for v := range merged {
			j.executed++
			j.checksum += uint64(v)
		}
	}
	n := uint64(sources * each)
	return iterate, want{sources * each, n, n * (n - 1) / 2}
}
