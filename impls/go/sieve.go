// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func sieve(j *job) (func(), want) {
	n := j.params["n"]
	last, primes, messages := knowPrimes(n)
	received := make([]uint64, n)

	source := func(out chan<- int64) {
		for v := int64(2); v <= last; v++ {
			out <- v
		}
		close(out)
	}
	filter := func(in <-chan int64, out chan<- int64, prime int64) (received uint64) {
		for v := range in {
			received++
			if v%prime != 0 {
				out <- v
			}
		}
		close(out)
		return received
	}

	serially := func() {
		var found []int64

	numbers:
		for v := int64(2); v <= last; v++ {
			for i, prime := range found {
				received[i]++
				if v%prime == 0 {
					continue numbers
				}
			}
			j.executed++
			j.checksum += uint64(v)
			found = append(found, v)
		}
	}
	together := func() {
		var wg sync.WaitGroup

		end := make(chan int64)
		wg.Add(1)
		go func() {
			source(end)
			wg.Done()
		}()
		for i := range received {
			prime, ok := <-end
			if !ok {
				break
			}
			j.executed++
			j.checksum += uint64(prime)
			in, out := end, make(chan int64)
			wg.Add(1)
			go func(received *uint64) {
				*received = filter(in, out, prime)
				wg.Done()
			}(&received[i])
			end = out
		}
		// Nothing comes any more but the close; a number would be one too many.
		for range end {
			j.executed++
		}
		wg.Wait()
	}

	iterate := func() {
		if j.params["serial"] == 1 {
			serially()
		} else {
			together()
		}
		for i := range received {
			j.executed += received[i]
			received[i] = 0
		}
	}
	return iterate, want{n, messages, primes}
}

// knowPrimes is the known answer: the n-th prime, the sum of the first n, and
// how many numbers filters and the end of the chain receive, which for each
// number is the rank of its smallest prime factor.
func knowPrimes(n int64) (last int64, primes, messages uint64) {
	var found []int64

	for v := int64(2); int64(len(found)) < n; v++ {
		rank := 0
		for rank < len(found) && found[rank]*found[rank] <= v && v%found[rank] != 0 {
			rank++
		}
		if rank < len(found) && v%found[rank] == 0 {
			messages += uint64(rank + 1)
			continue
		}
		found = append(found, v)
		messages += uint64(len(found))
		primes += uint64(v)
		last = v
	}
	return last, primes, messages
}
