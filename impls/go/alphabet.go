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
			lower = write('a', lower[:0])
			wg.Done()
		}()
		go func() {
			upper = write('A', upper[:0])
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
			for _, c := range page {
				j.checksum += uint64(c)
			}
		}
	}
	letters := uint64(('a'+'z')*13 + ('A'+'Z')*13)
	return iterate, want{2 * 26 * rounds, 2 * 26 * uint64(rounds), letters * uint64(rounds)}
}
