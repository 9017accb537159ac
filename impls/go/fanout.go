// SPDX-License-Identifier: Apache-2.0

package main

func fanout(j *job) (func(), want) {
	n := j.params["n"]
	expected := uint64(0)

	for i := int64(0); i < n; i++ {
		expected += lcgNext(j.seed + uint64(i))
	}
	answers := make(chan uint64, n)
	iterate := func() {
		for i := int64(0); i < n; i++ {
			go func(input uint64) { answers <- lcgNext(input) }(j.seed + uint64(i))
		}
		for i := int64(0); i < n; i++ {
			j.checksum += <-answers
			j.executed++
		}
	}
	return iterate, want{n, uint64(n), expected}
}
