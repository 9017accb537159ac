// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sync"
)

func alphabet(j *job) (func(), want) {
	rounds := j.params["rounds"]
	var pages [2][]byte
	var letters [2]int // written on each

	for i := range pages {
		pages[i] = make([]byte, 26*rounds)
	}
	write := func(i int) {
		page, first, n := pages[i], "aA"[i], 0
		for round := int64(0); round < rounds; round++ {
			for c := first; c < first+26; c++ {
				if j.out != nil {
					fmt.Fprintf(j.out, "%c ", c)
				}
				page[n] = c
				n++
			}
		}
		letters[i] = n
	}
	writeTogether := func() {
		var wg sync.WaitGroup

		if j.out != nil {
			fmt.Fprintln(j.out, "Starting two Gs")
		}
		wg.Add(2)
		for i := range pages {
			go func(i int) {
				write(i)
				wg.Done()
			}(i)
		}
		if j.out != nil {
			fmt.Fprintln(j.out, "Waiting for both")
		}
		wg.Wait()
		if j.out != nil {
			fmt.Fprintln(j.out, "\nBoth have ended")
		}
	}

	iterate := func() {
		if j.params["serial"] == 1 {
			write(0)
			write(1)
		} else {
			writeTogether()
		}
		for i, page := range pages {
			sum := uint64(0)
			for place, c := range page[:letters[i]] {
				sum += uint64(place+1) * uint64(c)
			}
			j.executed += uint64(letters[i])
			j.checksum += sum
			letters[i] = 0
		}
	}
	n, sum := uint64(26*rounds), uint64(0)
	for i := uint64(0); i < n; i++ {
		sum += (i + 1) * ('a' + 'A' + 2*(i%26))
	}
	return iterate, want{int64(2 * n), 2 * n, sum}
}
