// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func sum(j *job) (func(), want) {
	n, chunks := int(j.params["n"]), int(j.params["chunks"])
	numbers := make([]uint64, n)
	sums := make([]uint64, chunks)
	added := make([]int, chunks)
	x, expected := j.seed, uint64(0)

	for i := range numbers {
		x = lcgNext(x)
		numbers[i] = x
		expected += x
	}
	add := func(chunk int) {
		part := numbers[chunk*n/chunks : (chunk+1)*n/chunks]
		total := uint64(0)
		for _, v := range part {
			total += v
		}
		sums[chunk], added[chunk] = total, len(part)
	}

	iterate := func() {
		if chunks == 1 || j.params["serial"] == 1 {
			for chunk := range sums {
				add(chunk)
			}
		} else {
			var wg sync.WaitGroup

			wg.Add(chunks)
			for chunk := 0; chunk < chunks; chunk++ {
				go func(chunk int) {
					add(chunk)
					wg.Done()
				}(chunk)
			}
			wg.Wait()
		}
		for chunk := range sums {
			j.executed += uint64(added[chunk])
			j.checksum += sums[chunk]
			added[chunk], sums[chunk] = 0, 0
		}
	}
	return iterate, want{int64(n), uint64(n), expected}
}
