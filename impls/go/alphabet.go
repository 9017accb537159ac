// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sync"
)

func alphabet(j *job) (func(), want) {
	rounds := j.params["rounds"]

	write := func(first byte, page []byte) []byte {
		for n := int64(0); n < rounds; n++ {
			for c := first; c < first+26; c++ {
				if j.out != nil {
					fmt.Fprintf(j.out, "%c ", c)
				}
				page = append(page, c)
			}
		}
		return page
	}
	lower := make([]byte, 0, 26*rounds)
	upper := make([]byte, 0, 26*rounds)

	iterate := func() {
		var wg sync.WaitGroup

		if j.out != nil {
			fmt.Fprintln(j.out, "Starting two Gs")
		}
		wg.Add(2)
		go func() {
			lower = write('a', lower)
			wg.Done()
		}()
		go func() {
			upper = write('A', upper)
			wg.Done()
		}()
		if j.out != nil {
			fmt.Fprintln(j.out, "Waiting for both")
		}
		wg.Wait()
		if j.out != nil {
			fmt.Fprintln(j.out, "\nBoth have ended")
		}
		for _, page := range [][]byte{lower, upper} {
			j.executed += uint64(len(page))
			for i, c := range page {
				j.checksum += uint64(i+1) * uint64(c)
			}
		}
		lower, upper = lower[:0], upper[:0]
	}
	n, sum := uint64(26*rounds), uint64(0)
	for i := uint64(0); i < n; i++ {
		sum += (i + 1) * ('a' + 'A' + 2*(i%26))
	}
	return iterate, want{int64(2 * n), 2 * n, sum}
}
